// A stretch of what one consumer is sent: one encoding of the producer, without a break, under one choice of
// layers. What is rewritten in a packet depends on its stretch alone, so that late packets and repairs get
// what they would have got in time.
//
// Packets are named by keys, which count on from one stretch to the next: the publisher's sequence and, where
// another encoding or another run of the same one begins, an offset that puts it far behind all before.
#pragma once

#include <array>
#include <cstdint>

#include "rtp/ids.h"
#include "rtp/layers.h"

namespace sluice::router {

struct Stretch {
  int64_t begin = 0;       // Key of its first packet.
  int64_t key_offset = 0;  // From the publisher's sequence to keys.
  Ssrc source;             // The publisher's.
  uint8_t encoding = 0;
  rtp::Layers layers;  // In the encoding's stream.
  bool tells_layers =
      false;  // Whether the dependency descriptor announces that there are others than before.
  uint32_t timestamp_offset = 0;
  // VP8: from picture ids to the keys under which their rewriter knows them. VP9: to what is sent.
  int64_t picture_offset = 0;
  int64_t frame_number_offset = 0;
  uint8_t tl0_offset = 0;
};

// The last of them.
class Stretches {
 public:
  bool empty() const { return count_ == 0; }
  const Stretch& newest() const { return stretches_[count_ % kKept]; }
  void Add(const Stretch& stretch) { stretches_[++count_ % kKept] = stretch; }

  // The one that a key belongs to; nullptr: it is before all that are kept.
  const Stretch* Find(int64_t key) const {
    for (uint64_t i = count_; i > 0 && i + kKept > count_; --i) {
      const Stretch& stretch = stretches_[i % kKept];
      if (key >= stretch.begin) return &stretch;
    }
    return nullptr;
  }

 private:
  static constexpr uint64_t kKept = 8;

  std::array<Stretch, kKept> stretches_;
  uint64_t count_ = 0;
};

}  // namespace sluice::router
