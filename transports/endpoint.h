// IP addresses, UDP and TCP endpoints, and the path that a datagram took.
#pragma once

#include <netinet/in.h>
#include <sys/socket.h>

#include <array>
#include <compare>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

namespace sluice::transports {

// An IPv4 or IPv6 address. IPv4-mapped IPv6 addresses (RFC 4291 §2.5.5.2) are stored as IPv4, so that a
// peer has one spelling whatever socket it arrived on.
class IpAddress {
 public:
  IpAddress() = default;
  static std::optional<IpAddress> Parse(std::string_view text);  // "192.0.2.1" or "2001:db8::1"
  static IpAddress V4(std::array<uint8_t, 4> octets);
  static IpAddress V6(const std::array<uint8_t, 16>& octets);

  bool is_v6() const { return v6_; }
  bool IsAny() const;
  bool IsMulticast() const;
  const std::array<uint8_t, 16>& octets() const { return octets_; }  // IPv4: the first four.
  std::string ToString() const;

  auto operator<=>(const IpAddress&) const = default;
  template <typename H>
  friend H AbslHashValue(H h, const IpAddress& a) {
    return H::combine(std::move(h), a.octets_, a.v6_);
  }

 private:
  std::array<uint8_t, 16> octets_{};
  bool v6_ = false;
};

struct Endpoint {
  IpAddress address;
  uint16_t port = 0;

  static std::optional<Endpoint> FromSockaddr(const sockaddr* address);
  // Writes a sockaddr_in or sockaddr_in6 and returns its length.
  socklen_t ToSockaddr(sockaddr_storage* out) const;
  std::string ToString() const;  // "192.0.2.1:5000", "[2001:db8::1]:5000"

  auto operator<=>(const Endpoint&) const = default;
  template <typename H>
  friend H AbslHashValue(H h, const Endpoint& e) {
    return H::combine(std::move(h), e.address, e.port);
  }
};

enum class Protocol : uint8_t { kUdp, kTcp };

// One way between a peer and us: the local socket (an index the transport's owner gave it) and the remote
// endpoint. mediasoup calls it a tuple.
struct Path {
  Protocol protocol = Protocol::kUdp;
  uint16_t socket = 0;
  Endpoint remote;

  auto operator<=>(const Path&) const = default;
  template <typename H>
  friend H AbslHashValue(H h, const Path& p) {
    return H::combine(std::move(h), p.protocol, p.socket, p.remote);
  }
};

}  // namespace sluice::transports
