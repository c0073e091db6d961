// Non-owning view of one validated RTP packet (RFC 3550 §5.1).
//
//    0                   1                   2                   3
//    0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1
//   +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
//   |V=2|P|X|  CC   |M|     PT      |       sequence number         |
//   |                           timestamp                           |
//   |                             SSRC                              |
//   |                     CSRC, CC times (0…15)                     |
//   |  if X: profile                |  length in 32-bit words       |
//   |  if X: extension block        …                               |
//   |  payload                      …  if P: padding, last octet n  |
//
// All lengths are checked once, in Parse(); the accessors only load. What the extension block says is not
// part of a packet's validity: ReadExtensions() takes of it what it can.
#pragma once

#include <absl/base/attributes.h>

#include <optional>

#include "rtp/bytes.h"
#include "rtp/header_extension.h"
#include "rtp/ids.h"

namespace sluice::rtp {

class PacketView {
 public:
  static constexpr size_t kFixedHeaderSize = 12;
  static constexpr size_t kMaxSize = 65535;  // What one UDP datagram or one RFC 4571 frame can hold.

  // nullopt: drop and count. `datagram` must outlive the view.
  [[nodiscard]] static std::optional<PacketView> Parse(Bytes datagram ABSL_ATTRIBUTE_LIFETIME_BOUND);

  PayloadType payload_type() const { return PayloadType(datagram_[1]); }
  bool marker() const { return (datagram_[1] & 0x80) != 0; }
  SequenceNumber sequence_number() const { return SequenceNumber(LoadU16(&datagram_[2])); }
  uint32_t timestamp() const { return LoadU32(&datagram_[4]); }
  Ssrc ssrc() const { return Ssrc(LoadU32(&datagram_[8])); }
  size_t csrc_count() const { return datagram_[0] & 0x0f; }
  Ssrc csrc(size_t index) const { return Ssrc(LoadU32(&datagram_[kFixedHeaderSize + 4 * index])); }

  bool has_extension() const { return (datagram_[0] & 0x10) != 0; }
  // "Defined by profile"; 0 without an extension.
  uint16_t extension_profile() const {
    return has_extension() ? LoadU16(&datagram_[extension_offset_ - 4u]) : uint16_t{0};
  }
  // The block after the profile and the length, and where it starts in the datagram.
  Bytes extension_block() const { return datagram_.subspan(extension_offset_, extension_size_); }
  size_t extension_offset() const { return extension_offset_; }

  Bytes payload() const { return datagram_.subspan(payload_offset_, payload_size_); }  // Without padding.
  size_t payload_offset() const { return payload_offset_; }
  size_t payload_size() const { return payload_size_; }
  size_t padding_size() const { return datagram_.size() - payload_offset_ - payload_size_; }
  Bytes datagram() const { return datagram_; }

 private:
  explicit PacketView(Bytes datagram) : datagram_(datagram) {}

  Bytes datagram_;
  uint16_t extension_offset_ = 0;
  uint16_t extension_size_ = 0;
  uint16_t payload_offset_ = 0;
  uint16_t payload_size_ = 0;
};

// Finds the negotiated elements of the extension block (RFC 8285 §4.2 one-byte and §4.3 two-byte form).
// Other profiles, ids that were not negotiated and whatever follows a malformed element are passed over; of
// two elements of one kind the first counts.
ExtensionTable ReadExtensions(const PacketView& packet, const ExtensionMap& negotiated);

// Whether a datagram that RFC 7983 sorts as RTP or RTCP is RTCP (RFC 5761 §4: packet types 192…223).
inline bool LooksLikeRtcp(Bytes datagram) {
  return datagram.size() >= 2 && datagram[1] >= 192 && datagram[1] <= 223;
}

}  // namespace sluice::rtp
