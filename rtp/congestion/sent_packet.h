// What the congestion controller remembers of a packet it sent, and learns about it from the receiver.
#pragma once

#include <cstdint>

#include "rtp/units.h"

namespace sluice::rtp::congestion {

enum class PacketKind : uint8_t { kAudio, kVideo, kRetransmission, kPadding };

struct SentPacket {
  Timestamp sent;
  uint16_t size = 0;  // Octets, the RTP header included.
  PacketKind kind = PacketKind::kVideo;
  uint8_t probe = 0;  // The probe it was part of; 0: none.
};

struct AckedPacket : SentPacket {
  Timestamp arrival;  // On the receiver's clock.
};

}  // namespace sluice::rtp::congestion
