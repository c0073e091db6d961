#include "bench/load/secure_path.h"

#include <algorithm>
#include <utility>
#include <variant>

namespace sluice::load {

using transports::DatagramKind;
using transports::DtlsSession;
using transports::SrtpDirection;
using transports::SrtpResult;
using transports::SrtpSession;
using transports::SrtpStatus;

namespace {
std::optional<size_t> SizeOf(const SrtpResult& result) {
  return result.status == SrtpStatus::kOk ? std::optional<size_t>(result.size) : std::nullopt;
}
}  // namespace

SecurePath::SecurePath(const SecurePathOptions& options) : secure_(options.secure) {
  if (!secure_) return;
  ice_.emplace(options.local, options.remote, options.random_seed);
  dtls_ = std::make_unique<DtlsSession>(options.dtls, options.role, options.remote_fingerprints);
}

void SecurePath::Start(Timestamp now) { HandleTimeout(now); }

DatagramKind SecurePath::HandleDatagram(Timestamp now, const transports::Endpoint& from, Bytes datagram) {
  const DatagramKind kind = transports::Classify(datagram);
  if (!secure_) return kind;
  if (kind == DatagramKind::kStun) {
    ice_->HandleDatagram(now, from, datagram);
    if (ice_->connected() && !dtls_started_) StartDtls(now);
  } else if (kind == DatagramKind::kDtls) {
    if (!dtls_started_) StartDtls(now);
    dtls_->HandleDatagram(now, datagram);
    CollectDtls();
  }
  return kind;
}

void SecurePath::StartDtls(Timestamp now) {
  dtls_started_ = true;
  dtls_->Start(now);
  CollectDtls();
}

void SecurePath::HandleTimeout(Timestamp now) {
  if (!secure_) return;
  ice_->HandleTimeout(now);
  if (!dtls_started_) return;
  dtls_->HandleTimeout(now);
  CollectDtls();
}

Timestamp SecurePath::NextTimeout() const {
  return secure_ ? std::min(ice_->NextTimeout(), dtls_->NextTimeout()) : Timestamp::Never();
}

void SecurePath::CollectDtls() {
  while (std::optional<DtlsSession::Output> output = dtls_->Poll()) {
    if (auto* transmit = std::get_if<DtlsSession::Transmit>(&*output)) {
      outputs_.push_back(std::move(transmit->datagram));
    } else if (auto* connected = std::get_if<DtlsSession::Connected>(&*output)) {
      if (!connected->keys) {
        failed_ = true;
        continue;
      }
      inbound_ =
          SrtpSession::Create(connected->keys->profile, SrtpDirection::kInbound, connected->keys->remote);
      outbound_ =
          SrtpSession::Create(connected->keys->profile, SrtpDirection::kOutbound, connected->keys->local);
    } else if (!std::holds_alternative<DtlsSession::ApplicationData>(*output)) {
      failed_ = true;
    }
  }
}

std::optional<std::vector<uint8_t>> SecurePath::Poll() {
  if (!secure_) return std::nullopt;
  if (auto check = ice_->Poll()) return check;
  if (outputs_.empty()) return std::nullopt;
  std::vector<uint8_t> first = std::move(outputs_.front());
  outputs_.erase(outputs_.begin());
  return first;
}

void SecurePath::Close() {
  if (!dtls_) return;
  dtls_->Close();
  CollectDtls();
}

std::optional<size_t> SecurePath::ProtectRtp(MutableBytes storage, size_t size) {
  if (!secure_) return size;
  return outbound_ ? outbound_->ProtectRtp(storage, size) : std::nullopt;
}

std::optional<size_t> SecurePath::ProtectRtcp(MutableBytes storage, size_t size) {
  if (!secure_) return size;
  return outbound_ ? outbound_->ProtectRtcp(storage, size) : std::nullopt;
}

std::optional<size_t> SecurePath::UnprotectRtp(MutableBytes packet) {
  if (!secure_) return packet.size();
  return inbound_ ? SizeOf(inbound_->UnprotectRtp(packet)) : std::nullopt;
}

std::optional<size_t> SecurePath::UnprotectRtcp(MutableBytes packet) {
  if (!secure_) return packet.size();
  return inbound_ ? SizeOf(inbound_->UnprotectRtcp(packet)) : std::nullopt;
}

}  // namespace sluice::load
