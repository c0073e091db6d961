#include "rtp/congestion/competition_detector.h"

#include <gtest/gtest.h>

namespace sluice::rtp::congestion {
namespace {

constexpr TimeDelta kStep = TimeDelta::Millis(50);
constexpr TimeDelta kNoise = TimeDelta::Millis(1);
constexpr DataRate kDelivered = DataRate::KilobitsPerSec(1'000);

class CompetitionDetectorTest : public testing::Test {
 protected:
  void Decrease(TimeDelta queue) { detector_.HandleDecrease(now_, queue, TimeDelta::Millis(40), kDelivered); }
  // Half of what was delivered is sent, and the queue changes by `change` each step.
  void Run(int steps, TimeDelta& queue, TimeDelta change) {
    for (int i = 0; i < steps; ++i, now_ += kStep) {
      detector_.Update(now_, queue, kNoise, kDelivered * 0.5);
      queue = std::max(TimeDelta::Zero(), queue + change);
    }
  }

  Timestamp now_ = Timestamp::Seconds(100);
  CompetitionDetector detector_;
};

TEST_F(CompetitionDetectorTest, OurOwnQueueShrinksWhenWeSendLess) {
  TimeDelta queue = TimeDelta::Millis(150);
  Decrease(queue);
  Run(40, queue, TimeDelta::Millis(-25));
  EXPECT_FALSE(detector_.competing());
}

TEST_F(CompetitionDetectorTest, AQueueThatStaysIsAnothers) {
  TimeDelta queue = TimeDelta::Millis(150);
  Decrease(queue);
  Run(40, queue, TimeDelta::Zero());
  EXPECT_TRUE(detector_.competing());
}

TEST_F(CompetitionDetectorTest, ItEndsWhenTheQueueHasBeenEmptyForAWhile) {
  TimeDelta queue = TimeDelta::Millis(150);
  Decrease(queue);
  Run(40, queue, TimeDelta::Zero());
  Run(30, queue, TimeDelta::Millis(-25));
  EXPECT_FALSE(detector_.competing());
  EXPECT_FALSE(detector_.checking());
}

TEST_F(CompetitionDetectorTest, ItIsCheckedAgainAfterSomeSeconds) {
  TimeDelta queue = TimeDelta::Millis(150);
  Decrease(queue);
  Run(250, queue, TimeDelta::Zero());
  EXPECT_FALSE(detector_.competing());
  Decrease(queue);
  EXPECT_TRUE(detector_.checking());
  Run(40, queue, TimeDelta::Zero());
  EXPECT_TRUE(detector_.competing());
}

TEST_F(CompetitionDetectorTest, WithoutADecreaseThereIsNoVerdict) {
  TimeDelta queue = TimeDelta::Millis(150);
  Run(100, queue, TimeDelta::Zero());
  EXPECT_FALSE(detector_.competing());
}

}  // namespace
}  // namespace sluice::rtp::congestion
