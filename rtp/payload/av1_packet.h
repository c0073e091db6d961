// What an AV1 payload holds, seen from outside (RTP Payload Format For AV1 v1.0, §4.3 and §4.4).
//
//    0 1 2 3 4 5 6 7
//   +-+-+-+-+-+-+-+-+
//   |Z|Y| W |N|-|-|-|  aggregation header, then OBU elements, each behind its size in leb128; if W is not 0
//   there
//                      are W of them and the last has no size
//   |0| type  |X|S|-|  OBU header, then if X:
//   |TID  |SID|-|-|-|
#pragma once

#include <cstdint>
#include <optional>

#include "rtp/bytes.h"

namespace sluice::rtp {

struct Av1Packet {
  bool continues_obu = false;       // Z: the first element began in the packet before.
  bool obu_continues = false;       // Y: the last element goes on in the next packet.
  bool new_coded_sequence = false;  // N: first packet of a coded video sequence.
  // The packet opens with an OBU that comes before or begins a frame's data, not with a later tile group.
  bool frame_start = false;
  bool has_sequence_header = false;  // An element that begins here is a sequence header OBU.

  // Of the first element that begins here and says; a packet never mixes frames.
  std::optional<uint8_t> temporal_layer;
  std::optional<uint8_t> spatial_layer;

  // nullopt: an element is cut off or missing, or N contradicts Z.
  static std::optional<Av1Packet> Parse(Bytes payload);
};

}  // namespace sluice::rtp
