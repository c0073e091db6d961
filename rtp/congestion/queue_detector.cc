#include "rtp/congestion/queue_detector.h"

#include <algorithm>
#include <cmath>
#include <limits>

namespace sluice::rtp::congestion {
namespace {

constexpr double kBurstMs = 5;
constexpr double kBaseBucketMs = 5'000;
constexpr double kNever = std::numeric_limits<double>::infinity();
constexpr double kNoiseGain = 1.0 / 24;
// A single step counts for at most this many times the noise so far: a change of the link is no noise.
constexpr double kMaxNoiseStep = 3;
constexpr double kMinNoiseMs = 0.5;
constexpr double kMaxNoiseMs = 50;
constexpr double kStandingWindowMs = 250;
constexpr size_t kShort = 5;
constexpr size_t kLong = 20;
constexpr double kMaxShortSpanMs = 400;
constexpr double kShortFit = 0.85;
constexpr double kLongFit = 0.3;
constexpr double kMaxLongSpanMs = 1'500;
// Of what the delay grew by, this much has even the least of the last bursts: else it was a stall.
constexpr double kStays = 0.5;
constexpr double kRecentMs = 100;

double Milliseconds(TimeDelta delta) { return static_cast<double>(delta.us()) / 1'000; }
TimeDelta Delta(double ms) { return TimeDelta::Micros(static_cast<int64_t>(ms * 1'000)); }

}  // namespace

void QueueDetector::HandlePacket(Timestamp sent, Timestamp arrival) {
  if (!started_) {
    started_ = true;
    sent_origin_ = sent;
    arrival_origin_ = arrival;
    base_ms_.fill(kNever);
    burst_ = {0, kNever};
  }
  const double sent_ms = Milliseconds(sent - sent_origin_);
  const double at_ms = Milliseconds(arrival - arrival_origin_);
  if (sent_ms < burst_.sent_ms) return;
  if (sent_ms - burst_.sent_ms > kBurstMs) {
    if (burst_.delay_ms < kNever) CloseBurst();
    burst_ = {sent_ms, kNever};
  }
  burst_.delay_ms = std::min(burst_.delay_ms, at_ms - sent_ms);
  NoteBase(at_ms - sent_ms, at_ms);
}

void QueueDetector::CloseBurst() {
  if (count_ > 0) {
    double step = std::fabs(burst_.delay_ms - Back(0).delay_ms);
    step = std::min(step, kMaxNoiseStep * noise_ms_ + 1);
    noise_ms_ = std::clamp(noise_ms_ + kNoiseGain * (step - noise_ms_), kMinNoiseMs, kMaxNoiseMs);
  }
  samples_[count_ % kSamples] = burst_;
  ++count_;
}

void QueueDetector::NoteBase(double delay_ms, double at_ms) {
  if (at_ms - base_since_ms_ > kBaseBucketMs || at_ms < base_since_ms_) {
    base_bucket_ = (base_bucket_ + 1) % kBaseBuckets;
    base_ms_[base_bucket_] = kNever;
    base_since_ms_ = at_ms;
  }
  base_ms_[base_bucket_] = std::min(base_ms_[base_bucket_], delay_ms);
}

double QueueDetector::Base() const { return *std::min_element(base_ms_.begin(), base_ms_.end()); }

QueueDetector::Trend QueueDetector::FitLast(size_t n) const {
  double mean_x = 0, mean_y = 0;
  for (size_t i = 0; i < n; ++i) {
    mean_x += Back(i).sent_ms / static_cast<double>(n);
    mean_y += Back(i).delay_ms / static_cast<double>(n);
  }
  double xy = 0, xx = 0, yy = 0;
  for (size_t i = 0; i < n; ++i) {
    const double x = Back(i).sent_ms - mean_x;
    const double y = Back(i).delay_ms - mean_y;
    xy += x * y;
    xx += x * x;
    yy += y * y;
  }
  if (xx <= 0 || yy <= 0) return {};
  const double span = Back(0).sent_ms - Back(n - 1).sent_ms;
  return {.growth_ms = xy / xx * span, .span_ms = span, .fit = xy * xy / (xx * yy)};
}

double QueueDetector::LeastOf(double window_ms) const {
  double least = Back(0).delay_ms;
  for (size_t i = 0; i < size() && (i < 3 || Back(0).sent_ms - Back(i).sent_ms <= window_ms); ++i)
    least = std::min(least, Back(i).delay_ms);
  return least;
}

// Over the last `n` bursts; what has not stayed, by the least of the last ones, was a stall.
TimeDelta QueueDetector::Growth(size_t n, double max_span_ms, double min_fit, double least_ms) const {
  if (size() < n) return TimeDelta::Zero();
  const Trend trend = FitLast(n);
  if (trend.span_ms > max_span_ms || trend.fit < min_fit || trend.growth_ms <= 0) return TimeDelta::Zero();
  return least_ms - Base() > kStays * trend.growth_ms ? Delta(trend.growth_ms) : TimeDelta::Zero();
}

QueueState QueueDetector::Evaluate() {
  if (started_ && burst_.delay_ms < kNever) {
    CloseBurst();
    burst_.delay_ms = kNever;
  }
  if (count_ == 0) return {};
  const double least_of_two = std::min(Back(0).delay_ms, Back(std::min<size_t>(1, size() - 1)).delay_ms);
  return {.delay = Delta(LeastOf(kStandingWindowMs) - Base()),
          .latest = Delta(Back(0).delay_ms - Base()),
          .noise = Delta(noise_ms_),
          .growth = Growth(kLong, kMaxLongSpanMs, kLongFit, LeastOf(kRecentMs)),
          .surge = Growth(kShort, kMaxShortSpanMs, kShortFit, least_of_two)};
}

}  // namespace sluice::rtp::congestion
