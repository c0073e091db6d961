#include "worker/udp_socket.h"

#include <net/if.h>
#include <netinet/udp.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"

namespace sluice::worker {
namespace {

absl::Status Failure(int error, const transports::Endpoint& endpoint) {
  return BindError(error, "UDP", endpoint);
}

int OrDefault(int size) { return size > 0 ? size : UdpSocket::kDefaultBuffer; }

bool JoinOn(int fd, const transports::IpAddress& group, unsigned interface) {
  if (group.is_v6()) {
    ipv6_mreq request{};
    std::memcpy(&request.ipv6mr_multiaddr, group.octets().data(), 16);
    request.ipv6mr_interface = interface;
    return setsockopt(fd, IPPROTO_IPV6, IPV6_JOIN_GROUP, &request, sizeof request) == 0;
  }
  ip_mreqn request{};
  std::memcpy(&request.imr_multiaddr, group.octets().data(), 4);
  request.imr_ifindex = static_cast<int>(interface);
  return setsockopt(fd, IPPROTO_IP, IP_ADD_MEMBERSHIP, &request, sizeof request) == 0;
}

// On every interface that there is: where the group's senders are, nobody has said. False: on none.
bool JoinGroup(int fd, const transports::IpAddress& group) {
  struct if_nameindex* interfaces = if_nameindex();
  if (interfaces == nullptr) return false;
  bool joined = false;
  for (const auto* i = interfaces; i->if_index != 0; ++i) joined |= JoinOn(fd, group, i->if_index);
  if_freenameindex(interfaces);
  return joined;
}

bool SupportsSegmentation(int fd) {
  int size = 0;
  socklen_t length = sizeof size;
  return getsockopt(fd, SOL_UDP, UDP_SEGMENT, &size, &length) == 0;
}

}  // namespace

absl::StatusOr<UdpSocket> UdpSocket::Open(const UdpBindOptions& options) {
  const transports::Endpoint endpoint{options.address, options.port};
  const bool v6 = options.address.is_v6();
  UdpSocket opened;
  opened.fd_ = socket(v6 ? AF_INET6 : AF_INET, SOCK_DGRAM | SOCK_NONBLOCK | SOCK_CLOEXEC, IPPROTO_UDP);
  if (opened.fd_ < 0) return Failure(errno, endpoint);
  // Always said, since the system's default (net.ipv6.bindv6only) differs between machines.
  if (v6 && !SetSocketOption(opened.fd_, IPPROTO_IPV6, IPV6_V6ONLY, options.ipv6_only)) {
    return Failure(errno, endpoint);
  }
  if (options.reuse_port && !SetSocketOption(opened.fd_, SOL_SOCKET, SO_REUSEPORT, 1))
    return Failure(errno, endpoint);
  SetSocketBuffer(opened.fd_, SocketBuffer::kSend, OrDefault(options.send_buffer));
  SetSocketBuffer(opened.fd_, SocketBuffer::kReceive, OrDefault(options.receive_buffer));
  opened.supports_segmentation_ = SupportsSegmentation(opened.fd_);
  return opened;
}

absl::Status UdpSocket::BindTo(const transports::Endpoint& endpoint) {
  sockaddr_in6 address;
  socklen_t length = WriteSockaddr(endpoint, endpoint.address.is_v6(), &address);
  if (bind(fd_, reinterpret_cast<const sockaddr*>(&address), length) != 0) return Failure(errno, endpoint);
  if (endpoint.address.IsMulticast() && !JoinGroup(fd_, endpoint.address)) return Failure(errno, endpoint);
  length = sizeof address;
  if (getsockname(fd_, reinterpret_cast<sockaddr*>(&address), &length) != 0) return Failure(errno, endpoint);
  // The address as asked for, which keeps the family: "::ffff:0.0.0.0" would read as IPv4.
  auto bound = transports::Endpoint::FromSockaddr(reinterpret_cast<const sockaddr*>(&address));
  local_ = {endpoint.address, bound ? bound->port : endpoint.port};
  return absl::OkStatus();
}

absl::StatusOr<UdpSocket> UdpSocket::Bind(const UdpBindOptions& options) {
  absl::StatusOr<UdpSocket> opened = Open(options);
  if (!opened.ok()) return opened;
  if (absl::Status status = opened->BindTo({options.address, options.port}); !status.ok()) return status;
  return opened;
}

absl::StatusOr<UdpSocket> UdpSocket::BindFirstFree(const UdpBindOptions& options,
                                                   absl::FunctionRef<std::optional<uint16_t>()> next_port) {
  absl::StatusOr<UdpSocket> opened = Open(options);
  if (!opened.ok()) return opened;
  while (std::optional<uint16_t> port = next_port()) {
    absl::Status status = opened->BindTo({options.address, *port});
    if (status.ok()) return opened;
    if (!absl::IsAlreadyExists(status)) return status;
  }
  return absl::ResourceExhaustedError(
      absl::StrCat("no free UDP port in the range on ", options.address.ToString()));
}

UdpSocket& UdpSocket::operator=(UdpSocket&& o) noexcept {
  if (this == &o) return *this;
  Close();
  fd_ = std::exchange(o.fd_, -1);
  supports_segmentation_ = o.supports_segmentation_;
  local_ = o.local_;
  return *this;
}

void UdpSocket::Close() {
  if (fd_ >= 0) close(std::exchange(fd_, -1));
}

socklen_t WriteSockaddr(const transports::Endpoint& to, bool v6_socket, sockaddr_in6* out) {
  std::memset(out, 0, sizeof *out);
  if (!v6_socket && !to.address.is_v6()) {
    auto* v4 = reinterpret_cast<sockaddr_in*>(out);
    v4->sin_family = AF_INET;
    v4->sin_port = htons(to.port);
    std::memcpy(&v4->sin_addr, to.address.octets().data(), 4);
    return sizeof *v4;
  }
  out->sin6_family = AF_INET6;
  out->sin6_port = htons(to.port);
  uint8_t* octets = out->sin6_addr.s6_addr;
  if (to.address.is_v6()) {
    std::memcpy(octets, to.address.octets().data(), 16);
  } else {
    octets[10] = octets[11] = 0xff;
    std::memcpy(octets + 12, to.address.octets().data(), 4);
  }
  return sizeof *out;
}

}  // namespace sluice::worker
