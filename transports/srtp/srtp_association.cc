#include "transports/srtp/srtp_association.h"

namespace sluice::transports {

bool SrtpAssociation::Start(const SrtpKeys& keys) {
  inbound_ = SrtpSession::Create(keys.profile, SrtpDirection::kInbound, keys.remote);
  outbound_ = SrtpSession::Create(keys.profile, SrtpDirection::kOutbound, keys.local);
  return started();
}

std::optional<size_t> SrtpAssociation::UnprotectRtp(MutableBytes packet) {
  if (started()) return Counted(inbound_->UnprotectRtp(packet));
  ++drops_.before_keys;
  return std::nullopt;
}

std::optional<size_t> SrtpAssociation::UnprotectRtcp(MutableBytes packet) {
  if (started()) return Counted(inbound_->UnprotectRtcp(packet));
  ++drops_.before_keys;
  return std::nullopt;
}

std::optional<size_t> SrtpAssociation::Counted(SrtpResult result) {
  switch (result.status) {
    case SrtpStatus::kOk:
      return result.size;
    case SrtpStatus::kAuthenticationFailed:
      ++drops_.authentication;
      break;
    case SrtpStatus::kReplayed:
      ++drops_.replayed;
      break;
    case SrtpStatus::kMalformed:
      ++drops_.malformed;
      break;
    case SrtpStatus::kTooManyStreams:
      ++drops_.too_many_streams;
      break;
  }
  return std::nullopt;
}

std::optional<size_t> SrtpAssociation::ProtectRtp(MutableBytes storage, size_t size) {
  return Counted(started() ? outbound_->ProtectRtp(storage, size) : std::nullopt);
}

std::optional<size_t> SrtpAssociation::ProtectRtcp(MutableBytes storage, size_t size) {
  return Counted(started() ? outbound_->ProtectRtcp(storage, size) : std::nullopt);
}

std::optional<size_t> SrtpAssociation::Counted(std::optional<size_t> protected_size) {
  if (!protected_size) ++drops_.unencryptable;
  return protected_size;
}

void SrtpAssociation::RemoveOutgoingStream(Ssrc ssrc) {
  if (outbound_) outbound_->RemoveStream(ssrc);
}

void SrtpAssociation::AppendDrops(std::vector<std::pair<std::string, int64_t>>* drops) const {
  const std::pair<const char*, int64_t> reasons[] = {{"srtpBeforeKeys", drops_.before_keys},
                                                     {"srtpAuthentication", drops_.authentication},
                                                     {"srtpReplayed", drops_.replayed},
                                                     {"srtpMalformed", drops_.malformed},
                                                     {"srtpTooManyStreams", drops_.too_many_streams},
                                                     {"unencryptable", drops_.unencryptable}};
  drops->insert(drops->end(), std::begin(reasons), std::end(reasons));
}

}  // namespace sluice::transports
