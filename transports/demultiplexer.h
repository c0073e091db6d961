// Tells the protocols of a WebRTC 5-tuple apart by their first byte (RFC 7983 §7, RFC 5761 §4).
#pragma once

#include <cstdint>

#include "rtp/bytes.h"

namespace sluice::transports {

enum class DatagramKind : uint8_t { kUnknown, kStun, kDtls, kRtp, kRtcp };

inline DatagramKind Classify(Bytes datagram) {
  if (datagram.size() < 2) return DatagramKind::kUnknown;
  uint8_t first = datagram[0];
  if (first <= 3) return DatagramKind::kStun;
  if (first >= 20 && first <= 63) return DatagramKind::kDtls;
  if (first >= 128 && first <= 191) {
    // RTCP packet types 192–223 fall on RTP payload types 64–95, which RTP must not use beside it.
    return datagram[1] >= 192 && datagram[1] <= 223 ? DatagramKind::kRtcp : DatagramKind::kRtp;
  }
  return DatagramKind::kUnknown;
}

}  // namespace sluice::transports
