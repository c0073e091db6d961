#include "rtp/congestion/probe_controller.h"

#include <algorithm>

namespace sluice::rtp::congestion {
namespace {

constexpr double kFirst = 3;
constexpr double kNext = 2;
constexpr double kRecover = 0.85;  // Of what the estimate was before it fell.
constexpr double kOfNeeded = 1.2;
constexpr TimeDelta kInterval = TimeDelta::Millis(4'000);
constexpr TimeDelta kMinInterval = TimeDelta::Seconds(1);
constexpr TimeDelta kMaxInterval = TimeDelta::Seconds(32);
constexpr TimeDelta kRecoveryDelay = TimeDelta::Millis(2'000);
constexpr TimeDelta kDuration = TimeDelta::Millis(25);
constexpr DataSize kMinSize = DataSize::Bytes(1'000);
constexpr double kThrough = 0.88;  // Received this fast, compared to sent: the link is not yet full.
constexpr double kOfReceived = 0.92;
constexpr TimeDelta kTrust = TimeDelta::Seconds(3);

}  // namespace

std::optional<Probe> ProbeController::Poll(Timestamp now, const State& state) {
  if (in_flight_ || now < next_ || !state.calm) return std::nullopt;
  if (state.estimate >= needed_ || state.estimate >= state.max) return std::nullopt;
  DataRate rate = state.estimate * (started_ ? kNext : kFirst);
  if (recover_) rate = std::max(*recover_ * kRecover, state.estimate * 1.5);
  recover_.reset();
  rate = std::min({rate, needed_ * kOfNeeded, state.max});
  if (rate <= state.estimate) return std::nullopt;
  if (!started_) interval_ = kInterval;
  started_ = true;
  last_id_ = last_id_ == 255 ? 1 : last_id_ + 1;
  Probe probe{.id = last_id_, .rate = rate, .size = std::max(rate * kDuration, kMinSize)};
  measurement_.Start(probe);
  in_flight_ = true;
  deadline_ = now + probe.size / rate + state.round_trip + TimeDelta::Millis(800);
  return probe;
}

std::optional<DataRate> ProbeController::HandleFeedback(Timestamp now, const State& state) {
  if (!in_flight_) return std::nullopt;
  if (!measurement_.complete() && now < deadline_) return std::nullopt;
  std::optional<ProbeMeasurement::Rates> rates = measurement_.Measure();
  if (!rates) {
    End(now, false);
    return std::nullopt;
  }
  const bool through = rates->received > rates->sent * kThrough;
  const DataRate proven =
      std::min(through ? std::min(rates->sent, rates->received) : rates->received * kOfReceived,
               measurement_.probe().rate);
  End(now, through && proven > state.estimate);
  if (proven <= state.estimate) return std::nullopt;
  raised_ = now;
  raised_to_ = std::min(proven, state.max);
  return raised_to_;
}

void ProbeController::End(Timestamp now, bool success) {
  in_flight_ = false;
  ended_ = now;
  next_ = success ? now : now + interval_;
  if (!success && now - raised_ > kTrust) interval_ = kInterval;
}

void ProbeController::Request(Timestamp now) {
  next_ = std::min(next_, std::max(now, ended_ + kMinInterval));
}

void ProbeController::HandleDrop(Timestamp now, DataRate from, DataRate to) {
  if (now - raised_ < kTrust && to < raised_to_ * 0.75) {
    interval_ = std::min(interval_ * 2, kMaxInterval);
    next_ = now + interval_;
    raised_ = Timestamp::Past();
  } else if (to < from * 0.67) {
    recover_ = std::max(recover_.value_or(from), from);
    next_ = std::min(next_, now + kRecoveryDelay);
  }
}

void ProbeController::HandleReturn(Timestamp now, DataRate before) {
  in_flight_ = false;
  recover_ = before;
  next_ = now;
}

}  // namespace sluice::rtp::congestion
