#include "rtp/units.h"

#include <gtest/gtest.h>

namespace sluice {
namespace {

TEST(TimeDeltaTest, ConvertsAndComputes) {
  EXPECT_EQ(TimeDelta::Millis(1500), TimeDelta::Micros(1'500'000));
  EXPECT_EQ(TimeDelta::Seconds(2).ms(), 2000);
  EXPECT_DOUBLE_EQ(TimeDelta::Millis(250).seconds(), 0.25);
  EXPECT_EQ(TimeDelta::Millis(3) + TimeDelta::Millis(4) - TimeDelta::Millis(2), TimeDelta::Millis(5));
  EXPECT_EQ(-TimeDelta::Millis(3), TimeDelta::Millis(-3));
  EXPECT_EQ(TimeDelta::Millis(3) * 2, TimeDelta::Millis(6));
  EXPECT_EQ(TimeDelta::Millis(3) * 0.5, TimeDelta::Micros(1500));
  EXPECT_EQ(TimeDelta::Millis(3) / 3, TimeDelta::Millis(1));
  EXPECT_LT(TimeDelta::Seconds(1'000'000), TimeDelta::Infinite());
}

TEST(TimeDeltaTest, InfiniteStaysInfinite) {
  const TimeDelta infinite = TimeDelta::Infinite();
  EXPECT_TRUE((infinite + TimeDelta::Seconds(1)).IsInfinite());
  EXPECT_TRUE((TimeDelta::Seconds(1) + infinite).IsInfinite());
  EXPECT_TRUE((infinite - TimeDelta::Seconds(1)).IsInfinite());
  EXPECT_TRUE((infinite * 2).IsInfinite());
  EXPECT_TRUE((infinite * 0.5).IsInfinite());
  EXPECT_TRUE((infinite / 2).IsInfinite());
  TimeDelta sum = TimeDelta::Zero();
  sum += infinite;
  EXPECT_TRUE(sum.IsInfinite());
}

TEST(TimestampTest, NeverAndPastAreBeyondEveryTime) {
  EXPECT_LT(Timestamp::Past(), Timestamp::Micros(0));
  EXPECT_LT(Timestamp::Seconds(1'000'000), Timestamp::Never());
  EXPECT_TRUE((Timestamp::Never() + TimeDelta::Seconds(1)).IsNever());
  EXPECT_TRUE((Timestamp::Never() - TimeDelta::Seconds(1)).IsNever());
  EXPECT_TRUE((Timestamp::Millis(5) + TimeDelta::Infinite()).IsNever());
  EXPECT_TRUE((Timestamp::Never() - Timestamp::Millis(5)).IsInfinite());
  EXPECT_TRUE((Timestamp::Never() - Timestamp::Past()).IsInfinite());
  EXPECT_GT(Timestamp::Micros(0) - Timestamp::Past(), TimeDelta::Seconds(100'000'000));
}

TEST(TimestampTest, DifferencesAreDeltas) {
  Timestamp start = Timestamp::Millis(100);
  EXPECT_EQ(start + TimeDelta::Millis(20), Timestamp::Millis(120));
  EXPECT_EQ(start - Timestamp::Millis(130), TimeDelta::Millis(-30));
  start += TimeDelta::Millis(1);
  EXPECT_EQ(start.us(), 101'000);
}

TEST(DataRateTest, IsSizeOverTime) {
  EXPECT_EQ(DataSize::Bytes(125'000) / TimeDelta::Seconds(1), DataRate::KilobitsPerSec(1000));
  EXPECT_EQ(DataSize::Bytes(100) / TimeDelta::Zero(), DataRate::Zero());
  EXPECT_EQ(DataRate::KilobitsPerSec(800) * 1.5, DataRate::KilobitsPerSec(1200));
  EXPECT_TRUE((DataRate::Infinite() * 0.85).IsInfinite());
  EXPECT_TRUE((DataRate::Infinite() + DataRate::BitsPerSec(1)).IsInfinite());
  EXPECT_EQ(DataSize::Bytes(3) + DataSize::Bytes(4) - DataSize::Bytes(2), DataSize::Bytes(5));
}

}  // namespace
}  // namespace sluice
