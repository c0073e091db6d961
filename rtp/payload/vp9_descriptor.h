// VP9 payload descriptor (RFC 9628 §4.2).
//
//    0 1 2 3 4 5 6 7
//   +-+-+-+-+-+-+-+-+
//   |I|P|L|F|B|E|V|Z|  required
//   |M| PICTURE ID  |  if I; if M, eight more bits follow
//   | TID |U| SID |D|  if L
//   |   TL0PICIDX   |  if L and not F
//   |   P_DIFF    |N|  if F and P; if N another follows, three at most
//   |      SS …     |  if V: the scalability structure (§4.2.1)
#pragma once

#include <cstdint>
#include <optional>

#include "rtp/bytes.h"

namespace sluice::rtp {

struct Vp9Descriptor {
  static constexpr size_t kMaxReferences = 3;

  uint16_t size = 0;  // Octets before the VP9 payload.

  bool inter_picture_predicted = false;  // P
  bool flexible_mode = false;            // F
  bool frame_start = false;              // B, of this spatial layer's frame
  bool frame_end = false;                // E, of this spatial layer's frame
  bool not_reference_for_upper = false;  // Z: no higher spatial layer depends on this one
  bool switching_up_point = false;       // U: going up a temporal layer can begin here
  bool inter_layer_dependency = false;   // D

  std::optional<uint16_t> picture_id;
  bool long_picture_id = false;  // M: 15 bits, else 7.
  bool has_layers = false;       // L
  uint8_t temporal_layer = 0;    // TID
  uint8_t spatial_layer = 0;     // SID
  std::optional<uint8_t> tl0_picture_index;
  uint8_t references = 0;  // Of reference_diffs, which count pictures back.
  uint8_t reference_diffs[kMaxReferences] = {};

  // Where a rewriter finds the fields in the payload; 0: not there.
  uint8_t picture_id_offset = 0;
  uint8_t tl0_picture_index_offset = 0;

  // V: the scalability structure, and what it says of the stream; sizes are 0 when it is not there.
  uint8_t structure_offset = 0;
  uint16_t structure_size = 0;
  uint8_t spatial_layers = 0;  // N_S + 1

  // Neither an earlier picture nor a lower layer is needed: a decoder can begin here. In a picture with
  // inter-layer prediction that is the lowest layer's frame alone.
  bool key_frame() const { return frame_start && !inter_picture_predicted && !inter_layer_dependency; }

  // nullopt: cut off, more than three references, or nothing behind the descriptor.
  static std::optional<Vp9Descriptor> Parse(Bytes payload);
};

}  // namespace sluice::rtp
