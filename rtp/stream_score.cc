#include "rtp/stream_score.h"

#include <algorithm>
#include <cmath>

namespace sluice::rtp {

uint8_t ScoreOf(const StreamScore::Interval& interval) {
  if (interval.expected <= 0) return StreamScore::kBest;
  auto expected = static_cast<double>(interval.expected);
  auto lost = static_cast<double>(std::clamp<int64_t>(interval.lost, 0, interval.expected));
  auto retransmitted = static_cast<double>(std::max<int64_t>(interval.retransmitted, 0));
  double repaired = std::clamp(static_cast<double>(interval.repaired), 0.0, std::min(lost, retransmitted));
  if (repaired > 0) {
    double worth = std::pow(1 / (repaired / expected + 1), 4) * repaired / retransmitted;
    lost -= repaired * worth;
  }
  return static_cast<uint8_t>(std::lround(std::pow((expected - lost) / expected, 4) * StreamScore::kBest));
}

bool StreamScore::Add(const Interval& interval) {
  scores_.Add(ScoreOf(interval));
  return Set(static_cast<uint8_t>(std::lround(scores_.value())));
}

bool StreamScore::Reset(uint8_t score) {
  scores_.Reset();
  return Set(score);
}

bool StreamScore::Set(uint8_t value) {
  bool changed = value_ != value;
  value_ = value;
  return changed;
}

}  // namespace sluice::rtp
