#include "rtp/congestion/queue_detector.h"

#include <gtest/gtest.h>

#include <functional>
#include <random>

namespace sluice::rtp::congestion {
namespace {

constexpr Timestamp kStart = Timestamp::Seconds(5'000);
constexpr TimeDelta kPath = TimeDelta::Millis(-3'000);  // The clocks differ by more than the path's delay.

class QueueDetectorTest : public testing::Test {
 protected:
  // A packet every 10 ms that waits for wait(seconds); evaluated every 50 ms.
  void Run(double seconds, const std::function<double(double)>& wait_ms) {
    const Timestamp from = now_;
    for (; now_ < from + TimeDelta::Seconds(1) * seconds; now_ += TimeDelta::Millis(10)) {
      const double ms = wait_ms((now_ - from).seconds());
      detector_.HandlePacket(now_, now_ + kPath + TimeDelta::Micros(static_cast<int64_t>(ms * 1'000)));
      if (now_.ms() % 50 == 0) state_ = detector_.Evaluate();
    }
    state_ = detector_.Evaluate();
  }

  Timestamp now_ = kStart;
  QueueDetector detector_;
  QueueState state_;
  std::mt19937_64 random_{1};
};

TEST_F(QueueDetectorTest, AnIdlePathHasNoQueue) {
  Run(5, [](double) { return 0; });
  EXPECT_EQ(state_.delay, TimeDelta::Zero());
  EXPECT_EQ(state_.latest, TimeDelta::Zero());
  EXPECT_EQ(state_.growth, TimeDelta::Zero());
  EXPECT_EQ(state_.surge, TimeDelta::Zero());
}

TEST_F(QueueDetectorTest, AQueueThatStandsIsSeenByItsDelay) {
  Run(5, [](double) { return 0; });
  Run(2, [](double) { return 30; });
  EXPECT_EQ(state_.delay, TimeDelta::Millis(30));
  EXPECT_EQ(state_.growth, TimeDelta::Zero());
}

TEST_F(QueueDetectorTest, AQueueThatGrowsSlowlyIsATrend) {
  Run(5, [](double) { return 0; });
  Run(0.5, [](double s) { return 60 * s; });
  EXPECT_GT(state_.growth, TimeDelta::Millis(10));
  EXPECT_LT(state_.growth, TimeDelta::Millis(15));
}

TEST_F(QueueDetectorTest, ALinkThatBecomesMuchSlowerIsASurgeWithinFiftyMilliseconds) {
  Run(5, [](double) { return 0; });
  Run(0.06, [](double s) { return 2'000 * s; });
  EXPECT_GT(state_.surge, TimeDelta::Millis(60));
}

TEST_F(QueueDetectorTest, JitterIsNoiseAndNoTrend) {
  std::uniform_real_distribution<> jitter(0, 8);
  TimeDelta highest;
  for (int i = 0; i < 100; ++i) {
    Run(0.1, [&](double) { return jitter(random_); });
    if (i > 20) highest = std::max(highest, std::max(state_.surge, state_.growth));
  }
  EXPECT_GT(state_.noise, TimeDelta::Millis(1));
  EXPECT_LT(highest, TimeDelta::Millis(8));
}

TEST_F(QueueDetectorTest, AStallIsNoQueue) {
  Run(5, [](double) { return 0; });
  Run(0.05, [](double s) { return 50 - 1'000 * s; });  // Held for 50 ms, then all at once.
  EXPECT_LE(state_.delay, TimeDelta::Millis(10));
  EXPECT_EQ(state_.surge, TimeDelta::Zero());
}

TEST_F(QueueDetectorTest, APathThatBecomesLongerIsForgivenAfterSomeSeconds) {
  Run(5, [](double) { return 0; });
  Run(20, [](double) { return 40; });
  EXPECT_EQ(state_.delay, TimeDelta::Zero());
}

TEST_F(QueueDetectorTest, ResetForgetsThePath) {
  Run(5, [](double) { return 0; });
  detector_.Reset();
  EXPECT_EQ(detector_.Evaluate().delay, TimeDelta::Zero());
  Run(1, [](double) { return 70; });
  EXPECT_EQ(state_.delay, TimeDelta::Zero());
}

}  // namespace
}  // namespace sluice::rtp::congestion
