// Binding, for either protocol: what is asked for, and how it fails.
#pragma once

#include <cstdint>
#include <string_view>

#include "absl/status/status.h"
#include "transports/endpoint.h"

namespace sluice::worker {

struct BindOptions {
  transports::IpAddress address;
  uint16_t port = 0;        // 0: the kernel's choice.
  bool ipv6_only = false;   // Otherwise an IPv6 socket also takes IPv4, unless its address is specific.
  bool reuse_port = false;  // SO_REUSEPORT: several sockets may bind the same endpoint.
  int send_buffer = 0;      // Bytes; 0: the protocol's default.
  int receive_buffer = 0;
};

// What a system call's `error` on the way to a bound socket means: AlreadyExists (in use), Unavailable (no
// such address here), PermissionDenied, InvalidArgument, ResourceExhausted (descriptors), Internal. The
// message names the endpoint.
absl::Status BindError(int error, std::string_view protocol, const transports::Endpoint& endpoint);

// False: errno says why not.
bool SetSocketOption(int fd, int level, int option, int value);

enum class SocketBuffer : uint8_t { kSend, kReceive };
// As large as is asked for, or as the system allows: a smaller one is no error.
void SetSocketBuffer(int fd, SocketBuffer buffer, int size);

// Lets other sockets bind the endpoint that `fd` is bound to, if they ask to share it (SO_REUSEPORT). Since
// it is asked for after binding, the endpoint was nobody else's before.
absl::Status AllowSharing(int fd);

}  // namespace sluice::worker
