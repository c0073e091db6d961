#include "rtp/congestion/pacing_budget.h"

#include <algorithm>

namespace sluice::rtp::congestion {

void PacingBudget::Pay(Timestamp now) {
  if (now <= paid_) return;
  const TimeDelta elapsed = std::min(now - paid_, TimeDelta::Seconds(1));
  debt_bytes_ = std::max(0.0, debt_bytes_ - elapsed.seconds() * static_cast<double>(paying_.bps()) / 8);
  paid_ = now;
}

// A burst begins when nothing is owed and lasts until it has used up its time.
bool PacingBudget::MaySend(Timestamp now, TimeDelta burst) {
  Pay(now);
  if (debt_bytes_ < 1) {
    bursting_ = true;
  } else if (debt_bytes_ >= static_cast<double>(paying_.bps()) / 8 * burst.seconds()) {
    bursting_ = false;
  }
  return bursting_;
}

Timestamp PacingBudget::NextSend(Timestamp now) const {
  if (debt_bytes_ < 1) return now;
  const TimeDelta left = DataSize::Bytes(static_cast<int64_t>(debt_bytes_)) / paying_;
  return paid_ + left + TimeDelta::Micros(1);
}

void PacingBudget::HurryFor(Timestamp now, DataSize queued, TimeDelta age) {
  Pay(now);
  const TimeDelta left = std::max(kLate - age, TimeDelta::Millis(20));
  paying_ = std::clamp(queued / left, rate_, rate_ * kMaxHurry);
}

}  // namespace sluice::rtp::congestion
