#include "rtp/congestion/surge_watch.h"

#include <algorithm>

namespace sluice::rtp::congestion {
namespace {

constexpr double kSlower = 1.5;
constexpr TimeDelta kMinStep = TimeDelta::Millis(1);
constexpr TimeDelta kMaxRise = TimeDelta::Seconds(10);

}  // namespace

void SurgeWatch::HandlePacket(Timestamp sent, Timestamp arrival, TimeDelta at_rate) {
  const TimeDelta step = (arrival - arrival_) - (sent - sent_);
  if (started_ && step > std::max(at_rate * kSlower, kMinStep)) {
    ++run_;
    rise_ = std::min(rise_ + step, kMaxRise);
  } else {
    run_ = 0;
    rise_ = TimeDelta::Zero();
  }
  started_ = true;
  sent_ = sent;
  arrival_ = arrival;
}

}  // namespace sluice::rtp::congestion
