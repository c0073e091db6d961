#include "rtp/round_trip_time.h"

#include <algorithm>

namespace sluice::rtp {
namespace {

constexpr int64_t kUnitsPerSecond = 65'536;
constexpr TimeDelta kMin = TimeDelta::Millis(1);
constexpr TimeDelta kMax = TimeDelta::Seconds(10);
constexpr TimeDelta kClockTolerance = TimeDelta::Seconds(1);

}  // namespace

std::optional<TimeDelta> MeasureRoundTrip(uint32_t now, uint32_t last_report, uint32_t delay) {
  if (last_report == 0) return std::nullopt;
  auto units = static_cast<int32_t>(now - delay - last_report);
  TimeDelta rtt = TimeDelta::Micros(int64_t{units} * 1'000'000 / kUnitsPerSecond);
  if (rtt < -kClockTolerance || rtt > kMax) return std::nullopt;
  return std::max(rtt, kMin);
}

bool RoundTripTime::HandleReport(uint32_t now, uint32_t last_report, uint32_t delay) {
  std::optional<TimeDelta> rtt = MeasureRoundTrip(now, last_report, delay);
  if (!rtt) return false;
  latest_ = rtt;
  smoothed_ = smoothed_ ? *smoothed_ + (*rtt - *smoothed_) / 8 : *rtt;
  return true;
}

}  // namespace sluice::rtp
