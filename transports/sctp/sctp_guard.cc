#include "transports/sctp/sctp_guard.h"

#include <algorithm>

namespace sluice::transports {
namespace {

// A bit of ABORT and SHUTDOWN COMPLETE: the tag is the peer's own (RFC 9260 §8.5.1).
constexpr uint8_t kReflectedTag = 1;

// Chunks that usrsctp understands and that we do not offer: AUTH, NR-SACK, I-DATA, ASCONF-ACK, PKTDROP,
// ASCONF, I-FORWARD-TSN, and explicit congestion notification.
bool IsUnsupported(SctpChunkType type) {
  static constexpr uint8_t kTypes[] = {0x0c, 0x0d, 0x0f, 0x10, 0x40, 0x80, 0x81, 0xc1, 0xc2};
  return std::find(std::begin(kTypes), std::end(kTypes), static_cast<uint8_t>(type)) != std::end(kTypes);
}

}  // namespace

std::variant<SctpGuard::Passed, SctpDrop> SctpGuard::Check(Bytes bytes) {
  const std::optional<SctpPacket> packet = SctpPacket::Parse(bytes);
  if (!packet) return SctpDrop::kMalformed;
  if (!SctpChecksumMatches(bytes)) return SctpDrop::kBadChecksum;
  if (packet->source_port() != remote_port_ || packet->destination_port() != local_port_) {
    return SctpDrop::kWrongPort;
  }
  if (!IsTagRight(*packet)) return SctpDrop::kWrongTag;
  Passed passed{.packet = *packet};
  for (const SctpChunk& chunk : passed.packet.chunks()) {
    if (IsUnsupported(chunk.type)) return SctpDrop::kUnsupportedChunk;
    passed.init |= chunk.type == SctpChunkType::kInit;
    passed.abort |= chunk.type == SctpChunkType::kAbort;
    if (chunk.type != SctpChunkType::kCookieEcho) continue;
    if (!IsCookieOurs(chunk.value)) return SctpDrop::kForgedCookie;
    tag_ = packet->verification_tag();
  }
  return passed;
}

// A tag that is the peer's own is left to usrsctp, which knows it.
bool SctpGuard::IsTagRight(const SctpPacket& packet) const {
  const uint32_t tag = packet.verification_tag();
  const SctpChunk& first = packet.chunks().front();
  if (first.type == SctpChunkType::kInit) return tag == 0;
  if (tag == 0) return false;
  bool reflected = (first.type == SctpChunkType::kAbort || first.type == SctpChunkType::kShutdownComplete) &&
                   (first.flags & kReflectedTag) != 0;
  return reflected || tag == tag_ || std::find(tags_.begin(), tags_.end(), tag) != tags_.end();
}

bool SctpGuard::IsCookieOurs(Bytes cookie) const {
  return std::any_of(cookies_.begin(), cookies_.end(), [&](const std::vector<uint8_t>& ours) {
    return std::equal(ours.begin(), ours.end(), cookie.begin(), cookie.end());
  });
}

void SctpGuard::NoteSent(Bytes bytes) {
  const auto first = static_cast<SctpChunkType>(bytes[SctpPacket::kHeaderSize]);
  if (first != SctpChunkType::kInit && first != SctpChunkType::kInitAck) return;
  const std::optional<SctpPacket> packet = SctpPacket::Parse(bytes);
  if (!packet) return;
  const SctpChunk& init = packet->chunks().front();
  Remember(InitiateTag(init));
  if (first == SctpChunkType::kInit) return;
  const std::optional<Bytes> cookie = FindParameter(InitParameters(init), SctpPacket::kStateCookie);
  if (!cookie) return;
  if (cookies_.size() == kRemembered) cookies_.pop_front();
  cookies_.emplace_back(cookie->begin(), cookie->end());
}

void SctpGuard::Remember(uint32_t tag) {
  if (tag_ == 0) tag_ = tag;
  if (std::find(tags_.begin(), tags_.end(), tag) != tags_.end()) return;
  tags_[next_tag_] = tag;
  next_tag_ = (next_tag_ + 1) % kRemembered;
}

}  // namespace sluice::transports
