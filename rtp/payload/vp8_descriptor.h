// VP8 payload descriptor (RFC 7741 §4.2) and the key frame bit of the payload header behind it (§4.3).
//
//    0 1 2 3 4 5 6 7
//   +-+-+-+-+-+-+-+-+
//   |X|R|N|S|R| PID |  required
//   |I|L|T|K|  RSV  |  if X
//   |M| PictureID   |  if I; if M, eight more bits follow
//   |   TL0PICIDX   |  if L
//   |TID|Y| KEYIDX  |  if T or K
#pragma once

#include <cstdint>
#include <optional>

#include "rtp/bytes.h"

namespace sluice::rtp {

struct Vp8Descriptor {
  uint8_t size = 0;  // Octets before the VP8 payload.

  bool non_reference = false;    // N: no other frame depends on this one.
  bool partition_start = false;  // S
  uint8_t partition = 0;         // PID

  std::optional<uint16_t> picture_id;
  bool long_picture_id = false;  // M: 15 bits, else 7.
  std::optional<uint8_t> tl0_picture_index;
  std::optional<uint8_t> temporal_layer;
  bool layer_sync = false;  // Y: depends on the base layer only, so going up a layer can begin here.
  std::optional<uint8_t> key_index;

  // Where a rewriter finds the fields in the payload; 0: not there.
  uint8_t picture_id_offset = 0;
  uint8_t tl0_picture_index_offset = 0;

  bool key_frame = false;  // P is 0; only known in the packet that starts the frame.

  bool frame_start() const { return partition_start && partition == 0; }

  // nullopt: cut off, or nothing behind the descriptor.
  static std::optional<Vp8Descriptor> Parse(Bytes payload);
};

}  // namespace sluice::rtp
