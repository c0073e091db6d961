#include "tests/api/udp_peer.h"

#include <gtest/gtest.h>
#include <poll.h>
#include <sys/socket.h>

#include <utility>

#include "rtp/packet_view.h"

namespace sluice::api {

using transports::Endpoint;
using transports::IpAddress;

UdpPeer::UdpPeer(const std::string& address)
    : socket_(worker::UdpSocket::Bind({.address = IpAddress::Parse(address).value()}).value()) {}

void UdpPeer::StartSrtp(const transports::SrtpKeys& keys) { EXPECT_TRUE(srtp_.emplace().Start(keys)); }

void UdpPeer::SendRtp(const Endpoint& to, std::vector<uint8_t> packet) {
  size_t size = packet.size();
  packet.resize(size + transports::SrtpSession::kMaxTrailer);
  if (srtp_) size = srtp_->ProtectRtp(packet, size).value();
  Send(to, Bytes(packet).first(size));
}

void UdpPeer::SendRtcp(const Endpoint& to, std::vector<uint8_t> packet) {
  size_t size = packet.size();
  packet.resize(size + transports::SrtpSession::kMaxTrailer);
  if (srtp_) size = srtp_->ProtectRtcp(packet, size).value();
  Send(to, Bytes(packet).first(size));
}

void UdpPeer::Send(const Endpoint& to, Bytes datagram) {
  sockaddr_in6 address;
  socklen_t length = worker::WriteSockaddr(to, socket_.is_v6(), &address);
  EXPECT_EQ(sendto(socket_.fd(), datagram.data(), datagram.size(), 0,
                   reinterpret_cast<const sockaddr*>(&address), length),
            static_cast<ssize_t>(datagram.size()));
}

std::optional<std::vector<uint8_t>> UdpPeer::Receive() {
  pollfd readable = {socket_.fd(), POLLIN, 0};
  if (poll(&readable, 1, 5000) <= 0) return std::nullopt;
  std::vector<uint8_t> packet(2048);
  ssize_t received = recv(socket_.fd(), packet.data(), packet.size(), 0);
  if (received < 0) return std::nullopt;
  packet.resize(static_cast<size_t>(received));
  if (!srtp_) return packet;
  std::optional<size_t> size =
      rtp::LooksLikeRtcp(packet) ? srtp_->UnprotectRtcp(packet) : srtp_->UnprotectRtp(packet);
  if (!size) return std::nullopt;
  packet.resize(*size);
  return packet;
}

std::optional<std::vector<uint8_t>> UdpPeer::ReceiveRtp() {
  std::optional<std::vector<uint8_t>> packet = Receive();
  while (packet && rtp::LooksLikeRtcp(*packet)) packet = Receive();
  return packet;
}

Endpoint Loopback(uint16_t port) { return {IpAddress::V4({127, 0, 0, 1}), port}; }

std::vector<uint8_t> RtpPacket(Ssrc ssrc, uint16_t sequence_number, uint8_t payload_type) {
  std::vector<uint8_t> packet = {0x80, payload_type, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0x78, 1, 2, 3, 4};
  StoreU16(&packet[2], sequence_number);
  StoreU32(&packet[4], 960u * sequence_number);
  StoreU32(&packet[8], ssrc.value());
  return packet;
}

}  // namespace sluice::api
