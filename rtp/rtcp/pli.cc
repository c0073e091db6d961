#include "rtp/rtcp/pli.h"

namespace sluice::rtp::rtcp {
namespace {

constexpr size_t kSsrcsSize = 8;

}  // namespace

std::optional<Pli> Pli::Parse(const BlockView& block) {
  Bytes payload = block.payload();
  if (block.kind() != BlockKind::kPli || payload.size() < kSsrcsSize) return std::nullopt;
  return Pli{Ssrc(LoadU32(payload.data())), Ssrc(LoadU32(payload.data() + 4))};
}

bool WritePli(CompoundWriter& writer, const Pli& pli) {
  uint8_t* p = writer.Append(PacketType::kPayloadFeedback, kPliFormat, kSsrcsSize);
  if (!p) return false;
  StoreU32(p, pli.sender.value());
  StoreU32(p + 4, pli.media.value());
  return true;
}

}  // namespace sluice::rtp::rtcp
