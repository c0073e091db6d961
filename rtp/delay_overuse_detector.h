// Tells from send and arrival times whether the path's queue grows: delay gradients between bursts of
// packets, their linear trend over the last 20, held against an adaptive threshold (Carlucci et al.,
// "Analysis and Design of the Google Congestion Control for WebRTC", MMSys 2016, §4; draft-ietf-rmcat-gcc-02
// §5).
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>

#include "rtp/units.h"

namespace sluice::rtp {

enum class PathUsage : uint8_t { kNormal, kOveruse, kUnderuse };

class DelayOveruseDetector {
 public:
  // `send_time` on the sender's clock, of any origin; both clocks in arrival order. A jump of either (more
  // than 3 s) starts anew.
  PathUsage HandlePacket(TimeDelta send_time, Timestamp arrival);
  PathUsage usage() const { return usage_; }

 private:
  // Packets sent within 5 ms of the first are one burst: they share its queueing.
  struct Burst {
    TimeDelta first_send;
    TimeDelta last_send;
    Timestamp last_arrival;
  };
  struct Sample {
    double arrival_ms;
    double delay_ms;
  };
  static constexpr size_t kSamples = 20;

  bool BelongsToBurst(TimeDelta send_time) const;
  void CompareBursts();
  double Trend() const;
  void Judge(double trend, TimeDelta elapsed);
  void AdaptThreshold(double modified_trend, TimeDelta elapsed);

  Burst current_;
  Burst previous_;
  int bursts_ = 0;
  Timestamp first_arrival_;
  std::array<Sample, kSamples> samples_{};
  int64_t sample_count_ = 0;
  double accumulated_ms_ = 0;
  double smoothed_ms_ = 0;
  double previous_trend_ = 0;
  double threshold_ms_ = 12.5;
  TimeDelta over_threshold_;
  PathUsage usage_ = PathUsage::kNormal;
};

}  // namespace sluice::rtp
