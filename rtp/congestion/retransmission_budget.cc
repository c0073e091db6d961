#include "rtp/congestion/retransmission_budget.h"

#include <algorithm>

namespace sluice::rtp::congestion {
namespace {

// Of the target: what the loss asks for, with some for repairs that are lost themselves and for their
// headers.
constexpr double kOfLoss = 1.5;
constexpr double kMinShare = 0.1;
constexpr double kMaxShare = 0.35;
constexpr TimeDelta kBurst = TimeDelta::Millis(500);
// A receiver's jitter buffer waits about this long, and asks for at most some round trips.
constexpr TimeDelta kDeadline = TimeDelta::Millis(600);
constexpr TimeDelta kMaxDeadline = TimeDelta::Millis(1'500);

}  // namespace

void RetransmissionBudget::Refill(Timestamp now) {
  const TimeDelta elapsed =
      refilled_.IsPast() ? TimeDelta::Zero() : std::clamp(now - refilled_, TimeDelta::Zero(), kBurst);
  refilled_ = now;
  const double octets_per_second = static_cast<double>(rate_.bps()) / 8;
  const double burst = std::max(kMinBurst, octets_per_second * kBurst.seconds());
  tokens_ = std::min(burst, tokens_ + octets_per_second * elapsed.seconds());
}

void RetransmissionBudget::Update(Timestamp now, DataRate target, double loss) {
  Refill(now);
  rate_ = target * std::clamp(kOfLoss * loss + kMinShare / 2, kMinShare, kMaxShare);
}

RetransmissionBudget::Verdict RetransmissionBudget::Take(Timestamp now, size_t bytes, TimeDelta age,
                                                         TimeDelta round_trip) {
  if (age + round_trip / 2 > std::min(kDeadline + round_trip * 2, kMaxDeadline)) return Verdict::kLate;
  Refill(now);
  if (tokens_ < static_cast<double>(bytes)) return Verdict::kOverBudget;
  tokens_ -= static_cast<double>(bytes);
  return Verdict::kSend;
}

}  // namespace sluice::rtp::congestion
