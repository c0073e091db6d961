#include "router/speech_activity.h"

#include <algorithm>
#include <cmath>

namespace sluice::router {
namespace {

constexpr int kMaxLoudness = 127;
constexpr int kActiveBands = 7;  // More make a slot count.
constexpr int kActiveSlots = 4;  // More make 100 ms count.
constexpr double kMinScore = 1e-10;

double Binomial(int n, int k) {
  double ways = 1;
  for (int i = 1; i <= k; ++i) ways = ways * (n - k + i) / i;
  return ways;
}

// Of `active` parts out of `n`: ln(C(n, active) p^active (1 - p)^(n - active)) - ln(lambda) + lambda active.
template <int n>
double Score(int active, double lambda) {
  constexpr double kP = 0.5;
  double score = std::log(Binomial(n, active)) + n * std::log(kP) - std::log(lambda) + lambda * active;
  return std::max(score, kMinScore);
}

}  // namespace

void SpeechActivity::Add(uint8_t level) {
  int loudness = kMaxLoudness - std::min<int>(level, kMaxLoudness);
  loudness_[next_] = static_cast<uint8_t>(loudness);
  next_ = (next_ + 1) % kSlots;
  if (loudness > 0) UpdateFloor(loudness);
}

// The quietest of a window; a noise that grows louder is followed half way, on a scale of ratios.
void SpeechActivity::UpdateFloor(int loudness) {
  if (floor_ == 0 || loudness < floor_) {
    floor_ = loudness;
    next_floor_slots_ = 0;
    return;
  }
  next_floor_ = next_floor_slots_ == 0 ? loudness : std::min(next_floor_, loudness);
  if (++next_floor_slots_ < kFloorWindow) return;
  floor_ = static_cast<int>(std::sqrt(static_cast<double>(floor_) * next_floor_));
  next_floor_slots_ = 0;
}

int SpeechActivity::Bands(int age) const {
  int loudness = loudness_[(next_ + kSlots - 1 - age) % kSlots];
  return loudness < floor_ + kBandWidth ? 0 : loudness / kBandWidth;
}

int SpeechActivity::ActiveSlots(int medium) const {
  int active = 0;
  for (int i = 0; i < kMediumSlots; ++i) active += Bands(medium * kMediumSlots + i) > kActiveBands ? 1 : 0;
  return active;
}

SpeechActivity::Scores SpeechActivity::Evaluate() const {
  int mediums = 0;
  for (int i = 0; i < kLongMediums; ++i) mediums += ActiveSlots(i) > kActiveSlots ? 1 : 0;
  return {.immediate = Score<kBands>(Bands(0), 0.78),
          .medium = Score<kMediumSlots>(ActiveSlots(0), 24),
          .lasting = Score<kLongMediums>(mediums, 47)};
}

}  // namespace sluice::router
