#include "tests/worker/client_socket.h"

#include <gtest/gtest.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <sys/socket.h>

#include <algorithm>
#include <cstring>

#include "worker/clock.h"
#include "worker/udp_socket.h"

namespace sluice::worker {

using transports::Endpoint;
using transports::Protocol;

ClientSocket::ClientSocket(Protocol protocol, const Endpoint& server)
    : protocol_(protocol),
      fd_(socket(server.address.is_v6() ? AF_INET6 : AF_INET,
                 (protocol == Protocol::kTcp ? SOCK_STREAM : SOCK_DGRAM) | SOCK_CLOEXEC, 0)) {
  sockaddr_in6 address;
  socklen_t length = WriteSockaddr(server, server.address.is_v6(), &address);
  EXPECT_EQ(connect(fd_.get(), reinterpret_cast<sockaddr*>(&address), length), 0)
      << server.ToString() << ": " << std::strerror(errno);
  int on = 1;
  if (protocol == Protocol::kTcp) setsockopt(fd_.get(), IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
  length = sizeof address;
  getsockname(fd_.get(), reinterpret_cast<sockaddr*>(&address), &length);
  local_ = Endpoint::FromSockaddr(reinterpret_cast<sockaddr*>(&address)).value_or(Endpoint());
}

bool ClientSocket::Send(Bytes packet) {
  std::string octets(packet.begin(), packet.end());
  if (protocol_ == Protocol::kUdp) return send(fd_.get(), octets.data(), octets.size(), MSG_NOSIGNAL) >= 0;
  octets.insert(0, {static_cast<char>(packet.size() >> 8), static_cast<char>(packet.size())});
  return SendRaw(octets);
}

bool ClientSocket::SendRaw(const std::string& octets) {
  for (size_t sent = 0; sent < octets.size();) {
    ssize_t now = send(fd_.get(), octets.data() + sent, octets.size() - sent, MSG_NOSIGNAL);
    if (now < 0) return false;
    sent += static_cast<size_t>(now);
  }
  return true;
}

std::optional<std::vector<uint8_t>> ClientSocket::Receive(Timestamp deadline) {
  while (!closed_) {
    if (auto frame = TakeFrame()) return frame;
    const TimeDelta left = deadline - MonotonicNow();
    if (left <= TimeDelta::Zero()) return std::nullopt;
    pollfd readable{.fd = fd_.get(), .events = POLLIN, .revents = 0};
    if (poll(&readable, 1, static_cast<int>(std::min(left.ms() + 1, int64_t{1000}))) <= 0) continue;
    std::vector<uint8_t> read(65536);
    const ssize_t size = recv(fd_.get(), read.data(), read.size(), 0);
    if (protocol_ == Protocol::kTcp && size <= 0) closed_ = true;
    if (size <= 0) continue;
    read.resize(static_cast<size_t>(size));
    if (protocol_ == Protocol::kUdp) return read;
    stream_.insert(stream_.end(), read.begin(), read.end());
  }
  return std::nullopt;
}

std::optional<std::vector<uint8_t>> ClientSocket::TakeFrame() {
  if (stream_.size() < 2) return std::nullopt;
  const size_t length = LoadU16(stream_.data());
  if (stream_.size() < 2 + length) return std::nullopt;
  auto end = stream_.begin() + static_cast<std::ptrdiff_t>(2 + length);
  std::vector<uint8_t> frame(stream_.begin() + 2, end);
  stream_.erase(stream_.begin(), end);
  return frame;
}

bool ClientSocket::WaitForClose() {
  const Timestamp deadline = MonotonicNow() + TimeDelta::Seconds(10);
  while (!closed_ && MonotonicNow() < deadline) Receive(deadline);
  return closed_;
}

}  // namespace sluice::worker
