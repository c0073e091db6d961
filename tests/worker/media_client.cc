#include "tests/worker/media_client.h"

#include <algorithm>
#include <array>
#include <utility>

#include "transports/demultiplexer.h"
#include "transports/ice/stun_writer.h"
#include "worker/clock.h"

namespace sluice::worker {

using transports::DatagramKind;
using transports::DtlsSession;

namespace {

std::shared_ptr<const transports::DtlsContext> MakeContext() {
  return transports::DtlsContext::Create(
      *transports::DtlsCertificate::Generate(std::chrono::sys_seconds(std::chrono::seconds(1'800'000'000))));
}

}  // namespace

MediaClient::MediaClient(const transports::Endpoint& server, transports::IceCredentials credentials,
                         transports::Fingerprint server_fingerprint, transports::Protocol protocol)
    : server_(server),
      credentials_(std::move(credentials)),
      context_(MakeContext()),
      dtls_(context_, transports::DtlsRole::kClient, {std::move(server_fingerprint)}),
      socket_(std::make_unique<ClientSocket>(protocol, server)) {}

void MediaClient::Move(transports::Protocol protocol, std::optional<transports::Endpoint> server) {
  server_ = server.value_or(server_);
  socket_ = std::make_unique<ClientSocket>(protocol, server_);
}

bool MediaClient::Connect() {
  if (!Check()) return false;
  Timestamp deadline = MonotonicNow() + TimeDelta::Seconds(10);
  dtls_.Start(MonotonicNow());
  HandleDtls();
  while (!outbound_ && MonotonicNow() < deadline) {
    Step(std::min(deadline, dtls_.NextTimeout()));
    dtls_.HandleTimeout(MonotonicNow());
    HandleDtls();
  }
  return outbound_.has_value();
}

std::vector<uint8_t> MediaClient::MakeCheck() const {
  std::array<uint8_t, 512> buffer;
  const std::array<uint8_t, 12> transaction = {'t', 'e', 's', 't'};
  transports::StunWriter writer(buffer, transports::StunClass::kRequest, transaction);
  writer.AddUsername(credentials_.username_fragment + ":client");
  writer.AddIceControlling(1);
  writer.AddUseCandidate();
  writer.AddPriority(0x6e001eff);
  writer.AddMessageIntegrity(transports::HmacSha1(credentials_.password));
  writer.AddFingerprint();
  Bytes check = *writer.Finish();
  return {check.begin(), check.end()};
}

bool MediaClient::Check() {
  const std::vector<uint8_t> check = MakeCheck();
  const int answered_before = checks_answered_;
  for (int tries = 0; tries < 20 && checks_answered_ == answered_before; ++tries) {
    SendRaw(check);
    const Timestamp patience = MonotonicNow() + TimeDelta::Millis(200);
    while (checks_answered_ == answered_before && Step(patience)) {
    }
  }
  return checks_answered_ > answered_before;
}

void MediaClient::SendRaw(Bytes datagram) { socket_->Send(datagram); }

void MediaClient::SendRtp(std::vector<uint8_t> packet) {
  size_t size = packet.size();
  packet.resize(size + transports::SrtpSession::kMaxTrailer);
  if (auto protected_size = outbound_->ProtectRtp(packet, size))
    SendRaw(Bytes(packet).first(*protected_size));
}

void MediaClient::SendRtcp(std::vector<uint8_t> packet) {
  size_t size = packet.size();
  packet.resize(size + transports::SrtpSession::kMaxTrailer);
  if (auto protected_size = outbound_->ProtectRtcp(packet, size))
    SendRaw(Bytes(packet).first(*protected_size));
}

std::optional<std::vector<uint8_t>> MediaClient::ReceiveRtp(TimeDelta patience) {
  Timestamp deadline = MonotonicNow() + patience;
  while (rtp_.empty() && Step(deadline)) {
  }
  if (rtp_.empty()) return std::nullopt;
  std::vector<uint8_t> packet = std::move(rtp_.front());
  rtp_.erase(rtp_.begin());
  return packet;
}

bool MediaClient::WaitForRtcp(const std::function<bool(Bytes)>& matches, TimeDelta patience) {
  Timestamp deadline = MonotonicNow() + patience;
  size_t seen = 0;
  do {
    for (; seen < rtcp_.size(); ++seen) {
      if (matches(rtcp_[seen])) return true;
    }
  } while (Step(deadline));
  return false;
}

bool MediaClient::Step(Timestamp deadline) {
  std::optional<std::vector<uint8_t>> received = socket_->Receive(deadline);
  if (!received) return false;
  std::vector<uint8_t>& datagram = *received;
  switch (transports::Classify(datagram)) {
    case DatagramKind::kStun:
      ++checks_answered_;
      break;
    case DatagramKind::kDtls:
      dtls_.HandleDatagram(MonotonicNow(), datagram);
      HandleDtls();
      break;
    case DatagramKind::kRtp:
      HandleSrtp(std::move(datagram), false);
      break;
    case DatagramKind::kRtcp:
      HandleSrtp(std::move(datagram), true);
      break;
    case DatagramKind::kUnknown:
      break;
  }
  return true;
}

void MediaClient::HandleDtls() {
  using transports::SrtpDirection;
  using transports::SrtpSession;
  while (std::optional<DtlsSession::Output> output = dtls_.Poll()) {
    if (auto* transmit = std::get_if<DtlsSession::Transmit>(&*output)) {
      SendRaw(transmit->datagram);
    } else if (auto* connected = std::get_if<DtlsSession::Connected>(&*output)) {
      const transports::SrtpKeys& keys = *connected->keys;
      inbound_ = SrtpSession::Create(keys.profile, SrtpDirection::kInbound, keys.remote);
      outbound_ = SrtpSession::Create(keys.profile, SrtpDirection::kOutbound, keys.local);
    } else if (std::holds_alternative<DtlsSession::Closed>(*output)) {
      peer_closed_ = true;
    }
  }
}

void MediaClient::HandleSrtp(std::vector<uint8_t> datagram, bool rtcp) {
  if (!inbound_) return;
  transports::SrtpResult result = rtcp ? inbound_->UnprotectRtcp(datagram) : inbound_->UnprotectRtp(datagram);
  if (result.status != transports::SrtpStatus::kOk) return;
  datagram.resize(result.size);
  (rtcp ? rtcp_ : rtp_).push_back(std::move(datagram));
}

std::vector<uint8_t> MakeRtpPacket(Ssrc ssrc, uint16_t sequence_number, uint8_t payload_type, Bytes payload) {
  std::vector<uint8_t> packet(12 + payload.size());
  packet[0] = 0x80;
  packet[1] = payload_type;
  StoreU16(&packet[2], sequence_number);
  StoreU32(&packet[4], sequence_number * 960u);
  StoreU32(&packet[8], ssrc.value());
  std::copy(payload.begin(), payload.end(), packet.begin() + 12);
  return packet;
}

}  // namespace sluice::worker
