// A view of one SCTP packet (RFC 9260 §3) whose chunks lie within it and have what their types demand.
//
//    0                   1                   2                   3
//   |      source port              |       destination port        |
//   |                       verification tag                        |
//   |                           checksum                            |
//   |  chunk type   |  chunk flags  |         chunk length          |  then the value, padded to 4 octets
#pragma once

#include <cstdint>
#include <optional>

#include "absl/container/inlined_vector.h"
#include "rtp/bytes.h"

namespace sluice::transports {

// Those that a data channel's association uses (RFC 8831 §6.2). Everything else is SctpChunkType(n).
enum class SctpChunkType : uint8_t {
  kData = 0,
  kInit = 1,
  kInitAck = 2,
  kSack = 3,
  kHeartbeat = 4,
  kHeartbeatAck = 5,
  kAbort = 6,
  kShutdown = 7,
  kShutdownAck = 8,
  kError = 9,
  kCookieEcho = 10,
  kCookieAck = 11,
  kShutdownComplete = 14,
  kReconfig = 130,    // RFC 6525
  kForwardTsn = 192,  // RFC 3758
};

struct SctpChunk {
  SctpChunkType type;
  uint8_t flags = 0;
  Bytes value;  // Without header and padding.
};

class SctpPacket {
 public:
  static constexpr size_t kHeaderSize = 12;
  static constexpr uint16_t kStateCookie = 7;  // Parameter of an INIT ACK.

  // nullopt: malformed. `packet` must outlive the view. Does not look at the checksum.
  [[nodiscard]] static std::optional<SctpPacket> Parse(Bytes packet);

  uint16_t source_port() const { return LoadU16(packet_.data()); }
  uint16_t destination_port() const { return LoadU16(packet_.data() + 2); }
  uint32_t verification_tag() const { return LoadU32(packet_.data() + 4); }
  // At least one.
  const absl::InlinedVector<SctpChunk, 8>& chunks() const { return chunks_; }

 private:
  Bytes packet_;
  absl::InlinedVector<SctpChunk, 8> chunks_;
};

// The value of the first parameter of that type in such a list; nullopt: there is none.
std::optional<Bytes> FindParameter(Bytes list, uint16_t type);
// Of an INIT or INIT ACK chunk.
inline Bytes InitParameters(const SctpChunk& init) { return init.value.subspan(16); }
inline uint32_t InitiateTag(const SctpChunk& init) { return LoadU32(init.value.data()); }

// RFC 9260 §6.8: over the packet with a zero in the checksum's place. `packet` has at least kHeaderSize
// octets.
bool SctpChecksumMatches(Bytes packet);
void StoreSctpChecksum(MutableBytes packet);

}  // namespace sluice::transports
