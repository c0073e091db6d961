// The video layers allocation header extension (webrtc.org/experiments/rtp-hdrext/video-layers-allocation00,
// version 0): which layers of which of its streams a publisher sends at present.
//
//   |RID| NS| sl_bm |  this stream, the number of streams minus one, the active spatial layers if they are
//   the |sl_bm 0|sl_bm 1|  same in all streams; else 0, and four bits a stream |T|T|T|T|  temporal layers
//   minus one of each active spatial layer, two bits each; then bit rates in leb128,
//              and perhaps sizes and frame rates
#pragma once

#include <array>
#include <cstdint>
#include <optional>

#include "rtp/bytes.h"

namespace sluice::rtp {

struct VideoLayersAllocation {
  static constexpr size_t kMaxStreams = 4;

  uint8_t stream = 0;  // Of the packet.
  uint8_t stream_count = 1;
  std::array<uint8_t, kMaxStreams> spatial_layers{};  // A bit for each active one. 0: the stream is not sent.

  // nullopt: cut off. What follows the spatial layers is not looked at.
  static std::optional<VideoLayersAllocation> Parse(Bytes element);
};

}  // namespace sluice::rtp
