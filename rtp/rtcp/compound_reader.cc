#include "rtp/rtcp/compound_reader.h"

namespace sluice::rtp::rtcp {
namespace {

constexpr uint8_t kVersion = 2;
constexpr uint8_t kPaddingBit = 0x20;
constexpr uint8_t kCountMask = 0x1f;

struct Block {
  BlockView view;
  size_t size;  // With its header and padding.
};

// The block that `bytes` begins with.
std::optional<Block> ReadBlock(Bytes bytes) {
  if (bytes.size() < BlockView::kHeaderSize || bytes[0] >> 6 != kVersion) return std::nullopt;
  size_t size = (size_t{LoadU16(&bytes[2])} + 1) * 4;
  if (size > bytes.size()) return std::nullopt;

  Bytes payload = bytes.subspan(BlockView::kHeaderSize, size - BlockView::kHeaderSize);
  if (bytes[0] & kPaddingBit) {
    if (payload.empty()) return std::nullopt;
    uint8_t padding = payload.back();  // Counts itself.
    if (padding == 0 || padding > payload.size()) return std::nullopt;
    payload = payload.first(payload.size() - padding);
  }
  return Block{BlockView(static_cast<PacketType>(bytes[1]), bytes[0] & kCountMask, payload), size};
}

}  // namespace

std::optional<CompoundReader> CompoundReader::Parse(Bytes datagram) {
  if (datagram.empty()) return std::nullopt;
  for (Bytes rest = datagram; !rest.empty();) {
    std::optional<Block> block = ReadBlock(rest);
    if (!block) return std::nullopt;
    rest = rest.subspan(block->size);
  }
  return CompoundReader(datagram);
}

std::optional<BlockView> CompoundReader::Next() {
  if (rest_.empty()) return std::nullopt;
  std::optional<Block> block = ReadBlock(rest_);
  if (!block) return std::nullopt;
  rest_ = rest_.subspan(block->size);
  return block->view;
}

bool IsRtcp(Bytes datagram) { return datagram.size() >= 2 && datagram[1] >= 192 && datagram[1] <= 223; }

}  // namespace sluice::rtp::rtcp
