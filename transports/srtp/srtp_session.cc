#include "transports/srtp/srtp_session.h"

#include <arpa/inet.h>
#include <openssl/mem.h>
#include <srtp2/srtp.h>

#include <algorithm>
#include <utility>

#include "transports/srtp/boringssl_ciphers.h"

namespace sluice::transports {
namespace {

constexpr size_t kRtpHeaderSize = 12;
constexpr size_t kRtcpHeaderSize = 8;
constexpr size_t kSrtcpIndexSize = 4;
constexpr uint8_t kVersionMask = 0xc0;
constexpr uint8_t kVersion2 = 0x80;

srtp_profile_t ToLibsrtp(SrtpProfile profile) {
  switch (profile) {
    case SrtpProfile::kAeadAes128Gcm:
      return srtp_profile_aead_aes_128_gcm;
    case SrtpProfile::kAeadAes256Gcm:
      return srtp_profile_aead_aes_256_gcm;
    case SrtpProfile::kAesCm128HmacSha1_80:
      return srtp_profile_aes128_cm_sha1_80;
    case SrtpProfile::kAesCm128HmacSha1_32:
      return srtp_profile_aes128_cm_sha1_32;
  }
  return srtp_profile_reserved;
}

size_t RtpTagSize(SrtpProfile profile) {
  switch (profile) {
    case SrtpProfile::kAesCm128HmacSha1_80:
      return 10;
    case SrtpProfile::kAesCm128HmacSha1_32:
      return 4;
    default:
      return 16;
  }
}

// The short tag is for RTP only (RFC 5764 §4.1.2).
size_t RtcpTagSize(SrtpProfile profile) {
  return profile == SrtpProfile::kAesCm128HmacSha1_32 ? 10 : RtpTagSize(profile);
}

// Fixed header, CSRCs and header extension (RFC 3550 §5.1, §5.3.1) within `packet`; nullopt: not RTP.
std::optional<Ssrc> RtpSsrc(Bytes packet) {
  if (packet.size() < kRtpHeaderSize || (packet[0] & kVersionMask) != kVersion2) return std::nullopt;
  size_t header = kRtpHeaderSize + size_t{packet[0] & 0x0fu} * 4;
  if (packet[0] & 0x10) {
    if (packet.size() < header + 4) return std::nullopt;
    header += 4 + size_t{LoadU16(&packet[header + 2])} * 4;
  }
  if (packet.size() < header) return std::nullopt;
  return Ssrc(LoadU32(&packet[8]));
}

std::optional<Ssrc> RtcpSsrc(Bytes packet) {
  if (packet.size() < kRtcpHeaderSize || (packet[0] & kVersionMask) != kVersion2) return std::nullopt;
  return Ssrc(LoadU32(&packet[4]));
}

SrtpStatus ToStatus(srtp_err_status_t status) {
  switch (status) {
    case srtp_err_status_ok:
      return SrtpStatus::kOk;
    case srtp_err_status_replay_fail:
    case srtp_err_status_replay_old:
      return SrtpStatus::kReplayed;
    case srtp_err_status_bad_param:
    case srtp_err_status_parse_err:
      return SrtpStatus::kMalformed;
    default:
      return SrtpStatus::kAuthenticationFailed;
  }
}

}  // namespace

void SrtpSession::Deleter::operator()(srtp_ctx_t_* session) const { srtp_dealloc(session); }

std::optional<SrtpSession> SrtpSession::Create(SrtpProfile profile, SrtpDirection direction,
                                               Bytes key_and_salt, size_t max_inbound_streams) {
  if (key_and_salt.size() != SrtpKeyAndSaltLength(profile) || !EnsureSrtpInitialized()) return std::nullopt;
  size_t max_streams = direction == SrtpDirection::kInbound ? max_inbound_streams : SIZE_MAX;
  SrtpSession session(profile, direction, key_and_salt, max_streams);
  if (!session.ShardWithRoom()) return std::nullopt;
  return session;
}

SrtpSession::SrtpSession(SrtpProfile profile, SrtpDirection direction, Bytes key_and_salt, size_t max_streams)
    : profile_(profile),
      direction_(direction),
      max_streams_(max_streams),
      key_and_salt_(key_and_salt.begin(), key_and_salt.end()) {}

SrtpSession::~SrtpSession() { OPENSSL_cleanse(key_and_salt_.data(), key_and_salt_.size()); }

SrtpSession::SrtpSession(SrtpSession&&) noexcept = default;
SrtpSession& SrtpSession::operator=(SrtpSession&&) noexcept = default;

std::optional<size_t> SrtpSession::ProtectRtp(MutableBytes storage, size_t size) {
  std::optional<Ssrc> ssrc = size <= storage.size() ? RtpSsrc(storage.first(size)) : std::nullopt;
  if (!ssrc) return std::nullopt;
  return Protect(srtp_protect, storage, size, *ssrc);
}

std::optional<size_t> SrtpSession::ProtectRtcp(MutableBytes storage, size_t size) {
  std::optional<Ssrc> ssrc = size <= storage.size() ? RtcpSsrc(storage.first(size)) : std::nullopt;
  if (!ssrc) return std::nullopt;
  return Protect(srtp_protect_rtcp, storage, size, *ssrc);
}

SrtpResult SrtpSession::UnprotectRtp(MutableBytes packet) {
  size_t tag = RtpTagSize(profile_);
  std::optional<Ssrc> ssrc = packet.size() > tag ? RtpSsrc(packet.first(packet.size() - tag)) : std::nullopt;
  if (!ssrc) return {SrtpStatus::kMalformed};
  return Unprotect(srtp_unprotect, packet, *ssrc);
}

SrtpResult SrtpSession::UnprotectRtcp(MutableBytes packet) {
  size_t trailer = RtcpTagSize(profile_) + kSrtcpIndexSize;
  std::optional<Ssrc> ssrc =
      packet.size() > trailer ? RtcpSsrc(packet.first(packet.size() - trailer)) : std::nullopt;
  if (!ssrc) return {SrtpStatus::kMalformed};
  return Unprotect(srtp_unprotect_rtcp, packet, *ssrc);
}

template <typename Call>
std::optional<size_t> SrtpSession::Protect(Call call, MutableBytes storage, size_t size, Ssrc ssrc) {
  if (storage.size() - size < kMaxTrailer || size > kMaxPacketSize - kMaxTrailer) return std::nullopt;
  std::optional<Place> place = Find(ssrc);
  if (!place) return std::nullopt;
  if (place->is_new) Remember(ssrc, *place);
  int length = static_cast<int>(size);
  if (call(place->session, storage.data(), &length) != srtp_err_status_ok) return std::nullopt;
  return static_cast<size_t>(length);
}

template <typename Call>
SrtpResult SrtpSession::Unprotect(Call call, MutableBytes packet, Ssrc ssrc) {
  if (packet.size() > kMaxPacketSize) return {SrtpStatus::kMalformed};
  std::optional<Place> place = Find(ssrc);
  if (!place) return {SrtpStatus::kTooManyStreams};
  int length = static_cast<int>(packet.size());
  SrtpStatus status = ToStatus(call(place->session, packet.data(), &length));
  if (status != SrtpStatus::kOk) return {status};
  if (place->is_new) Remember(ssrc, *place);
  return {SrtpStatus::kOk, static_cast<size_t>(length)};
}

std::optional<SrtpSession::Place> SrtpSession::Find(Ssrc ssrc) {
  auto known = shard_of_.find(ssrc);
  if (known != shard_of_.end()) return Place{shards_[known->second].session.get(), known->second, false};
  std::optional<uint32_t> shard = shard_of_.size() < max_streams_ ? ShardWithRoom() : std::nullopt;
  if (!shard) return std::nullopt;
  return Place{shards_[*shard].session.get(), *shard, true};
}

std::optional<uint32_t> SrtpSession::ShardWithRoom() {
  auto shard = std::find_if(shards_.begin(), shards_.end(),
                            [](const Shard& s) { return s.streams < kStreamsPerShard; });
  if (shard == shards_.end()) {
    auto session = NewLibsrtpSession();
    if (!session) return std::nullopt;
    shard = shards_.insert(shards_.end(), Shard{std::move(session), 0});
  }
  return static_cast<uint32_t>(shard - shards_.begin());
}

void SrtpSession::Remember(Ssrc ssrc, const Place& place) {
  shard_of_.emplace(ssrc, place.shard);
  ++shards_[place.shard].streams;
}

void SrtpSession::RemoveStream(Ssrc ssrc) {
  auto known = shard_of_.find(ssrc);
  if (known == shard_of_.end()) return;
  Shard& shard = shards_[known->second];
  srtp_remove_stream(shard.session.get(), htonl(ssrc.value()));
  --shard.streams;
  shard_of_.erase(known);
}

std::unique_ptr<srtp_ctx_t_, SrtpSession::Deleter> SrtpSession::NewLibsrtpSession() {
  srtp_policy_t policy{};
  srtp_crypto_policy_set_from_profile_for_rtp(&policy.rtp, ToLibsrtp(profile_));
  srtp_crypto_policy_set_from_profile_for_rtcp(&policy.rtcp, ToLibsrtp(profile_));
  policy.ssrc.type = direction_ == SrtpDirection::kInbound ? ssrc_any_inbound : ssrc_any_outbound;
  policy.key = key_and_salt_.data();
  policy.window_size = kReplayWindow;
  policy.allow_repeat_tx = 1;
  srtp_t session = nullptr;
  if (srtp_create(&session, &policy) != srtp_err_status_ok) return nullptr;
  return std::unique_ptr<srtp_ctx_t_, Deleter>(session);
}

}  // namespace sluice::transports
