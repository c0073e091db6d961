// What was read, once, from a received RTP packet. It lives beside the packet's bytes in its slab, so it
// crosses to other workers with them and no consumer ever parses the packet again.
#pragma once

#include <array>
#include <cstdint>

#include "rtp/bytes.h"
#include "rtp/header_extension.h"
#include "rtp/ids.h"
#include "rtp/units.h"

namespace sluice::rtp {

// What a payload descriptor says of the packet's frame; for codecs without one the defaults hold.
struct FrameInfo {
  bool key_frame = false;    // Decoding can start with this packet's frame.
  bool frame_start = false;  // First packet of a frame (of its spatial layer).
  uint8_t spatial_layer = 0;
  uint8_t temporal_layer = 0;
};

struct ReceivedPacket {
  Timestamp arrival;
  int64_t sequence = 0;    // Unwrapped in the stream of its encoding.
  uint32_t timestamp = 0;  // RTP units.
  Ssrc ssrc;
  PayloadType payload_type;
  bool marker = false;
  bool voice = false;         // RFC 6464 V bit.
  uint8_t audio_level = 127;  // -dBov (RFC 6464); 127 is silence or unknown.
  uint8_t encoding = 0;       // Index in the producer's encodings.
  uint16_t payload_offset = 0;
  uint16_t payload_size = 0;  // Without padding.
  FrameInfo frame;
  ExtensionTable extensions;  // Offsets of the elements' data from the packet's first byte.
};

}  // namespace sluice::rtp
