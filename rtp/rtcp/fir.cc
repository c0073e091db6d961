#include "rtp/rtcp/fir.h"

namespace sluice::rtp::rtcp {
namespace {

constexpr size_t kSsrcsSize = 8;

}  // namespace

std::optional<Fir> Fir::Parse(const BlockView& block) {
  Bytes payload = block.payload();
  if (block.kind() != BlockKind::kFir || payload.size() < kSsrcsSize + FirEntry::kSize) return std::nullopt;
  return Fir{Ssrc(LoadU32(payload.data())), WireList<FirEntry>(payload.subspan(kSsrcsSize))};
}

bool WriteFir(CompoundWriter& writer, Ssrc sender, std::span<const FirEntry> entries) {
  if (entries.empty()) return false;
  uint8_t* p =
      writer.Append(PacketType::kPayloadFeedback, kFirFormat, kSsrcsSize + entries.size() * FirEntry::kSize);
  if (!p) return false;
  StoreU32(p, sender.value());
  StoreU32(p + 4, 0);
  p += kSsrcsSize;
  for (const FirEntry& entry : entries) {
    StoreU32(p, entry.media.value());
    StoreU32(p + 4, uint32_t{entry.request} << 24);
    p += FirEntry::kSize;
  }
  return true;
}

}  // namespace sluice::rtp::rtcp
