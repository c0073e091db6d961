// What was read, once, from a received RTP packet. It lives beside the packet's bytes in its slab, so it
// crosses to other workers with them and no consumer ever parses the packet again.
#pragma once

#include <array>
#include <cstdint>

#include "rtp/bytes.h"
#include "rtp/header_extension.h"
#include "rtp/ids.h"
#include "rtp/layers.h"
#include "rtp/units.h"

namespace sluice::rtp {

// The picture id and TL0PICIDX of VP8 and VP9, and where in the payload they stand; offset 0: not there.
struct PictureIds {
  int64_t picture_id = 0;  // Unwrapped in the stream of its encoding.
  uint8_t picture_id_offset = 0;
  bool long_picture_id = false;  // 15 bits, else 7.
  uint8_t tl0_picture_index_offset = 0;
  uint8_t tl0_picture_index = 0;
};

// What a dependency descriptor says besides; target_count 0: the packet has none, or none that can be read.
struct DependencyInfo {
  int64_t frame_number = 0;  // Unwrapped in the stream of its encoding.
  uint16_t active_targets_position = 0;
  uint8_t target_count = 0;
  bool has_active_targets = false;  // The element says which are active.
  uint32_t active_targets = 0;
  // The decode targets whose layers are not above an index.
  std::array<uint32_t, LayerSet::kSpatial> targets_to_spatial{};
  std::array<uint32_t, LayerSet::kTemporal> targets_to_temporal{};
};

// What the payload descriptor and the dependency descriptor say of the packet's frame. A frame is what is
// coded of a picture for one spatial layer. For codecs without layers, or without a descriptor, the defaults
// hold.
struct FrameInfo {
  bool key_frame = false;      // Decoding can start here; only in the first packet of a frame.
  bool frame_start = false;    // First packet of a frame.
  bool frame_end = false;      // Last packet of a frame.
  bool picture_start = false;  // First packet of a picture.
  Layers layers;
  // Which receivers have to be sent the frame, by the layers that they have chosen.
  LayerSet needed = LayerSet::All();
  // Which of them have all that the frame refers to, if their choice is not a new one.
  LayerSet decodable = LayerSet::All();
  // What a receiver that can decode this frame may choose from here on: later frames of that choice will
  // refer to this and later ones only.
  LayerSet switchable;
  bool keeps_spatial = false;  // switchable is said of receivers that do not change their spatial layer.
  PictureIds ids;
  DependencyInfo dependencies;
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
  // Of RED (RFC 2198) the primary block, whose data end the payload. Size 0: it is not RED.
  uint16_t primary_size = 0;
  PayloadType primary_payload_type;  // Named as the router does.
  FrameInfo frame;
  ExtensionTable extensions;  // Offsets of the elements' data from the packet's first byte.
};

}  // namespace sluice::rtp
