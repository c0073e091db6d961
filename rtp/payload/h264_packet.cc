#include "rtp/payload/h264_packet.h"

namespace sluice::rtp {
namespace {

constexpr uint8_t kTypeMask = 0x1f;

enum NalType : uint8_t {
  kSlice = 1,
  kPartitionA = 2,
  kIdr = 5,
  kSei = 6,
  kSps = 7,
  kPps = 8,
  kDelimiter = 9,
  kLastSingle = 23,
  kStapA = 24,
  kFuA = 28,
};

// A slice header opens with first_mb_in_slice as ue(v): zero is a single 1 bit.
bool IsFirstSlice(Bytes slice_header) { return !slice_header.empty() && (slice_header[0] & 0x80) != 0; }

bool StartsAccessUnit(uint8_t type, Bytes body) {
  switch (type) {
    case kSlice:
    case kPartitionA:
    case kIdr:
      return IsFirstSlice(body);
    case kSei:
    case kSps:
    case kPps:
    case kDelimiter:
      return true;
    default:
      return false;
  }
}

// Takes note of a NAL unit that begins in the packet; `body` is what follows its header octet.
void Note(uint8_t type, Bytes body, bool first, H264Packet& packet) {
  if (type == kSps) packet.has_sps = true;
  if (type == kIdr && IsFirstSlice(body)) packet.has_idr_start = true;
  if (first) packet.access_unit_start = StartsAccessUnit(type, body);
}

// Behind the header octet: 16 bits of size and a NAL unit, again and again.
std::optional<H264Packet> ParseStapA(Bytes body) {
  H264Packet packet;
  ByteReader reader(body);
  bool first = true;
  do {
    auto size = reader.U16();
    auto unit = size ? reader.Read(*size) : std::nullopt;
    if (!unit || unit->empty()) return std::nullopt;
    Note(unit->front() & kTypeMask, unit->subspan(1), first, packet);
    first = false;
  } while (reader.remaining() > 0);
  return packet;
}

//   |S|E|R|  Type   |  then a piece of the NAL unit's body; S: the first piece
std::optional<H264Packet> ParseFuA(Bytes body) {
  if (body.empty()) return std::nullopt;
  H264Packet packet;
  if (body[0] & 0x80) Note(body[0] & kTypeMask, body.subspan(1), /*first=*/true, packet);
  return packet;
}

}  // namespace

std::optional<H264Packet> H264Packet::Parse(Bytes payload) {
  if (payload.empty()) return std::nullopt;
  uint8_t type = payload[0] & kTypeMask;
  Bytes body = payload.subspan(1);
  if (type == kStapA) return ParseStapA(body);
  if (type == kFuA) return ParseFuA(body);
  if (type == 0 || type > kLastSingle) return std::nullopt;
  H264Packet packet;
  Note(type, body, /*first=*/true, packet);
  return packet;
}

}  // namespace sluice::rtp
