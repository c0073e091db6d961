#include "rtp/congestion/short_rate.h"

#include <gtest/gtest.h>

namespace sluice::rtp::congestion {
namespace {

class ShortRateTest : public testing::Test {
 protected:
  // `bytes` every 5 ms.
  void Run(TimeDelta time, size_t bytes) {
    for (const Timestamp end = now_ + time; now_ < end; now_ += TimeDelta::Millis(5)) rate_.Add(now_, bytes);
  }

  Timestamp now_ = Timestamp::Seconds(100);
  ShortRate rate_;
};

TEST_F(ShortRateTest, MeasuresASteadyRate) {
  Run(TimeDelta::Millis(550), 1'000);
  EXPECT_NEAR(static_cast<double>(rate_.Rate(now_).bps()), 1'600'000, 20'000);
}

TEST_F(ShortRateTest, FollowsAChangeWithinTwoHundredMilliseconds) {
  Run(TimeDelta::Millis(500), 1'000);
  Run(TimeDelta::Millis(200), 100);
  EXPECT_NEAR(static_cast<double>(rate_.Rate(now_).bps()), 160'000, 20'000);
}

TEST_F(ShortRateTest, IsZeroAfterASilenceAndBeforeAnything) {
  EXPECT_TRUE(rate_.Rate(now_).IsZero());
  Run(TimeDelta::Millis(500), 1'000);
  EXPECT_TRUE(rate_.Rate(now_ + TimeDelta::Millis(200)).IsZero());
}

}  // namespace
}  // namespace sluice::rtp::congestion
