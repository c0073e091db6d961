#include "rtp/round_trip_time.h"

#include <gtest/gtest.h>

namespace sluice::rtp {
namespace {

constexpr uint32_t kSecond = 65'536;

TEST(RoundTripTimeTest, IsWhatPassedLessWhatThePeerWaited) {
  EXPECT_EQ(MeasureRoundTrip(10 * kSecond, 7 * kSecond, 2 * kSecond), TimeDelta::Seconds(1));
}

TEST(RoundTripTimeTest, CrossesTheWrapOfTheClock) {
  uint32_t sent = 0xffff0000;
  EXPECT_EQ(MeasureRoundTrip(sent + 3 * kSecond, sent, 2 * kSecond), TimeDelta::Seconds(1));
}

TEST(RoundTripTimeTest, NothingEchoedIsNoMeasurement) { EXPECT_FALSE(MeasureRoundTrip(10 * kSecond, 0, 0)); }

TEST(RoundTripTimeTest, IsAtLeastAMillisecond) {
  EXPECT_EQ(MeasureRoundTrip(10 * kSecond, 10 * kSecond, 0), TimeDelta::Millis(1));
  EXPECT_EQ(MeasureRoundTrip(10 * kSecond, 9 * kSecond, kSecond + 100), TimeDelta::Millis(1));
}

TEST(RoundTripTimeTest, ImpossibleValuesAreRefused) {
  EXPECT_FALSE(MeasureRoundTrip(10 * kSecond, 9 * kSecond, 3 * kSecond));  // Waited longer than has passed.
  EXPECT_FALSE(MeasureRoundTrip(100 * kSecond, 1 * kSecond, 0));           // More than a minute.
  EXPECT_FALSE(MeasureRoundTrip(10 * kSecond, 20 * kSecond, 0));           // Of the future.
  EXPECT_FALSE(MeasureRoundTrip(10 * kSecond, 9 * kSecond, 0x80000000));
}

TEST(RoundTripTimeTest, SmoothsWithOneEighth) {
  RoundTripTime rtt;
  EXPECT_FALSE(rtt.smoothed());
  EXPECT_TRUE(rtt.HandleReport(10 * kSecond, 9 * kSecond, 0));
  EXPECT_EQ(rtt.smoothed(), TimeDelta::Seconds(1));
  EXPECT_TRUE(rtt.HandleReport(20 * kSecond, 11 * kSecond, 0));
  EXPECT_EQ(rtt.latest(), TimeDelta::Seconds(9));
  EXPECT_EQ(rtt.smoothed(), TimeDelta::Seconds(2));
}

TEST(RoundTripTimeTest, BadReportsChangeNothing) {
  RoundTripTime rtt;
  ASSERT_TRUE(rtt.HandleReport(10 * kSecond, 9 * kSecond, 0));
  EXPECT_FALSE(rtt.HandleReport(10 * kSecond, 0, 0));
  EXPECT_FALSE(rtt.HandleReport(10 * kSecond, 20 * kSecond, 0));
  EXPECT_EQ(rtt.latest(), TimeDelta::Seconds(1));
}

}  // namespace
}  // namespace sluice::rtp
