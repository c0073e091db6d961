#include "rtp/congestion/competition_detector.h"

#include <algorithm>

namespace sluice::rtp::congestion {
namespace {

// So much must have been saved for a verdict.
constexpr TimeDelta kMinExpected = TimeDelta::Millis(100);
// Of what should have gone, this much at least goes if the queue is ours.
constexpr double kOurs = 0.1;
constexpr TimeDelta kSettle = TimeDelta::Millis(400);
constexpr TimeDelta kEmpty = TimeDelta::Millis(15);
constexpr TimeDelta kEmptyFor = TimeDelta::Millis(500);
// Then it is tried again whether the queue would go.
constexpr TimeDelta kLongest = TimeDelta::Seconds(8);

}  // namespace

void CompetitionDetector::HandleDecrease(Timestamp now, TimeDelta queue, TimeDelta round_trip,
                                         DataRate delivered) {
  if (testing_ || competing_) return;
  testing_ = true;
  begins_ = now + round_trip + queue;
  updated_ = begins_;
  initial_ = queue;
  expected_ = TimeDelta::Zero();
  delivered_ = delivered;
}

void CompetitionDetector::Update(Timestamp now, TimeDelta queue, TimeDelta noise, DataRate rate) {
  const bool empty = queue < kEmpty + noise;
  if (!empty) {
    empty_since_ = Timestamp::Never();
  } else if (empty_since_.IsNever()) {
    empty_since_ = now;
  }
  if (competing_) {
    const bool alone = empty && now - empty_since_ > kEmptyFor;
    const bool worse = queue > initial_ * 2 + kEmpty;
    competing_ = !alone && !worse && now - since_ < kLongest;
    checking_ = !alone;
    return;
  }
  if (!testing_ || now < begins_) return;
  if (empty) {
    testing_ = checking_ = false;
    return;
  }
  const double saved = std::clamp(1 - rate / delivered_, 0.0, 1.0);
  expected_ += (now - updated_) * saved;
  updated_ = now;
  if (queue > initial_ && now - begins_ < kSettle) {
    // What had been sent before still adds to it.
    initial_ = queue;
    expected_ = TimeDelta::Zero();
  }
  if (expected_ < kMinExpected + noise * 2) return;
  testing_ = false;
  competing_ = checking_ = initial_ - queue < expected_ * kOurs;
  since_ = now;
}

}  // namespace sluice::rtp::congestion
