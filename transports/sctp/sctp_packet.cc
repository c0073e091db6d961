#include "transports/sctp/sctp_packet.h"

#include <algorithm>
#include <array>

#include "transports/sctp/crc32c.h"

namespace sluice::transports {
namespace {

constexpr size_t kChunkHeaderSize = 4;
constexpr size_t kParameterHeaderSize = 4;
constexpr size_t kChecksumOffset = 8;

size_t Padded(size_t size) { return (size + 3) & ~size_t{3}; }

// Calls `visit(type, value)` for each parameter or cause (RFC 9260 §3.2.1, §3.3.10) until it answers false.
// False: not a list of such, or stopped.
template <typename Visit>
bool VisitParameters(Bytes list, Visit&& visit) {
  while (!list.empty()) {
    if (list.size() < kParameterHeaderSize) return false;
    const size_t length = LoadU16(list.data() + 2);
    if (length < kParameterHeaderSize || length > list.size()) return false;
    if (!visit(LoadU16(list.data()), list.subspan(kParameterHeaderSize, length - kParameterHeaderSize))) {
      return false;
    }
    list = list.subspan(std::min(Padded(length), list.size()));
  }
  return true;
}

bool IsParameterList(Bytes list) {
  return VisitParameters(list, [](uint16_t, Bytes) { return true; });
}

// RFC 9260 §3.3.2: neither the tag nor the numbers of streams may be zero.
bool IsInit(Bytes value) {
  return value.size() >= 16 && LoadU32(value.data()) != 0 && LoadU16(value.data() + 8) != 0 &&
         LoadU16(value.data() + 10) != 0 && IsParameterList(value.subspan(16));
}

bool IsSack(Bytes value) {
  if (value.size() < 12) return false;
  const size_t blocks = LoadU16(value.data() + 8), duplicates = LoadU16(value.data() + 10);
  return value.size() == 12 + 4 * (blocks + duplicates);
}

// RFC 6525 §4: the least length of each parameter's value.
bool IsReconfigParameter(uint16_t type, Bytes value) {
  switch (type) {
    case 13:  // Outgoing SSN reset request: numbers, then streams.
      return value.size() >= 12 && value.size() % 2 == 0;
    case 14:  // Incoming SSN reset request.
      return value.size() >= 4 && value.size() % 2 == 0;
    case 15:  // SSN/TSN reset request.
      return value.size() >= 4;
    case 16:  // Response.
    case 17:  // Add streams.
    case 18:
      return value.size() >= 8;
    default:
      return true;
  }
}

bool HasItsShape(const SctpChunk& chunk) {
  const Bytes value = chunk.value;
  switch (chunk.type) {
    case SctpChunkType::kData:
      return value.size() > 12;  // RFC 9260 §3.3.1: at least one octet of user data.
    case SctpChunkType::kInit:
    case SctpChunkType::kInitAck:
      return IsInit(value);
    case SctpChunkType::kSack:
      return IsSack(value);
    case SctpChunkType::kHeartbeat:
    case SctpChunkType::kHeartbeatAck:
      return !value.empty() && IsParameterList(value);
    case SctpChunkType::kAbort:
    case SctpChunkType::kError:
      return IsParameterList(value);
    case SctpChunkType::kShutdown:
      return value.size() == 4;
    case SctpChunkType::kShutdownAck:
    case SctpChunkType::kCookieAck:
    case SctpChunkType::kShutdownComplete:
      return value.empty();
    case SctpChunkType::kCookieEcho:
      return !value.empty();
    case SctpChunkType::kReconfig:
      return !value.empty() && VisitParameters(value, IsReconfigParameter);
    case SctpChunkType::kForwardTsn:
      return value.size() >= 4 && value.size() % 4 == 0;
  }
  return true;  // Unknown: its type's upper bits say what is to be done (RFC 9260 §3.2).
}

// RFC 9260 §3, §5.1: these are not bundled, and a cookie comes first.
bool BundledRight(const absl::InlinedVector<SctpChunk, 8>& chunks) {
  for (size_t i = 0; i < chunks.size(); ++i) {
    const SctpChunkType type = chunks[i].type;
    const bool alone = type == SctpChunkType::kInit || type == SctpChunkType::kInitAck ||
                       type == SctpChunkType::kShutdownComplete;
    if (alone && chunks.size() > 1) return false;
    if (type == SctpChunkType::kCookieEcho && i > 0) return false;
  }
  return true;
}

// With a zero in its own place. It goes out as a little-endian number (RFC 9260, appendix A).
uint32_t Checksum(Bytes packet) {
  static constexpr std::array<uint8_t, 4> kZero{};
  uint32_t crc = Crc32c(packet.first(kChecksumOffset));
  crc = Crc32c(kZero, crc);
  return __builtin_bswap32(Crc32c(packet.subspan(SctpPacket::kHeaderSize), crc));
}

}  // namespace

std::optional<SctpPacket> SctpPacket::Parse(Bytes packet) {
  if (packet.size() < kHeaderSize + kChunkHeaderSize) return std::nullopt;
  SctpPacket view;
  view.packet_ = packet;
  for (Bytes rest = packet.subspan(kHeaderSize); !rest.empty();) {
    if (rest.size() < kChunkHeaderSize) return std::nullopt;
    const size_t length = LoadU16(rest.data() + 2);
    if (length < kChunkHeaderSize || length > rest.size()) return std::nullopt;
    view.chunks_.push_back(
        {SctpChunkType{rest[0]}, rest[1], rest.subspan(kChunkHeaderSize, length - kChunkHeaderSize)});
    if (!HasItsShape(view.chunks_.back())) return std::nullopt;
    rest = rest.subspan(std::min(Padded(length), rest.size()));
  }
  if (!BundledRight(view.chunks_)) return std::nullopt;
  return view;
}

std::optional<Bytes> FindParameter(Bytes list, uint16_t type) {
  std::optional<Bytes> found;
  VisitParameters(list, [&](uint16_t here, Bytes value) {
    if (here == type) found = value;
    return here != type;
  });
  return found;
}

bool SctpChecksumMatches(Bytes packet) {
  return LoadU32(packet.data() + kChecksumOffset) == Checksum(packet);
}

void StoreSctpChecksum(MutableBytes packet) { StoreU32(packet.data() + kChecksumOffset, Checksum(packet)); }

}  // namespace sluice::transports
