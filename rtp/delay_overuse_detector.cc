#include "rtp/delay_overuse_detector.h"

#include <algorithm>
#include <cmath>

namespace sluice::rtp {
namespace {

constexpr TimeDelta kBurstTime = TimeDelta::Millis(5);
constexpr TimeDelta kMaxBurstTime = TimeDelta::Millis(100);
constexpr TimeDelta kJump = TimeDelta::Seconds(3);
constexpr double kSmoothing = 0.9;
constexpr double kTrendGain = 4;
constexpr size_t kMaxTrendWeight = 60;
constexpr TimeDelta kOveruseTime = TimeDelta::Millis(10);
constexpr double kThresholdUp = 0.0087;   // Per ms: towards a trend above it …
constexpr double kThresholdDown = 0.039;  // … and below it.
constexpr double kMinThresholdMs = 6;
constexpr double kMaxThresholdMs = 600;
constexpr double kOutlierMs = 15;  // A trend this far above the threshold does not move it.
constexpr TimeDelta kMaxAdaptTime = TimeDelta::Millis(100);

double Milliseconds(TimeDelta delta) { return static_cast<double>(delta.us()) / 1'000; }

}  // namespace

PathUsage DelayOveruseDetector::HandlePacket(TimeDelta send_time, Timestamp arrival) {
  if (bursts_ > 0 && IsJump(send_time, arrival)) *this = DelayOveruseDetector();
  if (bursts_ == 0) {
    origin_ = arrival;
    current_ = {send_time, send_time, arrival, arrival};
    bursts_ = 1;
    return usage_;
  }
  if (send_time < current_.first_send) return usage_;
  if (BelongsToBurst(send_time, arrival)) {
    current_.last_send = std::max(current_.last_send, send_time);
    current_.last_arrival = arrival;
    return usage_;
  }
  if (bursts_ == 2) CompareBursts();
  previous_ = current_;
  current_ = {send_time, send_time, arrival, arrival};
  bursts_ = 2;
  return usage_;
}

bool DelayOveruseDetector::IsJump(TimeDelta send_time, Timestamp arrival) const {
  TimeDelta sent = send_time - current_.last_send;
  TimeDelta arrived = arrival - current_.last_arrival;
  return sent > kJump || sent < -kJump || arrived > kJump || arrived < TimeDelta::Zero();
}

bool DelayOveruseDetector::BelongsToBurst(TimeDelta send_time, Timestamp arrival) const {
  if (send_time - current_.first_send <= kBurstTime) return true;
  TimeDelta arrived = arrival - current_.last_arrival;
  bool queue_drains = arrived < send_time - current_.last_send;
  return queue_drains && arrived <= kBurstTime && arrival - current_.first_arrival < kMaxBurstTime;
}

// A burst is over: how much longer did it take than the one before?
void DelayOveruseDetector::CompareBursts() {
  TimeDelta sent = current_.last_send - previous_.last_send;
  TimeDelta arrived = current_.last_arrival - previous_.last_arrival;
  AddSample(Milliseconds(current_.last_arrival - origin_), Milliseconds(arrived - sent));
  double trend = Trend();
  Judge(trend, sent);
  previous_trend_ = trend;
}

void DelayOveruseDetector::AddSample(double arrival_ms, double gradient_ms) {
  accumulated_ms_ += gradient_ms;
  smoothed_ms_ = kSmoothing * smoothed_ms_ + (1 - kSmoothing) * accumulated_ms_;
  samples_[sample_count_ % kSamples] = {arrival_ms, smoothed_ms_};
  ++sample_count_;
}

// Slope of the least-squares line through the samples; 0 until there are enough.
double DelayOveruseDetector::Trend() const {
  if (sample_count_ < kSamples) return 0;
  Sample mean;
  for (const Sample& sample : samples_) {
    mean.arrival_ms += sample.arrival_ms / kSamples;
    mean.delay_ms += sample.delay_ms / kSamples;
  }
  double covariance = 0;
  double variance = 0;
  for (const Sample& sample : samples_) {
    double x = sample.arrival_ms - mean.arrival_ms;
    covariance += x * (sample.delay_ms - mean.delay_ms);
    variance += x * x;
  }
  return variance > 0 ? covariance / variance : 0;
}

void DelayOveruseDetector::Judge(double trend, TimeDelta elapsed) {
  double scaled = trend * kTrendGain * static_cast<double>(std::min(sample_count_, kMaxTrendWeight));
  if (scaled > threshold_ms_) {
    bool grows = trend >= previous_trend_;
    bool lasts = over_threshold_ > TimeDelta::Zero() && over_threshold_ + elapsed > kOveruseTime;
    over_threshold_ += elapsed;
    if (grows && lasts) usage_ = PathUsage::kOveruse;
  } else {
    over_threshold_ = TimeDelta::Zero();
    usage_ = scaled < -threshold_ms_ ? PathUsage::kUnderuse : PathUsage::kNormal;
  }
  AdaptThreshold(scaled, elapsed);
}

void DelayOveruseDetector::AdaptThreshold(double scaled_trend, TimeDelta elapsed) {
  double distance = std::fabs(scaled_trend) - threshold_ms_;
  if (distance > kOutlierMs) return;
  double gain = distance < 0 ? kThresholdDown : kThresholdUp;
  double step = gain * distance * Milliseconds(std::clamp(elapsed, TimeDelta::Zero(), kMaxAdaptTime));
  threshold_ms_ = std::clamp(threshold_ms_ + step, kMinThresholdMs, kMaxThresholdMs);
}

}  // namespace sluice::rtp
