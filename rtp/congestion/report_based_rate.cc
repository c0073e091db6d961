#include "rtp/congestion/report_based_rate.h"

#include <algorithm>

namespace sluice::rtp::congestion {
namespace {

constexpr uint8_t kLossToHold = 5;      // 2 % in 1/256.
constexpr uint8_t kLossToBackOff = 26;  // 10 %.
constexpr double kIncreasePerSecond = 0.08;
constexpr TimeDelta kMaxIncreaseTime = TimeDelta::Seconds(5);
constexpr TimeDelta kDecreaseInterval = TimeDelta::Millis(300);
// Without probes nothing shows that there is room for more than this.
constexpr double kMaxOfSent = 1.5;

}  // namespace

void ReportBasedRate::HandleReport(Timestamp now, uint8_t fraction_lost, TimeDelta round_trip,
                                   DataRate sent) {
  if (fraction_lost > kLossToBackOff) {
    if (now - last_decrease_ < kDecreaseInterval + round_trip) return;
    last_decrease_ = now;
    rate_ = rate_ * (1 - 0.5 * fraction_lost / 256);
  } else if (fraction_lost < kLossToHold && !last_increase_.IsPast()) {
    const double seconds = std::min(now - last_increase_, kMaxIncreaseTime).seconds();
    const DataRate raised = rate_ * (1 + kIncreasePerSecond * seconds);
    rate_ = std::max(rate_, std::min(raised, sent * kMaxOfSent));
  }
  last_increase_ = now;
}

}  // namespace sluice::rtp::congestion
