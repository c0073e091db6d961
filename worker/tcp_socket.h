// TCP sockets: one that listens, and one that is connected. Non-blocking.
//
// Threads: bound on the control thread, which learns of failure at once, then moved to a worker; a connected
// one may move on to another worker. Lifetime: the descriptor closes with the object; watches go first.
#pragma once

#include <cstdint>
#include <optional>
#include <utility>

#include "absl/functional/function_ref.h"
#include "absl/status/statusor.h"
#include "transports/endpoint.h"
#include "worker/file_descriptor.h"
#include "worker/socket_options.h"

namespace sluice::worker {

class TcpSocket {
 public:
  TcpSocket() = default;  // Closed.
  TcpSocket(FileDescriptor fd, const transports::Endpoint& local, const transports::Endpoint& remote)
      : fd_(std::move(fd)), local_(local), remote_(remote) {}

  bool is_open() const { return fd_.is_open(); }
  int fd() const { return fd_.get(); }
  const transports::Endpoint& local() const { return local_; }
  const transports::Endpoint& remote() const { return remote_; }

 private:
  FileDescriptor fd_;
  transports::Endpoint local_;
  transports::Endpoint remote_;
};

class TcpListenSocket {
 public:
  // Connections that wait to be accepted, beyond which the kernel makes clients try again. They wait for one
  // loop turn.
  static constexpr int kBacklog = 511;
  // What the kernel may hold unsent for a connection before it asks to wait: little, since what waits with us
  // can still be overtaken by audio and dropped when it is stale. Some 100 ms at 5 Mbit/s.
  static constexpr int kMaxUnsent = 64 * 1024;

  // Bound and listening. `options.reuse_port` is for listeners that share one endpoint. Without buffer sizes
  // the kernel tunes them for each connection (net.ipv4.tcp_wmem, tcp_rmem). Errors as BindError() has them.
  [[nodiscard]] static absl::StatusOr<TcpListenSocket> Bind(const BindOptions& options);
  // As UdpSocket::BindFirstFree.
  [[nodiscard]] static absl::StatusOr<TcpListenSocket> BindFirstFree(
      const BindOptions& options, absl::FunctionRef<std::optional<uint16_t>()> next_port);

  TcpListenSocket() = default;  // Closed.

  bool is_open() const { return fd_.is_open(); }
  int fd() const { return fd_.get(); }
  const transports::Endpoint& local() const { return local_; }

  // The next connection, with Nagle's algorithm off; nullopt: errno says why there is none.
  [[nodiscard]] std::optional<TcpSocket> Accept();

 private:
  FileDescriptor fd_;
  transports::Endpoint local_;
};

}  // namespace sluice::worker
