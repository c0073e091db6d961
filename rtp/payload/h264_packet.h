// What an H.264 payload (RFC 6184) holds, seen from outside: which NAL units begin in it. Packetisation modes
// 0 and 1: single NAL units (1…23), STAP-A (24) and FU-A (28). Mode 2 (interleaved) is not part of WebRTC
// (RFC 7742 §6.2) and counts as malformed.
//
//   +-+-+-+-+-+-+-+-+
//   |F|NRI|  Type   |  of each NAL unit, and of the packet
#pragma once

#include <cstdint>
#include <optional>

#include "rtp/bytes.h"

namespace sluice::rtp {

struct H264Packet {
  bool has_sps = false;
  // The first slice of an IDR picture begins here (first_mb_in_slice is 0).
  bool has_idr_start = false;
  // The first NAL unit can only stand at the start of an access unit (ITU-T H.264 §7.4.1.2.3): a delimiter, a
  // parameter set, SEI, or a picture's first slice. More than one packet of an access unit may be so.
  bool access_unit_start = false;

  // All slices in it are of pictures that nothing refers to (nal_ref_idc is 0).
  bool is_no_reference = false;
  // Of a prefix NAL unit (ITU-T H.264 §G.7.3.1.1), which stands before the slices of the base layer.
  std::optional<uint8_t> temporal_layer;

  // nullopt: empty, cut off or of another type.
  static std::optional<H264Packet> Parse(Bytes payload);
};

}  // namespace sluice::rtp
