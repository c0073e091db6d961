#include "rtp/delay_overuse_detector.h"

#include <gtest/gtest.h>

#include <random>

namespace sluice::rtp {
namespace {

constexpr Timestamp kStart = Timestamp::Seconds(1'000);

class DelayOveruseDetectorTest : public testing::Test {
 protected:
  // A packet every 10 ms for `duration`, whose path delay changes by `slope` of the time that passes.
  PathUsage Send(TimeDelta duration, double slope) {
    PathUsage usage = detector_.usage();
    for (TimeDelta t; t < duration; t += TimeDelta::Millis(10)) {
      sent_ += TimeDelta::Millis(10);
      delay_ += TimeDelta::Millis(10) * slope;
      usage = detector_.HandlePacket(sent_, kStart + sent_ + delay_ + Noise());
      overused_ |= usage == PathUsage::kOveruse;
      underused_ |= usage == PathUsage::kUnderuse;
    }
    return usage;
  }
  TimeDelta Noise() {
    return noise_us_ > 0 ? TimeDelta::Micros(static_cast<int64_t>(random_() % noise_us_)) : TimeDelta();
  }

  DelayOveruseDetector detector_;
  TimeDelta sent_;
  TimeDelta delay_ = TimeDelta::Millis(500);
  uint64_t noise_us_ = 0;
  bool overused_ = false;
  bool underused_ = false;
  std::mt19937_64 random_{1};
};

TEST_F(DelayOveruseDetectorTest, SteadyPathIsNormal) {
  Send(TimeDelta::Seconds(60), 0);
  EXPECT_FALSE(overused_);
  EXPECT_FALSE(underused_);
}

TEST_F(DelayOveruseDetectorTest, GrowingQueueIsOveruse) {
  Send(TimeDelta::Seconds(5), 0);
  EXPECT_EQ(Send(TimeDelta::Seconds(1), 0.2), PathUsage::kOveruse);
}

TEST_F(DelayOveruseDetectorTest, DrainingQueueIsUnderuse) {
  Send(TimeDelta::Seconds(5), 0);
  Send(TimeDelta::Seconds(1), 0.2);
  Send(TimeDelta::Seconds(1), -0.2);
  EXPECT_TRUE(underused_);
  EXPECT_EQ(Send(TimeDelta::Seconds(5), 0), PathUsage::kNormal);
}

TEST_F(DelayOveruseDetectorTest, JitterIsNotOveruse) {
  noise_us_ = 8'000;
  Send(TimeDelta::Seconds(120), 0);
  EXPECT_FALSE(overused_);
}

TEST_F(DelayOveruseDetectorTest, ClockThatRunsALittleFastIsNotOveruse) {
  Send(TimeDelta::Seconds(120), 200e-6);
  EXPECT_FALSE(overused_);
}

TEST_F(DelayOveruseDetectorTest, JumpOfAClockStartsAnew) {
  Send(TimeDelta::Seconds(5), 0);
  sent_ += TimeDelta::Seconds(100);
  Send(TimeDelta::Seconds(1), 0);
  sent_ = sent_ - TimeDelta::Seconds(200);
  Send(TimeDelta::Seconds(5), 0);
  EXPECT_FALSE(overused_);
  EXPECT_EQ(Send(TimeDelta::Seconds(1), 0.3), PathUsage::kOveruse);
}

TEST_F(DelayOveruseDetectorTest, BurstsOfAFrameAreOneMeasurement) {
  // Ten packets of a frame are sent at once and arrive 1 ms apart: that is the link's rate, not a queue that
  // grows.
  for (int frame = 0; frame < 600; ++frame) {
    for (int packet = 0; packet < 10; ++packet) {
      TimeDelta sent = TimeDelta::Millis(33 * frame);
      PathUsage usage = detector_.HandlePacket(sent, kStart + sent + TimeDelta::Millis(20 + packet));
      EXPECT_NE(usage, PathUsage::kOveruse);
    }
  }
}

TEST_F(DelayOveruseDetectorTest, PacketsOutOfOrderAreLeftOut) {
  Send(TimeDelta::Seconds(5), 0);
  for (int i = 0; i < 100; ++i) {
    Send(TimeDelta::Millis(20), 0);
    detector_.HandlePacket(sent_ - TimeDelta::Millis(50), kStart + sent_ + delay_);
  }
  EXPECT_FALSE(overused_);
}

}  // namespace
}  // namespace sluice::rtp
