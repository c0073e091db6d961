// What an application asked to see of a producer or a consumer, one packet or message at a time.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <variant>

#include "rtp/ids.h"
#include "rtp/rtcp/sender_report.h"
#include "rtp/units.h"

namespace sluice::router {

enum class TraceKind : uint8_t { kRtp, kKeyFrame, kNack, kPli, kFir, kSenderReport };

// A set of kinds: empty for almost every object, which then costs one test a packet.
class TraceKinds {
 public:
  constexpr TraceKinds() = default;
  constexpr void Add(TraceKind kind) { bits_ = static_cast<uint8_t>(bits_ | BitOf(kind)); }
  constexpr bool Has(TraceKind kind) const { return (bits_ & BitOf(kind)) != 0; }
  // What an RTP packet is traced as: a key frame's first as that, where it is asked for.
  constexpr std::optional<TraceKind> KindOfPacket(bool key_frame) const {
    if (key_frame && Has(TraceKind::kKeyFrame)) return TraceKind::kKeyFrame;
    return Has(TraceKind::kRtp) ? std::optional(TraceKind::kRtp) : std::nullopt;
  }
  constexpr bool HasPackets() const { return Has(TraceKind::kRtp) || Has(TraceKind::kKeyFrame); }

 private:
  static constexpr uint8_t BitOf(TraceKind kind) { return static_cast<uint8_t>(1 << static_cast<int>(kind)); }

  uint8_t bits_ = 0;
};

struct TracedPacket {
  PayloadType payload_type;
  SequenceNumber sequence_number;
  uint32_t timestamp = 0;
  bool marker = false;
  Ssrc ssrc;
  bool key_frame = false;
  bool retransmission = false;  // By RTX.
  size_t size = 0;
  size_t payload_size = 0;
  uint8_t spatial_layer = 0;
  uint8_t temporal_layer = 0;
  std::string mid, rid, repaired_rid;  // Empty: not in the packet.
  std::optional<uint16_t> transport_sequence_number;
};

struct Trace {
  TraceKind kind = TraceKind::kRtp;
  Timestamp at;
  bool incoming = false;
  // Of packets, of PLI and FIR (the media they speak of), of sender reports, of NACK.
  std::variant<std::monostate, TracedPacket, Ssrc, rtp::rtcp::SenderInfo> content;
};

}  // namespace sluice::router
