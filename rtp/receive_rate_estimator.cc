#include "rtp/receive_rate_estimator.h"

#include <algorithm>

namespace sluice::rtp {
namespace {

constexpr double kBackOff = 0.85;
constexpr double kIncreasePerSecond = 0.08;
constexpr double kStartupIncreasePerSecond = 0.5;
constexpr double kMaxOfReceived = 1.5;
constexpr DataRate kMaxAboveReceived = DataRate::KilobitsPerSec(10);
constexpr TimeDelta kUpdateInterval = TimeDelta::Millis(20);
constexpr TimeDelta kMaxUpdateTime = TimeDelta::Seconds(1);
// What a decrease needs to show its effect.
constexpr TimeDelta kDecreaseInterval = TimeDelta::Millis(300);
constexpr uint8_t kLossToHold = 5;      // 2 % in 1/256.
constexpr uint8_t kLossToBackOff = 26;  // 10 %.

}  // namespace

void ReceiveRateEstimator::HandlePacket(Timestamp arrival, uint32_t abs_send_time, size_t bytes) {
  if (next_regular_.IsNever()) {
    last_send_time_ = abs_send_time;
    next_regular_ = arrival;
    last_update_ = arrival;
  }
  received_.Add(arrival, bytes);
  Update(arrival, detector_.HandlePacket(UnwrapSendTime(abs_send_time), arrival));
}

TimeDelta ReceiveRateEstimator::UnwrapSendTime(uint32_t abs_send_time) {
  int32_t change = static_cast<int32_t>((abs_send_time - last_send_time_) << 8) >> 8;  // Sign of 24 bits.
  last_send_time_ = abs_send_time;
  send_time_units_ += change;
  return TimeDelta::Micros(send_time_units_ * 1'000'000 >> 18);
}

void ReceiveRateEstimator::Update(Timestamp now, PathUsage usage) {
  if (usage == PathUsage::kOveruse) {
    if (now - last_decrease_ >= kDecreaseInterval) {
      Decrease(received_.Rate(now) * kBackOff);
      last_decrease_ = now;
    }
    last_update_ = now;
  } else if (now - last_update_ >= kUpdateInterval) {
    // While the queue drains (underuse) it holds what it has.
    if (usage == PathUsage::kNormal && !lossy_) Increase(now);
    last_update_ = now;
  }
}

void ReceiveRateEstimator::Increase(Timestamp now) {
  DataRate ceiling = received_.Rate(now) * kMaxOfReceived + kMaxAboveReceived;
  if (target_ >= ceiling) return;
  double seconds = std::min(now - last_update_, kMaxUpdateTime).seconds();
  double growth = (starting_up_ ? kStartupIncreasePerSecond : kIncreasePerSecond) * seconds;
  target_ = std::min(target_ + target_ * growth, ceiling);
}

void ReceiveRateEstimator::Decrease(DataRate to) {
  starting_up_ = false;
  target_ = std::min(target_, std::max(to, kMin));
}

void ReceiveRateEstimator::HandleLoss(uint8_t fraction_lost) {
  lossy_ = fraction_lost > kLossToHold;
  if (fraction_lost > kLossToBackOff) Decrease(target_ * (1 - 0.5 * fraction_lost / 256));
}

void ReceiveRateEstimator::SetMaxBitrate(DataRate max) { max_ = max.IsZero() ? DataRate::Infinite() : max; }

std::optional<DataRate> ReceiveRateEstimator::Poll(Timestamp now) {
  if (now < NextTimeout()) return std::nullopt;
  told_ = estimate();
  next_regular_ = now + kInterval;
  return told_;
}

Timestamp ReceiveRateEstimator::NextTimeout() const {
  return HasBadNews() ? Timestamp::Past() : next_regular_;
}

}  // namespace sluice::rtp
