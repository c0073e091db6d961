#include "rtp/rate_counter.h"

#include <gtest/gtest.h>

namespace sluice::rtp {
namespace {

constexpr Timestamp kStart = Timestamp::Seconds(1'000);

// 1,000 bytes every 10 ms: 800 kbit/s.
Timestamp Feed(RateCounter& counter, Timestamp from, TimeDelta duration) {
  Timestamp now = from;
  for (; now < from + duration; now += TimeDelta::Millis(10)) counter.Add(now, 1'000);
  return now;
}

TEST(RateCounterTest, IsZeroWithoutData) { EXPECT_TRUE(RateCounter().Rate(kStart).IsZero()); }

TEST(RateCounterTest, MeasuresASteadyRate) {
  RateCounter counter;
  Timestamp now = Feed(counter, kStart, TimeDelta::Seconds(10));
  EXPECT_NEAR(static_cast<double>(counter.Rate(now).bps()), 800'000, 20'000);
}

TEST(RateCounterTest, FirstSecondCountsTheTimePassed) {
  RateCounter counter;
  Timestamp now = Feed(counter, kStart, TimeDelta::Millis(600));
  EXPECT_NEAR(static_cast<double>(counter.Rate(now).bps()), 800'000, 20'000);
}

TEST(RateCounterTest, OnePacketIsNotAFlood) {
  RateCounter counter;
  counter.Add(kStart, 1'000);
  EXPECT_EQ(counter.Rate(kStart).bps(), 16'000);
}

TEST(RateCounterTest, ForgetsAfterASecond) {
  RateCounter counter;
  Timestamp now = Feed(counter, kStart, TimeDelta::Seconds(3));
  EXPECT_NEAR(static_cast<double>(counter.Rate(now + TimeDelta::Millis(500)).bps()), 400'000, 20'000);
  EXPECT_TRUE(counter.Rate(now + TimeDelta::Seconds(1)).IsZero());
  EXPECT_TRUE(counter.Rate(now + TimeDelta::Seconds(100)).IsZero());
}

TEST(RateCounterTest, OldBytesDoNotComeBackAfterAPause) {
  RateCounter counter;
  Timestamp now = Feed(counter, kStart, TimeDelta::Seconds(3));
  for (TimeDelta pause : {TimeDelta::Millis(990), TimeDelta::Seconds(1), TimeDelta::Seconds(7)}) {
    now += pause;
    counter.Add(now, 1'000);
    EXPECT_LE(counter.Rate(now).bps(), 8'000 * 3);
  }
}

TEST(RateCounterTest, TimeThatGoesBackALittleIsCounted) {
  RateCounter counter;
  counter.Add(kStart + TimeDelta::Millis(30), 1'000);
  counter.Add(kStart, 1'000);
  EXPECT_EQ(counter.Rate(kStart + TimeDelta::Millis(530)).bps(), 32'000);
}

TEST(RateCounterTest, ResetForgetsAll) {
  RateCounter counter;
  counter.Add(kStart, 1'000);
  counter.Reset();
  EXPECT_TRUE(counter.Rate(kStart).IsZero());
}

}  // namespace
}  // namespace sluice::rtp
