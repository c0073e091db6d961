// How many traces a worker may tell: as many as a client can make sense of, so that tracing a busy room
// cannot fill the memory of the control plane. What is beyond is dropped and counted.
//
// Thread: the worker's.
#pragma once

#include <algorithm>
#include <cstdint>

#include "rtp/units.h"

namespace sluice::worker {

class TraceLimiter {
 public:
  static constexpr int64_t kPerSecond = 2'000;
  static constexpr int64_t kBurst = 1'000;

  // Whether one more may be told now.
  bool Take(Timestamp now) {
    int64_t earned = (now - refilled_).us() / kCost.us();
    if (earned > 0) {
      allowance_ = std::min(kBurst, allowance_ + std::min(earned, kBurst));
      refilled_ = earned >= kBurst ? now : refilled_ + kCost * earned;
    }
    if (allowance_ == 0) {
      ++dropped_;
      return false;
    }
    --allowance_;
    return true;
  }
  uint64_t dropped() const { return dropped_; }

 private:
  static constexpr TimeDelta kCost = TimeDelta::Seconds(1) / kPerSecond;

  int64_t allowance_ = kBurst;
  Timestamp refilled_ = Timestamp::Micros(0);
  uint64_t dropped_ = 0;
};

}  // namespace sluice::worker
