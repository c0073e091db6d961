// A bound, non-blocking UDP socket.
//
// Threads: bound on the control thread, which learns of failure at once, then moved to its worker.
// Lifetime: the descriptor closes with the object; watches and queued datagrams go first
// (IoWatch, SendQueue::Forget).
#pragma once

#include <netinet/in.h>

#include <cstdint>
#include <utility>

#include "absl/functional/function_ref.h"
#include "absl/status/statusor.h"
#include "transports/endpoint.h"
#include "worker/socket_options.h"

namespace sluice::worker {

using UdpBindOptions = BindOptions;  // Buffers: UdpSocket::kDefaultBuffer.

class UdpSocket {
 public:
  // Some 1,700 full-size packets as the kernel accounts for them: 100 ms at 160 Mbit/s.
  static constexpr int kDefaultBuffer = 4 << 20;

  // Errors as BindError() has them. A multicast address is joined on all interfaces.
  [[nodiscard]] static absl::StatusOr<UdpSocket> Bind(const UdpBindOptions& options);

  // Binds one socket to the first port that `next_port` names and that is free; `options.port` is not
  // used. Stops with the first error other than AlreadyExists, or ResourceExhausted at nullopt.
  [[nodiscard]] static absl::StatusOr<UdpSocket> BindFirstFree(
      const UdpBindOptions& options, absl::FunctionRef<std::optional<uint16_t>()> next_port);

  UdpSocket() = default;  // Closed.
  UdpSocket(UdpSocket&& o) noexcept { *this = std::move(o); }
  UdpSocket& operator=(UdpSocket&& o) noexcept;
  ~UdpSocket() { Close(); }

  bool is_open() const { return fd_ >= 0; }
  int fd() const { return fd_; }
  const transports::Endpoint& local() const { return local_; }
  // True for a socket of family AF_INET6, whatever endpoint it talks to.
  bool is_v6() const { return local_.address.is_v6(); }
  // The kernel takes UDP_SEGMENT (Linux 4.18); older ones would send a merged run as one datagram.
  bool supports_segmentation() const { return supports_segmentation_; }

  void Close();

 private:
  static absl::StatusOr<UdpSocket> Open(const UdpBindOptions& options);
  absl::Status BindTo(const transports::Endpoint& endpoint);

  int fd_ = -1;
  bool supports_segmentation_ = false;
  transports::Endpoint local_;
};

// Writes `to` as a socket of the given family spells it, an IPv4 endpoint on an IPv6 socket as its
// IPv4-mapped address (RFC 4291 §2.5.5.2), and returns the length. `out` has room for either family.
// An IPv6 endpoint on an IPv4 socket stays IPv6: the kernel refuses it.
socklen_t WriteSockaddr(const transports::Endpoint& to, bool v6_socket, sockaddr_in6* out);

}  // namespace sluice::worker
