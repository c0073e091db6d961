#include "rtp/rtcp/nack.h"

namespace sluice::rtp::rtcp {
namespace {

constexpr size_t kSsrcsSize = 8;

// One item for as many of the first of `lost` as it can name, which it takes off.
NackItem TakeItem(std::span<const SequenceNumber>& lost) {
  NackItem item{lost.front(), 0};
  lost = lost.subspan(1);
  while (!lost.empty()) {
    int distance = lost.front() - item.packet;
    if (distance < 1 || distance > 16) break;
    item.following |= static_cast<uint16_t>(1 << (distance - 1));
    lost = lost.subspan(1);
  }
  return item;
}

size_t CountItems(std::span<const SequenceNumber> lost, size_t at_most) {
  size_t items = 0;
  for (; !lost.empty() && items < at_most; ++items) TakeItem(lost);
  return items;
}

}  // namespace

std::optional<Nack> Nack::Parse(const BlockView& block) {
  Bytes payload = block.payload();
  if (block.kind() != BlockKind::kNack || payload.size() < kSsrcsSize + NackItem::kSize) return std::nullopt;
  return Nack{Ssrc(LoadU32(payload.data())), Ssrc(LoadU32(payload.data() + 4)),
              WireList<NackItem>(payload.subspan(kSsrcsSize))};
}

size_t WriteNack(CompoundWriter& writer, Ssrc sender, Ssrc media, std::span<const SequenceNumber> lost) {
  size_t room = writer.PayloadRoom();
  if (room < kSsrcsSize) return 0;
  size_t items = CountItems(lost, (room - kSsrcsSize) / NackItem::kSize);
  if (items == 0) return 0;
  uint8_t* p =
      writer.Append(PacketType::kTransportFeedback, kNackFormat, kSsrcsSize + items * NackItem::kSize);
  if (!p) return 0;
  StoreU32(p, sender.value());
  StoreU32(p + 4, media.value());
  p += kSsrcsSize;
  std::span<const SequenceNumber> rest = lost;
  for (size_t i = 0; i < items; ++i, p += NackItem::kSize) {
    NackItem item = TakeItem(rest);
    StoreU16(p, item.packet.value());
    StoreU16(p + 2, item.following);
  }
  return lost.size() - rest.size();
}

}  // namespace sluice::rtp::rtcp
