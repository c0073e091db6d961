// Tells losses that come from sending too much from losses that come anyway, and how much is too much.
//
// Observations are intervals of sending: how fast, how many packets, how many of them lost. The model has two
// unknowns, the bandwidth B beyond which everything is lost and the share p of the rest that is lost at any
// rate: sending at s loses p + (1 - p) max(0, 1 - B / s). The most likely pair over the last intervals is
// taken. Where the observations cannot tell (the rate never varied), a loss within reason is taken to be
// inherent; the next increase then decides.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>

#include "rtp/units.h"

namespace sluice::rtp::congestion {

class LossBasedRate {
 public:
  // In order of sending, but for lost packets, which may be told of up to two intervals later.
  void HandlePacket(Timestamp sent, size_t bytes, bool lost);
  // Once a feedback; `otherwise` is what the rate would be without losses. Cheap unless an interval has
  // ended.
  void Update(Timestamp now, DataRate otherwise);

  // Infinite(): losses do not limit the rate.
  DataRate limit() const { return limit_; }
  // The share that is lost at any rate.
  double inherent_loss() const { return inherent_; }
  // Of the last seconds, whatever its cause.
  double loss() const;
  void Reset() { *this = LossBasedRate(); }

 private:
  static constexpr size_t kIntervals = 24;
  struct Interval {
    Timestamp start;
    TimeDelta length;  // Zero while it lasts.
    int64_t bytes = 0;
    int32_t packets = 0;
    int32_t lost = 0;
    int32_t loss_events = 0;  // Runs of losses.
  };
  struct Fit {
    double bandwidth = 0;  // Bits a second; 0: no limit.
    double inherent = 0;
    double log_likelihood = 0;
  };

  Interval& Back(size_t i) { return intervals_[(newest_ + kIntervals - i) % kIntervals]; }
  const Interval& Back(size_t i) const { return intervals_[(newest_ + kIntervals - i) % kIntervals]; }
  static double SendRate(const Interval& interval);
  bool Collapsed(const Interval& interval) const;
  double Dispersion() const;
  Fit FitWith(double bandwidth) const;
  void Evaluate(TimeDelta elapsed);
  void Collapse(const Interval& interval);
  Fit BestFit() const;

  std::array<Interval, kIntervals> intervals_{};
  size_t newest_ = 0;
  size_t count_ = 0;
  bool fresh_ = false;  // An interval has ended since the last evaluation.
  Timestamp last_loss_sent_ = Timestamp::Past();
  Timestamp last_packet_sent_ = Timestamp::Past();
  DataRate limit_ = DataRate::Infinite();
  double inherent_ = 0;
  Timestamp last_evaluation_ = Timestamp::Past();
};

}  // namespace sluice::rtp::congestion
