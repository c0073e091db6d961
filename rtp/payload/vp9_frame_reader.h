// What VP9 payload descriptors (RFC 9628) say of the frames of one stream.
//
// Spatial layers are coded in one of two ways: each on the one below in all pictures, or (K-SVC) in key
// pictures alone, where a receiver needs but its own layer's frames between them. Z tells: a frame that no
// upper layer refers to is needed by those alone who have chosen its layer, unless there is no upper one.
#pragma once

#include "rtp/bytes.h"
#include "rtp/payload/frame_history.h"
#include "rtp/payload/number_unwrapper.h"
#include "rtp/payload/vp9_descriptor.h"
#include "rtp/received_packet.h"

namespace sluice::rtp {

class Vp9FrameReader {
 public:
  // The defaults if it cannot be parsed.
  FrameInfo Read(Bytes payload);

 private:
  LayerSet NeededOf(const Vp9Descriptor& descriptor, Layers layers) const;
  LayerSet DecodableOf(const Vp9Descriptor& descriptor, Layers layers, int64_t picture) const;
  static LayerSet SwitchableOf(const Vp9Descriptor& descriptor, Layers layers);

  static int64_t FrameNumber(int64_t picture, uint8_t spatial) {
    return picture * LayerSet::kSpatial + spatial;
  }

  NumberUnwrapper picture_ids_;
  int64_t key_picture_ = -1;
  uint8_t lowest_ = 0;                            // The spatial layer of the last key frame.
  uint8_t highest_ = LayerSet::kHighest.spatial;  // As the last key picture announced.
  FrameHistory history_;
};

}  // namespace sluice::rtp
