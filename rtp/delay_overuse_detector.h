// Tells from send and arrival times whether the path's queue grows: delay gradients between bursts of
// packets, their linear trend over the last 20, held against an adaptive threshold (Carlucci et al.,
// "Analysis and Design of the Google Congestion Control for Web Real-time Communication", MMSys 2016, §4;
// draft-ietf-rmcat-gcc-02 §5).
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>

#include "rtp/units.h"

namespace sluice::rtp {

enum class PathUsage : uint8_t { kNormal, kOveruse, kUnderuse };

class DelayOveruseDetector {
 public:
  // In order of arrival. `send_time` is on the sender's clock, of any origin. A jump of either clock by more
  // than 3 s starts anew; a packet sent before the present burst is left out.
  PathUsage HandlePacket(TimeDelta send_time, Timestamp arrival);
  PathUsage usage() const { return usage_; }

 private:
  // Packets sent within 5 ms of the first, and those that a link held back and let go together.
  struct Burst {
    TimeDelta first_send;
    TimeDelta last_send;
    Timestamp first_arrival;
    Timestamp last_arrival;
  };
  struct Sample {
    double arrival_ms = 0;
    double delay_ms = 0;
  };
  static constexpr size_t kSamples = 20;

  bool IsJump(TimeDelta send_time, Timestamp arrival) const;
  bool BelongsToBurst(TimeDelta send_time, Timestamp arrival) const;
  void CompareBursts();
  void AddSample(double arrival_ms, double gradient_ms);
  double Trend() const;
  void Judge(double trend, TimeDelta elapsed);
  void AdaptThreshold(double scaled_trend, TimeDelta elapsed);

  int bursts_ = 0;  // 0: none; 1: current_; 2: both.
  Burst current_;
  Burst previous_;
  Timestamp origin_;  // Of the samples' arrival times.
  std::array<Sample, kSamples> samples_{};
  size_t sample_count_ = 0;  // Ever added.
  double accumulated_ms_ = 0;
  double smoothed_ms_ = 0;
  double previous_trend_ = 0;
  double threshold_ms_ = 12.5;
  TimeDelta over_threshold_;
  PathUsage usage_ = PathUsage::kNormal;
};

}  // namespace sluice::rtp
