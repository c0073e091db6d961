// What an H.265 payload (RFC 7798) holds, seen from outside: which NAL units begin in it. Single NAL units,
// AP (48) and FU (49), without decoding order numbers (sprop-max-don-diff is 0 in WebRTC); PACI (50) counts
// as malformed.
//
//    0                   1
//    0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5
//   +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
//   |F|   Type    |  LayerId  | TID |  of each NAL unit, and of the packet; TID is the temporal layer plus
//   one
#pragma once

#include <cstdint>
#include <optional>

#include "rtp/bytes.h"

namespace sluice::rtp {

struct H265Packet {
  bool has_parameter_set = false;  // VPS or SPS
  // The first slice segment of an IRAP picture (IDR, CRA, BLA) begins here.
  bool has_key_picture_start = false;
  // The first NAL unit can only stand at the start of an access unit (ITU-T H.265 §7.4.2.4.4). More than one
  // packet of an access unit may be so.
  bool access_unit_start = false;

  uint8_t temporal_layer = 0;
  bool switch_to_all = false;    // TSA: this layer and all above can be taken up here.
  bool switch_to_layer = false;  // STSA: this layer can.
  // Of an SPS: every picture above the lowest temporal layer is as a TSA picture.
  std::optional<bool> temporal_nesting;

  // nullopt: empty, cut off or of another type.
  static std::optional<H265Packet> Parse(Bytes payload);
};

}  // namespace sluice::rtp
