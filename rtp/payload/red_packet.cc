#include "rtp/payload/red_packet.h"

namespace sluice::rtp {
namespace {

constexpr uint8_t kFollowed = 0x80;
constexpr uint32_t kLengthMask = 0x3ff;

}  // namespace

std::optional<RedPacket> RedPacket::Parse(Bytes payload) {
  RedPacket red;
  size_t at = 0;
  size_t redundant_size = 0;
  while (at < payload.size() && (payload[at] & kFollowed) != 0) {
    if (payload.size() - at < kRedundantHeaderSize || red.redundant_blocks == kMaxRedundantBlocks)
      return std::nullopt;
    redundant_size += LoadU32(payload.data() + at) & kLengthMask;
    at += kRedundantHeaderSize;
    ++red.redundant_blocks;
  }
  if (at >= payload.size()) return std::nullopt;
  red.primary_payload_type = PayloadType(payload[at]);
  ++at;
  if (payload.size() - at <= redundant_size) return std::nullopt;
  red.primary_size = static_cast<uint16_t>(payload.size() - at - redundant_size);
  return red;
}

}  // namespace sluice::rtp
