// A WebRTC peer on a real socket, UDP or TCP: ICE checks, DTLS and SRTP with our own cores in the client's
// place. Blocking, for tests; every wait has an end.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <utility>
#include <vector>

#include "rtp/ids.h"
#include "tests/worker/client_socket.h"
#include "transports/dtls/dtls_context.h"
#include "transports/dtls/dtls_session.h"
#include "transports/endpoint.h"
#include "transports/ice/ice_lite_agent.h"
#include "transports/srtp/srtp_session.h"

namespace sluice::worker {

class MediaClient {
 public:
  // `server` and `credentials` are the transport's, `server_fingerprint` its certificate's.
  MediaClient(const transports::Endpoint& server, transports::IceCredentials credentials,
              transports::Fingerprint server_fingerprint,
              transports::Protocol protocol = transports::Protocol::kUdp);

  // What the transport is to be told to expect.
  const std::vector<transports::Fingerprint>& fingerprints() const {
    return context_->certificate().fingerprints();
  }

  // A check with USE-CANDIDATE, then the handshake as DTLS client. False: not within some seconds.
  bool Connect();
  // Sends one check and waits for the answer, as a browser does for consent.
  bool Check();
  // The check as it would be sent.
  std::vector<uint8_t> MakeCheck() const;
  // Goes on from another local port, as after a change of network; perhaps to another of the server's
  // endpoints.
  void Move(transports::Protocol protocol, std::optional<transports::Endpoint> server = std::nullopt);
  // After an ICE restart.
  void UseCredentials(transports::IceCredentials credentials) { credentials_ = std::move(credentials); }

  // `packet` in the clear.
  void SendRtp(std::vector<uint8_t> packet);
  void SendRtcp(std::vector<uint8_t> packet);
  void SendRaw(Bytes datagram);
  // The next RTP packet, decrypted; nullopt: none came in time. RTCP that comes meanwhile is kept in rtcp().
  std::optional<std::vector<uint8_t>> ReceiveRtp(TimeDelta patience = TimeDelta::Seconds(5));
  // Reads until an RTCP packet for which `matches` holds has come.
  bool WaitForRtcp(const std::function<bool(Bytes)>& matches, TimeDelta patience = TimeDelta::Seconds(5));

  bool peer_closed() const { return peer_closed_; }
  ClientSocket& socket() { return *socket_; }

 private:
  // Waits for one datagram and handles it; false when none came until `deadline`.
  bool Step(Timestamp deadline);
  void HandleDtls();
  void HandleSrtp(std::vector<uint8_t> datagram, bool rtcp);

  transports::Endpoint server_;
  transports::IceCredentials credentials_;
  std::shared_ptr<const transports::DtlsContext> context_;
  transports::DtlsSession dtls_;
  std::unique_ptr<ClientSocket> socket_;
  int checks_answered_ = 0;
  bool peer_closed_ = false;
  std::optional<transports::SrtpSession> inbound_;
  std::optional<transports::SrtpSession> outbound_;
  std::vector<std::vector<uint8_t>> rtp_;
  std::vector<std::vector<uint8_t>> rtcp_;
};

// A plain RTP packet; audio-like unless `marker`.
std::vector<uint8_t> MakeRtpPacket(Ssrc ssrc, uint16_t sequence_number, uint8_t payload_type, Bytes payload);

}  // namespace sluice::worker
