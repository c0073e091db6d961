#include "rtp/congestion/delivery_rate.h"

#include <gtest/gtest.h>

namespace sluice::rtp::congestion {
namespace {

constexpr Timestamp kStart = Timestamp::Seconds(77);
constexpr TimeDelta kWindow = TimeDelta::Millis(300);

// 1,000 octets every 10 ms: 800 kbit/s.
Timestamp Feed(DeliveryRate& rate, Timestamp from, TimeDelta duration, size_t bytes = 1'000) {
  Timestamp at = from;
  for (; at < from + duration; at += TimeDelta::Millis(10)) rate.Add(at, bytes);
  return at;
}

TEST(DeliveryRateTest, MeasuresASteadyRate) {
  DeliveryRate rate;
  Feed(rate, kStart, TimeDelta::Seconds(2));
  EXPECT_NEAR(static_cast<double>(rate.Over(kWindow)->bps()), 800'000, 1'000);
}

TEST(DeliveryRateTest, AShorterWindowFollowsFaster) {
  DeliveryRate rate;
  Timestamp at = Feed(rate, kStart, TimeDelta::Seconds(1));
  Feed(rate, at, TimeDelta::Millis(100), 250);
  EXPECT_NEAR(static_cast<double>(rate.Over(TimeDelta::Millis(90))->bps()), 200'000, 1'000);
  EXPECT_GT(rate.Over(kWindow)->bps(), 550'000);
}

TEST(DeliveryRateTest, SaysNothingBeforeItKnowsHalfOfTheWindow) {
  DeliveryRate rate;
  EXPECT_FALSE(rate.Over(kWindow));
  Feed(rate, kStart, TimeDelta::Millis(140));
  EXPECT_FALSE(rate.Over(kWindow));
  Feed(rate, kStart + TimeDelta::Millis(140), TimeDelta::Millis(60));
  EXPECT_TRUE(rate.Over(kWindow));
  rate.Reset();
  EXPECT_FALSE(rate.Over(kWindow));
}

TEST(DeliveryRateTest, BurstsCountByTheTimeBetweenThem) {
  DeliveryRate rate;
  for (int i = 0; i < 50; ++i) {
    for (int k = 0; k < 10; ++k) rate.Add(kStart + TimeDelta::Millis(40 * i) + TimeDelta::Micros(k), 1'000);
  }
  EXPECT_NEAR(static_cast<double>(rate.Over(kWindow)->bps()), 2'000'000, 20'000);
}

TEST(DeliveryRateTest, TimesThatGoBackAddToTheNewest) {
  DeliveryRate rate;
  Feed(rate, kStart, TimeDelta::Seconds(1));
  const DataRate before = *rate.Over(kWindow);
  rate.Add(kStart - TimeDelta::Seconds(100), 1'000);
  EXPECT_GE(*rate.Over(kWindow), before);
  EXPECT_LT(*rate.Over(kWindow), before * 1.1);
}

}  // namespace
}  // namespace sluice::rtp::congestion
