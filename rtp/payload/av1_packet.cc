#include "rtp/payload/av1_packet.h"

namespace sluice::rtp {
namespace {

enum ObuType : uint8_t {
  kSequenceHeader = 1,
  kTemporalDelimiter = 2,
  kFrameHeader = 3,
  kMetadata = 5,
  kFrame = 6,
};

ObuType TypeOf(Bytes obu) { return static_cast<ObuType>(obu[0] >> 3 & 0x0f); }

bool StartsFrame(Bytes obu) {
  ObuType type = TypeOf(obu);
  return type == kSequenceHeader || type == kTemporalDelimiter || type == kFrameHeader || type == kMetadata ||
         type == kFrame;
}

// Seven bits an octet, the lowest first, at most 32 bits in value (AV1 specification §4.10.5).
std::optional<uint32_t> ReadLeb128(ByteReader& reader) {
  uint64_t value = 0;
  for (int shift = 0; shift < 56; shift += 7) {
    auto octet = reader.U8();
    if (!octet) return std::nullopt;
    value |= uint64_t{*octet & 0x7fu} << shift;
    if ((*octet & 0x80) == 0) {
      return value <= UINT32_MAX ? std::optional(static_cast<uint32_t>(value)) : std::nullopt;
    }
  }
  return std::nullopt;
}

// The next element; `bare`: it has no size and takes all that is left.
std::optional<Bytes> ReadElement(ByteReader& reader, bool bare) {
  if (bare) return reader.Read(reader.remaining());
  auto size = ReadLeb128(reader);
  return size ? reader.Read(*size) : std::nullopt;
}

// Takes note of an OBU that begins with `obu`.
void Note(Bytes obu, bool first, Av1Packet& packet) {
  if (obu.empty()) return;
  if (first) packet.frame_start = StartsFrame(obu);
  if (TypeOf(obu) == kSequenceHeader) packet.has_sequence_header = true;
  bool has_layers = (obu[0] & 0x04) != 0 && obu.size() > 1;
  if (!has_layers || packet.temporal_layer) return;
  packet.temporal_layer = static_cast<uint8_t>(obu[1] >> 5);
  packet.spatial_layer = static_cast<uint8_t>(obu[1] >> 3 & 0x03);
}

}  // namespace

std::optional<Av1Packet> Av1Packet::Parse(Bytes payload) {
  ByteReader reader(payload);
  auto header = reader.U8();
  if (!header || reader.remaining() == 0) return std::nullopt;
  Av1Packet packet;
  packet.continues_obu = (*header & 0x80) != 0;
  packet.obu_continues = (*header & 0x40) != 0;
  packet.new_coded_sequence = (*header & 0x08) != 0;
  if (packet.continues_obu && packet.new_coded_sequence) return std::nullopt;

  const int count = *header >> 4 & 0x03;  // W; 0: as many as there are.
  for (int i = 1; count == 0 ? reader.remaining() > 0 : i <= count; ++i) {
    auto element = ReadElement(reader, /*bare=*/i == count);
    if (!element) return std::nullopt;
    if (i > 1 || !packet.continues_obu) Note(*element, /*first=*/i == 1, packet);
  }
  return packet;
}

}  // namespace sluice::rtp
