// Tells from send and arrival times how long packets wait in the path's queue, and whether they wait longer
// and longer: one-way delays above the least of the last 15 s, by bursts of 5 ms, and the trend of those,
// held against what the delay varies by anyway.
//
//   for each packet acknowledged: detector.HandlePacket(sent, arrival);
//   QueueState queue = detector.Evaluate();          // once a feedback
//
// The least delay of each burst is what counts: Wi-Fi and cellular links hold packets back and let them go
// together, so the last ones of a burst have waited for themselves.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>

#include "rtp/units.h"

namespace sluice::rtp::congestion {

struct QueueState {
  TimeDelta delay;   // That packets have had to wait at least, of late.
  TimeDelta latest;  // That the last burst waited.
  TimeDelta noise;   // What the delay varies by from burst to burst.
  // By how much the delay has grown, by the trend of the last 20 bursts and of the last five; zero unless it
  // has stayed that high.
  TimeDelta growth;
  TimeDelta surge;
};

class QueueDetector {
 public:
  // In order of sending. Reordered and repeated times are harmless.
  void HandlePacket(Timestamp sent, Timestamp arrival);
  QueueState Evaluate();
  void Reset() { *this = QueueDetector(); }

 private:
  static constexpr size_t kSamples = 32;
  static constexpr size_t kBaseBuckets = 3;
  struct Sample {
    double sent_ms = 0;  // Of the burst's first packet.
    double delay_ms = 0;
  };
  struct Trend {
    double growth_ms = 0;  // Of the fitted line over its span.
    double span_ms = 0;
    double fit = 0;  // How much of the variance the line explains, 0 to 1.
  };

  void CloseBurst();
  void NoteBase(double delay_ms, double at_ms);
  double Base() const;
  const Sample& Back(size_t i) const { return samples_[(count_ - 1 - i) % kSamples]; }
  size_t size() const { return count_ < kSamples ? count_ : kSamples; }
  Trend FitLast(size_t n) const;
  double LeastOf(double window_ms) const;
  TimeDelta Growth(size_t n, double max_span_ms, double min_fit, double least_ms) const;

  bool started_ = false;
  Timestamp sent_origin_;
  Timestamp arrival_origin_;
  Sample burst_;
  std::array<Sample, kSamples> samples_{};
  size_t count_ = 0;  // Ever closed.
  double noise_ms_ = 3;
  std::array<double, kBaseBuckets> base_ms_{};
  size_t base_bucket_ = 0;
  double base_since_ms_ = 0;
};

}  // namespace sluice::rtp::congestion
