#include "transports/webrtc_transport.h"

#include <algorithm>
#include <utility>

namespace sluice::transports {
namespace {

template <typename... F>
struct Overloaded : F... {
  using F::operator()...;
};
template <typename... F>
Overloaded(F...) -> Overloaded<F...>;

}  // namespace

WebRtcTransport::WebRtcTransport(const Options& options) : ice_(options.ice), dtls_context_(options.dtls) {}

WebRtcTransport::~WebRtcTransport() = default;

void WebRtcTransport::Connect(Timestamp now, DtlsRole role, std::vector<Fingerprint> remote_fingerprints) {
  dtls_ = std::make_unique<DtlsSession>(dtls_context_, role, std::move(remote_fingerprints));
  outputs_.push_back(DtlsStateChanged{DtlsState::kConnecting, {}});
  dtls_waits_ = role == DtlsRole::kClient && !selected_path();
  if (!dtls_waits_) StartDtls(now);
}

void WebRtcTransport::StartDtls(Timestamp now) {
  dtls_waits_ = false;
  dtls_->Start(now);
  for (const std::vector<uint8_t>& datagram : std::exchange(early_dtls_, {}))
    dtls_->HandleDatagram(now, datagram);
  CollectDtls();
}

void WebRtcTransport::Close() {
  if (dtls_) dtls_->Close();
  CollectDtls();
}

WebRtcTransport::Received WebRtcTransport::HandleDatagram(Timestamp now, const Path& from,
                                                          MutableBytes storage, size_t size) {
  MutableBytes datagram = storage.first(size);
  DatagramKind kind = Classify(datagram);
  if (kind == DatagramKind::kStun) {
    ice_.HandleDatagram(now, from, datagram);
    if (dtls_waits_ && selected_path()) StartDtls(now);
    return {};
  }
  if (kind == DatagramKind::kUnknown) {
    ++drops_.unknown_protocol;
    return {};
  }
  if (!ice_.IsKnownPath(from)) {
    ++drops_.unknown_path;
    return {};
  }
  if (kind == DatagramKind::kDtls) {
    HandleDtls(now, from, datagram);
    return {};
  }
  std::optional<size_t> plain =
      kind == DatagramKind::kRtp ? srtp_.UnprotectRtp(datagram) : srtp_.UnprotectRtcp(datagram);
  if (!plain) return {};
  if (ice_.selected_path() != from) ice_.HandleAuthenticatedTraffic(now, from);
  return {kind, *plain};
}

void WebRtcTransport::HandleDtls(Timestamp now, const Path& from, Bytes datagram) {
  if (dtls_) {
    dtls_->HandleDatagram(now, datagram);
    ice_.HandleAuthenticatedTraffic(now, from);
    CollectDtls();
  } else if (early_dtls_.size() < kMaxEarlyDatagrams) {
    early_dtls_.emplace_back(datagram.begin(), datagram.end());
  } else {
    ++drops_.early_dtls;
  }
}

void WebRtcTransport::HandleTimeout(Timestamp now) {
  ice_.HandleTimeout(now);
  if (dtls_) dtls_->HandleTimeout(now);
  CollectDtls();
}

Timestamp WebRtcTransport::NextTimeout() const {
  return dtls_ ? std::min(ice_.NextTimeout(), dtls_->NextTimeout()) : ice_.NextTimeout();
}

// Moves what DTLS has to say into our outputs. Without a selected path its datagrams are lost, as on any
// network; its timer repeats them.
void WebRtcTransport::CollectDtls() {
  if (!dtls_) return;
  while (auto output = dtls_->Poll()) {
    std::visit(Overloaded{
                   [&](DtlsSession::Transmit& transmit) {
                     if (!ice_.selected_path()) return;
                     outputs_.push_back(Transmit{*ice_.selected_path(),
                                                 {transmit.datagram.begin(), transmit.datagram.end()}});
                   },
                   [&](DtlsSession::Connected& connected) {
                     if (connected.keys) srtp_.Start(*connected.keys);
                     outputs_.push_back(DtlsStateChanged{DtlsState::kConnected,
                                                         std::move(connected.remote_certificate_pem)});
                   },
                   [&](DtlsSession::Failed&) {
                     outputs_.push_back(DtlsStateChanged{DtlsState::kFailed, {}});
                   },
                   [&](DtlsSession::Closed&) {
                     outputs_.push_back(DtlsStateChanged{DtlsState::kClosed, {}});
                   },
                   [&](DtlsSession::ApplicationData& data) {
                     outputs_.push_back(DtlsMessage{std::move(data.message)});
                   },
               },
               *output);
  }
}

bool WebRtcTransport::SendThroughDtls(Bytes message) {
  bool sent = dtls_ && dtls_->SendApplicationData(message);
  CollectDtls();
  return sent;
}

std::optional<WebRtcTransport::Output> WebRtcTransport::Poll() {
  while (auto output = ice_.Poll()) {
    return std::visit(Overloaded{
                          [](IceLiteAgent::Transmit& t) -> Output {
                            return Transmit{t.to, {t.datagram.begin(), t.datagram.end()}};
                          },
                          [](IceLiteAgent::StateChanged& s) -> Output { return IceStateChanged{s.state}; },
                          [](IceLiteAgent::PathSelected& p) -> Output { return PathSelected{p.path}; },
                      },
                      *output);
  }
  if (next_output_ == outputs_.size()) {
    outputs_.clear();
    next_output_ = 0;
    return std::nullopt;
  }
  return std::move(outputs_[next_output_++]);
}

void WebRtcTransport::AppendProtocolDrops(std::vector<std::pair<std::string, int64_t>>* drops) const {
  constexpr std::pair<IceDrop, const char*> kIceDrops[] = {
      {IceDrop::kMalformed, "stunMalformed"},
      {IceDrop::kNotBinding, "stunNotBinding"},
      {IceDrop::kUnexpectedResponse, "stunUnexpectedResponse"},
      {IceDrop::kBadFingerprint, "stunBadFingerprint"},
      {IceDrop::kMissingFingerprint, "stunMissingFingerprint"},
      {IceDrop::kMissingCredentials, "stunMissingCredentials"},
      {IceDrop::kWrongUsername, "stunWrongUsername"},
      {IceDrop::kBadIntegrity, "stunBadIntegrity"},
      {IceDrop::kUnknownAttribute, "stunUnknownAttribute"},
      {IceDrop::kMissingPriority, "stunMissingPriority"},
      {IceDrop::kRoleConflict, "stunRoleConflict"},
  };
  for (const auto& [reason, name] : kIceDrops) {
    drops->emplace_back(name, static_cast<int64_t>(ice_.dropped(reason)));
  }
  drops->emplace_back("stunAnswersWithheld", static_cast<int64_t>(ice_.withheld_errors()));
  const DtlsSession::Drops dtls = dtls_ ? dtls_->drops() : DtlsSession::Drops();
  drops->emplace_back("dtlsMalformed", static_cast<int64_t>(dtls.malformed));
  drops->emplace_back("dtlsUnexpected", static_cast<int64_t>(dtls.unexpected));
  drops->emplace_back("dtlsIgnored", static_cast<int64_t>(dtls.ignored));
  srtp_.AppendDrops(drops);
}

}  // namespace sluice::transports
