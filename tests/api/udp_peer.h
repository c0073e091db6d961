// A peer of plain and pipe transports on a real socket of loopback, in the clear or by SRTP. Blocking, for
// tests; every wait has an end.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "rtp/bytes.h"
#include "rtp/ids.h"
#include "transports/endpoint.h"
#include "transports/srtp/srtp_association.h"
#include "worker/udp_socket.h"

namespace sluice::api {

class UdpPeer {
 public:
  explicit UdpPeer(const std::string& address = "127.0.0.1");

  uint16_t port() const { return socket_.local().port; }
  // From now on all that is sent and received is protected.
  void StartSrtp(const transports::SrtpKeys& keys);

  void SendRtp(const transports::Endpoint& to, std::vector<uint8_t> packet);
  void SendRtcp(const transports::Endpoint& to, std::vector<uint8_t> packet);
  // The next one in the clear, RTP or RTCP; nullopt: none came in time, or it could not be read.
  std::optional<std::vector<uint8_t>> Receive();
  // Passes over RTCP, as RTP receivers do.
  std::optional<std::vector<uint8_t>> ReceiveRtp();

 private:
  void Send(const transports::Endpoint& to, Bytes datagram);

  worker::UdpSocket socket_;
  std::optional<transports::SrtpAssociation> srtp_;
};

// On loopback.
transports::Endpoint Loopback(uint16_t port);

// With a payload that a codec without key frames takes.
std::vector<uint8_t> RtpPacket(Ssrc ssrc, uint16_t sequence_number, uint8_t payload_type);

}  // namespace sluice::api
