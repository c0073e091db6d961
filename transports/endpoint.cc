#include "transports/endpoint.h"

#include <arpa/inet.h>

#include <algorithm>
#include <cstring>

namespace sluice::transports {

std::optional<IpAddress> IpAddress::Parse(std::string_view text) {
  if (text.size() >= INET6_ADDRSTRLEN) return std::nullopt;
  char buffer[INET6_ADDRSTRLEN] = {};
  text.copy(buffer, text.size());
  in_addr v4;
  if (inet_pton(AF_INET, buffer, &v4) == 1) {
    std::array<uint8_t, 4> octets;
    std::memcpy(octets.data(), &v4, sizeof v4);
    return V4(octets);
  }
  std::array<uint8_t, 16> octets;
  if (inet_pton(AF_INET6, buffer, octets.data()) == 1) return V6(octets);
  return std::nullopt;
}

IpAddress IpAddress::V4(std::array<uint8_t, 4> octets) {
  IpAddress address;
  std::copy(octets.begin(), octets.end(), address.octets_.begin());
  return address;
}

IpAddress IpAddress::V6(const std::array<uint8_t, 16>& octets) {
  constexpr std::array<uint8_t, 12> kMappedPrefix = {0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff};
  if (std::equal(kMappedPrefix.begin(), kMappedPrefix.end(), octets.begin())) {
    return V4({octets[12], octets[13], octets[14], octets[15]});
  }
  IpAddress address;
  address.octets_ = octets;
  address.v6_ = true;
  return address;
}

bool IpAddress::IsAny() const {
  return std::all_of(octets_.begin(), octets_.end(), [](uint8_t octet) { return octet == 0; });
}

// RFC 1112 §4, RFC 4291 §2.7.
bool IpAddress::IsMulticast() const { return v6_ ? octets_[0] == 0xff : (octets_[0] & 0xf0) == 0xe0; }

std::string IpAddress::ToString() const {
  char buffer[INET6_ADDRSTRLEN];
  inet_ntop(v6_ ? AF_INET6 : AF_INET, octets_.data(), buffer, sizeof buffer);
  return buffer;
}

std::optional<Endpoint> Endpoint::FromSockaddr(const sockaddr* address) {
  if (address->sa_family == AF_INET) {
    const auto* v4 = reinterpret_cast<const sockaddr_in*>(address);
    std::array<uint8_t, 4> octets;
    std::memcpy(octets.data(), &v4->sin_addr, 4);
    return Endpoint{IpAddress::V4(octets), ntohs(v4->sin_port)};
  }
  if (address->sa_family == AF_INET6) {
    const auto* v6 = reinterpret_cast<const sockaddr_in6*>(address);
    std::array<uint8_t, 16> octets;
    std::memcpy(octets.data(), &v6->sin6_addr, 16);
    return Endpoint{IpAddress::V6(octets), ntohs(v6->sin6_port)};
  }
  return std::nullopt;
}

socklen_t Endpoint::ToSockaddr(sockaddr_storage* out) const {
  std::memset(out, 0, sizeof *out);
  if (address.is_v6()) {
    auto* v6 = reinterpret_cast<sockaddr_in6*>(out);
    v6->sin6_family = AF_INET6;
    v6->sin6_port = htons(port);
    std::memcpy(&v6->sin6_addr, address.octets().data(), 16);
    return sizeof(sockaddr_in6);
  }
  auto* v4 = reinterpret_cast<sockaddr_in*>(out);
  v4->sin_family = AF_INET;
  v4->sin_port = htons(port);
  std::memcpy(&v4->sin_addr, address.octets().data(), 4);
  return sizeof(sockaddr_in);
}

std::string Endpoint::ToString() const {
  std::string ip = address.ToString();
  return (address.is_v6() ? "[" + ip + "]" : ip) + ":" + std::to_string(port);
}

}  // namespace sluice::transports
