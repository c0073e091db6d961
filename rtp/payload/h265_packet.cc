#include "rtp/payload/h265_packet.h"

namespace sluice::rtp {
namespace {

constexpr size_t kHeaderSize = 2;

enum NalType : uint8_t {
  kTsaN = 2,
  kTsaR = 3,
  kStsaN = 4,
  kStsaR = 5,
  kFirstIrap = 16,
  kLastIrap = 23,
  kLastSlice = 31,
  kVps = 32,
  kSps = 33,
  kPps = 34,
  kDelimiter = 35,
  kPrefixSei = 39,
  kLastSingle = 47,
  kAggregation = 48,
  kFragmentation = 49,
};

uint8_t TypeOf(Bytes unit) { return unit[0] >> 1 & 0x3f; }

// A slice segment header opens with first_slice_segment_in_pic_flag.
bool IsFirstSlice(Bytes slice_header) { return !slice_header.empty() && (slice_header[0] & 0x80) != 0; }

bool StartsAccessUnit(uint8_t type, Bytes body) {
  if (type <= kLastSlice) return IsFirstSlice(body);
  return (type >= kVps && type <= kDelimiter) || type == kPrefixSei;
}

// Takes note of a NAL unit that begins in the packet; `body` is what follows its header.
void Note(uint8_t type, Bytes body, bool first, H265Packet& packet) {
  if (type == kVps || type == kSps) packet.has_parameter_set = true;
  // Behind the ids of the VPS (4 bits) and of the highest sub-layer (3).
  if (type == kSps && !body.empty()) packet.temporal_nesting = (body[0] & 0x01) != 0;
  if (type >= kFirstIrap && type <= kLastIrap && IsFirstSlice(body)) packet.has_key_picture_start = true;
  if (first) packet.access_unit_start = StartsAccessUnit(type, body);
}

// Of a NAL unit any part of which is in the packet.
void NoteType(uint8_t type, H265Packet& packet) {
  packet.switch_to_all |= type == kTsaN || type == kTsaR;
  packet.switch_to_layer |= type == kStsaN || type == kStsaR;
}

// Behind the header: 16 bits of size and a NAL unit, again and again.
bool ReadAggregation(Bytes body, H265Packet& packet) {
  ByteReader reader(body);
  bool first = true;
  do {
    auto size = reader.U16();
    auto unit = size ? reader.Read(*size) : std::nullopt;
    if (!unit || unit->size() < kHeaderSize) return false;
    NoteType(TypeOf(*unit), packet);
    Note(TypeOf(*unit), unit->subspan(kHeaderSize), first, packet);
    first = false;
  } while (reader.remaining() > 0);
  return true;
}

//   |S|E|  FuType   |  then a piece of the NAL unit's body; S: the first piece
bool ReadFragment(Bytes body, H265Packet& packet) {
  if (body.empty()) return false;
  const uint8_t type = body[0] & 0x3f;
  NoteType(type, packet);
  if (body[0] & 0x80) Note(type, body.subspan(1), /*first=*/true, packet);
  return true;
}

}  // namespace

std::optional<H265Packet> H265Packet::Parse(Bytes payload) {
  if (payload.size() < kHeaderSize || (payload[1] & 0x07) == 0) return std::nullopt;
  H265Packet packet;
  packet.temporal_layer = static_cast<uint8_t>((payload[1] & 0x07) - 1);
  const uint8_t type = TypeOf(payload);
  const Bytes body = payload.subspan(kHeaderSize);
  bool parsed = type <= kLastSingle;
  if (type == kAggregation) {
    parsed = ReadAggregation(body, packet);
  } else if (type == kFragmentation) {
    parsed = ReadFragment(body, packet);
  } else if (parsed) {
    NoteType(type, packet);
    Note(type, body, /*first=*/true, packet);
  }
  return parsed ? std::optional(packet) : std::nullopt;
}

}  // namespace sluice::rtp
