// One block of a compound RTCP datagram (RFC 3550 §6.1; libraries also say "one RTCP packet"): the common
// header, checked, and what follows it. Non-owning; CompoundReader makes them.
//
//   0                   1                   2                   3
//   |V=2|P|  count  |  packet type  |    length in words - 1        |
#pragma once

#include <cstdint>

#include "rtp/bytes.h"

namespace sluice::rtp::rtcp {

enum class PacketType : uint8_t {
  kSenderReport = 200,       // RFC 3550 §6.4.1
  kReceiverReport = 201,     // RFC 3550 §6.4.2
  kSourceDescription = 202,  // RFC 3550 §6.5
  kBye = 203,                // RFC 3550 §6.6
  kApplication = 204,        // RFC 3550 §6.7
  kTransportFeedback = 205,  // RTPFB, RFC 4585 §6.2
  kPayloadFeedback = 206,    // PSFB, RFC 4585 §6.3
  kExtendedReport = 207,     // RFC 3611 §2
};

// What a block is, as far as sluice knows it; for a switch over a compound datagram's blocks. A block may
// still fail its own Parse().
enum class BlockKind : uint8_t {
  kUnknown,
  kSenderReport,
  kReceiverReport,
  kSourceDescription,
  kBye,
  kNack,
  kTransportFeedback,
  kPli,
  kFir,
  kRemb,  // Or another application layer feedback; Remb::Parse() tells.
  kExtendedReport,
};

// The FMT field of feedback blocks.
inline constexpr uint8_t kNackFormat = 1;                  // RTPFB, RFC 4585 §6.2.1
inline constexpr uint8_t kTransportFeedbackFormat = 15;    // RTPFB, draft-holmer-rmcat-transport-wide-cc-01
inline constexpr uint8_t kPliFormat = 1;                   // PSFB, RFC 4585 §6.3.1
inline constexpr uint8_t kFirFormat = 4;                   // PSFB, RFC 5104 §4.3.1
inline constexpr uint8_t kApplicationFeedbackFormat = 15;  // PSFB, RFC 4585 §6.4

class BlockView {
 public:
  static constexpr size_t kHeaderSize = 4;

  // `payload` without the common header and without padding.
  BlockView(PacketType type, uint8_t count, Bytes payload) : type_(type), count_(count), payload_(payload) {}

  PacketType type() const { return type_; }
  // The header's five bits: a count of reports, chunks or sources, or the feedback message type (FMT).
  uint8_t count() const { return count_; }
  uint8_t format() const { return count_; }
  Bytes payload() const { return payload_; }
  BlockKind kind() const;

 private:
  PacketType type_;
  uint8_t count_;
  Bytes payload_;
};

}  // namespace sluice::rtp::rtcp
