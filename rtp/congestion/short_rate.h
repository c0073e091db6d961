// How fast bytes went over the last 100 to 200 ms, in two buckets.
#pragma once

#include <cstddef>
#include <cstdint>

#include "rtp/units.h"

namespace sluice::rtp::congestion {

class ShortRate {
 public:
  // `now` never goes back.
  void Add(Timestamp now, size_t bytes) {
    Roll(now);
    present_ += static_cast<int64_t>(bytes);
  }
  DataRate Rate(Timestamp now) {
    Roll(now);
    return DataSize::Bytes(last_ + present_) / (kBucket + (now - since_));
  }

 private:
  static constexpr TimeDelta kBucket = TimeDelta::Millis(100);

  void Roll(Timestamp now) {
    if (!since_.IsPast() && now - since_ < kBucket) return;
    const bool next = !since_.IsPast() && now - since_ < kBucket * 2;
    last_ = next ? present_ : 0;
    present_ = 0;
    since_ = next ? since_ + kBucket : now;
  }

  Timestamp since_ = Timestamp::Past();  // The present bucket.
  int64_t present_ = 0;
  int64_t last_ = 0;
};

}  // namespace sluice::rtp::congestion
