#include "rtp/packet_view.h"

namespace sluice::rtp {
namespace {

constexpr uint8_t kVersion = 2;
constexpr uint16_t kOneByteProfile = 0xbede;
constexpr uint16_t kTwoByteProfile = 0x1000;  // The low four bits are free ("appbits").
constexpr uint16_t kTwoByteProfileMask = 0xfff0;
constexpr uint8_t kOneByteStop = 15;

void Record(ExtensionTable& table, const ExtensionMap& negotiated, uint8_t id, size_t offset, size_t size) {
  auto kind = negotiated.KindOf(id);
  if (!kind || table[*kind]) return;
  table[*kind] = {.offset = static_cast<uint16_t>(offset), .size = static_cast<uint8_t>(size)};
}

//    0 1 2 3 4 5 6 7
//   +-+-+-+-+-+-+-+-+
//   |  ID   |  len  |  len + 1 octets of data follow; an octet of 0 is padding.
ExtensionTable ReadOneByteForm(Bytes block, size_t block_offset, const ExtensionMap& negotiated) {
  ExtensionTable table;
  for (size_t at = 0; at < block.size();) {
    uint8_t id = block[at] >> 4;
    size_t size = (block[at] & 0x0fu) + 1;
    if (id == 0 && size == 1) {
      ++at;
      continue;
    }
    if (id == 0 || id == kOneByteStop || size > block.size() - at - 1) break;
    Record(table, negotiated, id, block_offset + at + 1, size);
    at += 1 + size;
  }
  return table;
}

// An octet of id, one of length, the data; an id of 0 is one octet of padding.
ExtensionTable ReadTwoByteForm(Bytes block, size_t block_offset, const ExtensionMap& negotiated) {
  ExtensionTable table;
  for (size_t at = 0; at < block.size();) {
    uint8_t id = block[at];
    if (id == 0) {
      ++at;
      continue;
    }
    if (block.size() - at < 2 || block[at + 1] > block.size() - at - 2) break;
    size_t size = block[at + 1];
    Record(table, negotiated, id, block_offset + at + 2, size);
    at += 2 + size;
  }
  return table;
}

}  // namespace

std::optional<PacketView> PacketView::Parse(Bytes datagram) {
  if (datagram.size() < kFixedHeaderSize || datagram.size() > kMaxSize) return std::nullopt;
  if (datagram[0] >> 6 != kVersion) return std::nullopt;

  PacketView view(datagram);
  size_t offset = kFixedHeaderSize + 4 * view.csrc_count();
  if (view.has_extension()) {
    offset += 4;
    if (offset > datagram.size()) return std::nullopt;
    size_t size = size_t{4} * LoadU16(&datagram[offset - 2]);
    view.extension_offset_ = static_cast<uint16_t>(offset);
    view.extension_size_ = static_cast<uint16_t>(size);
    offset += size;
  }
  if (offset > datagram.size()) return std::nullopt;

  size_t padding = 0;
  if (datagram[0] & 0x20) {
    padding = datagram.back();
    if (padding == 0 || padding > datagram.size() - offset) return std::nullopt;
  }
  view.payload_offset_ = static_cast<uint16_t>(offset);
  view.payload_size_ = static_cast<uint16_t>(datagram.size() - offset - padding);
  return view;
}

ExtensionTable ReadExtensions(const PacketView& packet, const ExtensionMap& negotiated) {
  uint16_t profile = packet.extension_profile();
  if (profile == kOneByteProfile) {
    return ReadOneByteForm(packet.extension_block(), packet.extension_offset(), negotiated);
  }
  if ((profile & kTwoByteProfileMask) == kTwoByteProfile) {
    return ReadTwoByteForm(packet.extension_block(), packet.extension_offset(), negotiated);
  }
  return {};
}

}  // namespace sluice::rtp
