#include "rtp/packet_writer.h"

#include <cassert>
#include <cstring>

#include "rtp/extension_block.h"
#include "rtp/packet_view.h"

namespace sluice::rtp {
namespace {

constexpr size_t kOsnSize = 2;
constexpr uint8_t kPaddingBit = 0x20;

// Calls add(id, data, size) for every element that is ours, in the order of the block.
template <typename Add>
void ForEachOwnElement(const ExtensionLayout& layout, const OutgoingStamp& stamp, Add add) {
  if (uint8_t id = layout.transport_sequence_number_id()) {
    uint8_t value[2];
    StoreU16(value, stamp.transport_sequence_number);
    add(id, value, sizeof(value));
  }
  if (uint8_t id = layout.abs_send_time_id()) {
    uint8_t value[3];
    StoreU24(value, stamp.abs_send_time.value());
    add(id, value, sizeof(value));
  }
  if (layout.mid_id() && !stamp.mid.empty() && stamp.mid.size() <= ExtensionBlockSize::kMaxElementSize) {
    add(layout.mid_id(), reinterpret_cast<const uint8_t*>(stamp.mid.data()), stamp.mid.size());
  }
}

// The same for every element of a forwarded packet.
template <typename Add>
void ForEachElement(const Slab& packet, const ExtensionLayout& layout, const OutgoingStamp& stamp, Add add) {
  ForEachOwnElement(layout, stamp, add);
  for (const auto& [kind, id] : layout.copied()) {
    ExtensionTable::Element element = packet.packet().extensions[kind];
    if (!element) continue;
    if (kind == ExtensionKind::kDependencyDescriptor && !stamp.dependency_descriptor.empty()) {
      add(id, stamp.dependency_descriptor.data(), stamp.dependency_descriptor.size());
    } else {
      add(id, packet.bytes().data() + element.offset, size_t{element.size});
    }
  }
}

void WriteFixedHeader(const OutgoingHeader& header, bool extension, size_t csrc_count, uint8_t* out) {
  out[0] = static_cast<uint8_t>(0x80 | (extension ? 0x10 : 0) | csrc_count);
  out[1] = static_cast<uint8_t>((header.marker ? 0x80 : 0) | header.payload_type.value());
  StoreU16(out + 2, header.sequence_number.value());
  StoreU32(out + 4, header.timestamp);
  StoreU32(out + 8, header.ssrc.value());
}

size_t Write(const Slab& packet, const ExtensionLayout& layout, const OutgoingHeader& header,
             const OutgoingStamp& stamp, const SequenceNumber* original, MutableBytes out) {
  const ReceivedPacket& received = packet.packet();
  assert(size_t{received.payload_offset} + received.payload_size <= packet.size());
  const uint8_t* source = packet.bytes().data();
  const size_t csrc_count = source[0] & 0x0f;
  const size_t header_size = PacketView::kFixedHeaderSize + 4 * csrc_count;
  assert(header.left_out <= received.payload_size);
  const size_t payload_offset = size_t{received.payload_offset} + header.left_out;
  const size_t payload_size = size_t{received.payload_size} - header.left_out;

  ExtensionBlockSize block;
  ForEachElement(packet, layout, stamp, [&](uint8_t id, const uint8_t*, size_t n) { block.Add(id, n); });
  const size_t size = header_size + block.size() + (original ? kOsnSize : 0) + payload_size;
  if (size > out.size()) return 0;

  uint8_t* at = out.data();
  WriteFixedHeader(header, block.size() > 0, csrc_count, at);
  if (csrc_count > 0) {
    std::memcpy(at + PacketView::kFixedHeaderSize, source + PacketView::kFixedHeaderSize, 4 * csrc_count);
  }
  at = WriteExtensionBlock(block, at + header_size, [&](auto& writer) {
    ForEachElement(packet, layout, stamp,
                   [&](uint8_t id, const uint8_t* data, size_t n) { writer.Add(id, data, n); });
  });
  if (original) {
    StoreU16(at, original->value());
    at += kOsnSize;
  }
  std::memcpy(at, source + payload_offset, payload_size);
  return size;
}

}  // namespace

size_t WriteForwarded(const Slab& packet, const ExtensionLayout& layout, const OutgoingHeader& header,
                      const OutgoingStamp& stamp, MutableBytes out) {
  return Write(packet, layout, header, stamp, nullptr, out);
}

size_t WriteRetransmission(const Slab& packet, const ExtensionLayout& layout, const OutgoingHeader& header,
                           const OutgoingStamp& stamp, SequenceNumber original, MutableBytes out) {
  return Write(packet, layout, header, stamp, &original, out);
}

size_t WritePadding(const ExtensionLayout& layout, const OutgoingHeader& header, const OutgoingStamp& stamp,
                    std::optional<SequenceNumber> original, MutableBytes out) {
  ExtensionBlockSize block;
  ForEachOwnElement(layout, stamp, [&](uint8_t id, const uint8_t*, size_t n) { block.Add(id, n); });
  const size_t size = PacketView::kFixedHeaderSize + block.size() + (original ? kOsnSize : 1);
  if (size > out.size()) return 0;
  WriteFixedHeader(header, block.size() > 0, 0, out.data());
  uint8_t* at = WriteExtensionBlock(block, out.data() + PacketView::kFixedHeaderSize, [&](auto& writer) {
    ForEachOwnElement(layout, stamp,
                      [&](uint8_t id, const uint8_t* data, size_t n) { writer.Add(id, data, n); });
  });
  if (original) {
    StoreU16(at, original->value());
  } else {
    out[0] |= kPaddingBit;
    *at = 1;
  }
  return size;
}

}  // namespace sluice::rtp
