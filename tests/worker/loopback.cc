#include "tests/worker/loopback.h"

#include <gtest/gtest.h>
#include <poll.h>
#include <sys/socket.h>

#include <algorithm>
#include <cstring>

namespace sluice::worker {

UdpSocket BindLoopback(const std::string& address) {
  UdpBindOptions options;
  options.address = *transports::IpAddress::Parse(address);
  absl::StatusOr<UdpSocket> bound = UdpSocket::Bind(options);
  if (!bound.ok()) {
    ADD_FAILURE() << bound.status();
    return UdpSocket();
  }
  return std::move(*bound);
}

bool HasIpv6Loopback() {
  UdpBindOptions options;
  options.address = *transports::IpAddress::Parse("::1");
  return UdpSocket::Bind(options).ok();
}

std::vector<Received> ReceiveFrom(const UdpSocket& socket, size_t count) {
  std::vector<Received> received;
  while (received.size() < count) {
    pollfd readable = {socket.fd(), POLLIN, 0};
    if (poll(&readable, 1, 5000) <= 0) break;
    char bytes[65536];
    sockaddr_storage from;
    socklen_t length = sizeof from;
    ssize_t size = recvfrom(socket.fd(), bytes, sizeof bytes, 0, reinterpret_cast<sockaddr*>(&from), &length);
    if (size < 0) break;
    received.push_back({std::string(bytes, static_cast<size_t>(size)),
                        *transports::Endpoint::FromSockaddr(reinterpret_cast<sockaddr*>(&from))});
  }
  return received;
}

std::vector<std::string> ReceivePayloads(const UdpSocket& socket, size_t count) {
  std::vector<std::string> payloads;
  for (Received& received : ReceiveFrom(socket, count)) payloads.push_back(std::move(received.payload));
  return payloads;
}

bool IsDrained(const UdpSocket& socket) {
  char byte;
  return recv(socket.fd(), &byte, 1, MSG_PEEK | MSG_DONTWAIT) < 0;
}

void SendText(const UdpSocket& from, const transports::Endpoint& to, const std::string& payload) {
  sockaddr_in6 address;
  socklen_t length = WriteSockaddr(to, from.is_v6(), &address);
  ssize_t sent =
      sendto(from.fd(), payload.data(), payload.size(), 0, reinterpret_cast<sockaddr*>(&address), length);
  EXPECT_EQ(sent, static_cast<ssize_t>(payload.size())) << std::strerror(errno);
}

std::string Payload(const std::string& label, size_t size) {
  std::string payload = label + "|";
  while (payload.size() < size) payload += payload;
  payload.resize(size);
  return payload;
}

SlabRef MakeSlab(SlabPool& pool, const std::string& payload) {
  SlabRef slab = pool.Acquire();
  std::copy(payload.begin(), payload.end(), slab->storage().begin());
  slab->Resize(payload.size());
  return slab;
}

}  // namespace sluice::worker
