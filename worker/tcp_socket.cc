#include "worker/tcp_socket.h"

#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>

#include <cerrno>

#include "absl/strings/str_cat.h"
#include "worker/udp_socket.h"

namespace sluice::worker {
namespace {

absl::Status Failure(const transports::Endpoint& endpoint) { return BindError(errno, "TCP", endpoint); }

void SetBuffers(int fd, const BindOptions& options) {
  if (options.send_buffer > 0) SetSocketBuffer(fd, SocketBuffer::kSend, options.send_buffer);
  if (options.receive_buffer > 0) SetSocketBuffer(fd, SocketBuffer::kReceive, options.receive_buffer);
}

}  // namespace

absl::StatusOr<TcpListenSocket> TcpListenSocket::Bind(const BindOptions& options) {
  const transports::Endpoint endpoint{options.address, options.port};
  const bool v6 = options.address.is_v6();
  TcpListenSocket opened;
  opened.fd_ = FileDescriptor(
      socket(v6 ? AF_INET6 : AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, IPPROTO_TCP));
  const int fd = opened.fd();
  if (fd < 0) return Failure(endpoint);
  // Connections of a listener that was closed may still be in TIME-WAIT: they must not keep its port.
  if (!SetSocketOption(fd, SOL_SOCKET, SO_REUSEADDR, 1)) return Failure(endpoint);
  if (v6 && !SetSocketOption(fd, IPPROTO_IPV6, IPV6_V6ONLY, options.ipv6_only)) return Failure(endpoint);
  if (options.reuse_port && !SetSocketOption(fd, SOL_SOCKET, SO_REUSEPORT, 1)) return Failure(endpoint);
  SetBuffers(fd, options);
  // As the buffers, these are inherited by the connections.
  SetSocketOption(fd, IPPROTO_TCP, TCP_NOTSENT_LOWAT, kMaxUnsent);
  SetSocketOption(fd, IPPROTO_TCP, TCP_NODELAY, 1);
  sockaddr_in6 address;
  socklen_t length = WriteSockaddr(endpoint, v6, &address);
  if (bind(fd, reinterpret_cast<const sockaddr*>(&address), length) != 0) return Failure(endpoint);
  if (listen(fd, kBacklog) != 0) return Failure(endpoint);
  length = sizeof address;
  if (getsockname(fd, reinterpret_cast<sockaddr*>(&address), &length) != 0) return Failure(endpoint);
  auto bound = transports::Endpoint::FromSockaddr(reinterpret_cast<const sockaddr*>(&address));
  opened.local_ = {options.address, bound ? bound->port : options.port};
  return opened;
}

absl::StatusOr<TcpListenSocket> TcpListenSocket::BindFirstFree(
    const BindOptions& options, absl::FunctionRef<std::optional<uint16_t>()> next_port) {
  BindOptions attempt = options;
  while (std::optional<uint16_t> port = next_port()) {
    attempt.port = *port;
    absl::StatusOr<TcpListenSocket> bound = Bind(attempt);
    if (bound.ok() || !absl::IsAlreadyExists(bound.status())) return bound;
  }
  return absl::ResourceExhaustedError(
      absl::StrCat("no free TCP port in the range on ", options.address.ToString()));
}

std::optional<TcpSocket> TcpListenSocket::Accept() {
  sockaddr_in6 address;
  socklen_t length = sizeof address;
  FileDescriptor fd(
      accept4(fd_.get(), reinterpret_cast<sockaddr*>(&address), &length, SOCK_NONBLOCK | SOCK_CLOEXEC));
  if (!fd.is_open()) return std::nullopt;
  auto remote = transports::Endpoint::FromSockaddr(reinterpret_cast<const sockaddr*>(&address));
  return TcpSocket(std::move(fd), local_, remote.value_or(transports::Endpoint()));
}

}  // namespace sluice::worker
