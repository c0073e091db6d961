#include "rtp/payload/h264_packet.h"

namespace sluice::rtp {
namespace {

constexpr uint8_t kTypeMask = 0x1f;
constexpr uint8_t kReferenceMask = 0x60;

enum NalType : uint8_t {
  kSlice = 1,
  kPartitionA = 2,
  kIdr = 5,
  kSei = 6,
  kSps = 7,
  kPps = 8,
  kDelimiter = 9,
  kPrefix = 14,
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
    case kPrefix:
      return true;
    default:
      return false;
  }
}

bool IsSlice(uint8_t type) { return type >= kSlice && type <= kIdr; }

//   |R|I| priority  |N| dependency  | quality |  temporal |U|D|O|RR|  behind the header octet; three octets
std::optional<uint8_t> TemporalLayerOf(Bytes prefix) {
  if (prefix.size() < 3) return std::nullopt;
  return static_cast<uint8_t>(prefix[2] >> 5);
}

// Takes note of a NAL unit that begins in the packet; `body` is what follows its header octet.
void Note(uint8_t type, Bytes body, bool first, H264Packet& packet) {
  if (type == kPrefix && !packet.temporal_layer) packet.temporal_layer = TemporalLayerOf(body);
  if (type == kSps) packet.has_sps = true;
  if (type == kIdr && IsFirstSlice(body)) packet.has_idr_start = true;
  if (first) packet.access_unit_start = StartsAccessUnit(type, body);
}

// Behind the header octet: 16 bits of size and a NAL unit, again and again.
std::optional<H264Packet> ParseStapA(Bytes body) {
  H264Packet packet;
  ByteReader reader(body);
  bool first = true, slices = false, referred = false;
  do {
    auto size = reader.U16();
    auto unit = size ? reader.Read(*size) : std::nullopt;
    if (!unit || unit->empty()) return std::nullopt;
    const uint8_t type = unit->front() & kTypeMask;
    Note(type, unit->subspan(1), first, packet);
    slices |= IsSlice(type);
    referred |= IsSlice(type) && (unit->front() & kReferenceMask) != 0;
    first = false;
  } while (reader.remaining() > 0);
  packet.is_no_reference = slices && !referred;
  return packet;
}

//   |S|E|R|  Type   |  then a piece of the NAL unit's body; S: the first piece
std::optional<H264Packet> ParseFuA(uint8_t indicator, Bytes body) {
  if (body.empty()) return std::nullopt;
  H264Packet packet;
  packet.is_no_reference = IsSlice(body[0] & kTypeMask) && (indicator & kReferenceMask) == 0;
  if (body[0] & 0x80) Note(body[0] & kTypeMask, body.subspan(1), /*first=*/true, packet);
  return packet;
}

}  // namespace

std::optional<H264Packet> H264Packet::Parse(Bytes payload) {
  if (payload.empty()) return std::nullopt;
  uint8_t type = payload[0] & kTypeMask;
  Bytes body = payload.subspan(1);
  if (type == kStapA) return ParseStapA(body);
  if (type == kFuA) return ParseFuA(payload[0], body);
  if (type == 0 || type > kLastSingle) return std::nullopt;
  H264Packet packet;
  packet.is_no_reference = IsSlice(type) && (payload[0] & kReferenceMask) == 0;
  Note(type, body, /*first=*/true, packet);
  return packet;
}

}  // namespace sluice::rtp
