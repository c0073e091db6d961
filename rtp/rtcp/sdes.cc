#include "rtp/rtcp/sdes.h"

#include <cstring>

namespace sluice::rtp::rtcp {
namespace {

constexpr uint8_t kEnd = 0;
constexpr uint8_t kCname = 1;
constexpr size_t kMaxText = 255;

std::string_view AsText(Bytes bytes) { return {reinterpret_cast<const char*>(bytes.data()), bytes.size()}; }

}  // namespace

std::optional<Sdes> Sdes::Parse(const BlockView& block) {
  if (block.type() != PacketType::kSourceDescription) return std::nullopt;
  ByteReader reader(block.payload());
  for (uint8_t i = 0; i < block.count(); ++i) {
    if (!ReadChunk(reader)) return std::nullopt;
  }
  return Sdes(block.count(), block.payload());
}

std::optional<Sdes::Chunk> Sdes::ReadChunk(ByteReader& reader) {
  size_t size_before = reader.remaining();
  std::optional<uint32_t> ssrc = reader.U32();
  if (!ssrc) return std::nullopt;
  Chunk chunk{Ssrc(*ssrc), {}};
  for (;;) {
    std::optional<uint8_t> item = reader.U8();
    if (!item) return std::nullopt;
    if (*item == kEnd) break;
    std::optional<uint8_t> length = reader.U8();
    std::optional<Bytes> text = length ? reader.Read(*length) : std::nullopt;
    if (!text) return std::nullopt;
    if (*item == kCname) chunk.cname = AsText(*text);
  }
  size_t consumed = size_before - reader.remaining();
  if (!reader.Read(-consumed % 4)) return std::nullopt;
  return chunk;
}

bool WriteSdes(CompoundWriter& writer, Ssrc source, std::string_view cname) {
  if (cname.size() > kMaxText) return false;
  size_t used = 4 + 2 + cname.size();
  size_t size = (used + 1 + 3) / 4 * 4;  // At least one zero ends the items.
  uint8_t* p = writer.Append(PacketType::kSourceDescription, 1, size);
  if (!p) return false;
  StoreU32(p, source.value());
  p[4] = kCname;
  p[5] = static_cast<uint8_t>(cname.size());
  if (!cname.empty()) std::memcpy(p + 6, cname.data(), cname.size());
  std::memset(p + used, kEnd, size - used);
  return true;
}

}  // namespace sluice::rtp::rtcp
