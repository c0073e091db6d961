#include "rtp/ntp_time.h"

#include <gtest/gtest.h>

namespace sluice::rtp {
namespace {

TEST(NtpTimeTest, CountsFrom1900) {
  EXPECT_EQ(NtpTime::FromUnixMicros(0).seconds(), 2'208'988'800u);
  EXPECT_EQ(NtpTime::FromUnixMicros(0).fraction(), 0u);
  NtpTime half_past = NtpTime::FromUnixMicros(1'700'000'000'500'000);
  EXPECT_EQ(half_past.seconds(), 3'908'988'800u);
  EXPECT_EQ(half_past.fraction(), 0x8000'0000u);
  EXPECT_EQ(NtpTime::FromUnixMicros(-1).seconds(), 2'208'988'799u);
  EXPECT_TRUE(NtpTime().IsZero());
}

TEST(NtpTimeTest, MicrosecondsSurviveTheRoundTrip) {
  for (int64_t us : {int64_t{0}, int64_t{1}, int64_t{-1}, int64_t{999'999}, int64_t{1'700'000'000'123'457}}) {
    EXPECT_EQ(NtpTime::FromUnixMicros(us).ToUnixMicros(), us);
  }
  for (int64_t us = 1'700'000'000'000'000; us < 1'700'000'001'000'000; us += 997) {
    ASSERT_EQ(NtpTime::FromUnixMicros(us).ToUnixMicros(), us);
  }
}

TEST(NtpTimeTest, CompactIsTheMiddle) {
  EXPECT_EQ(NtpTime(0x1122'3344, 0x5566'7788).compact(), 0x3344'5566u);
  EXPECT_EQ(NtpTime(0x1122'3344'5566'7788).compact(), 0x3344'5566u);
  EXPECT_EQ(NtpTime(0x1122'3344, 0x5566'7788).value(), 0x1122'3344'5566'7788u);
}

TEST(NtpTimeTest, AnAnchorTiesTheClocks) {
  const WallClockAnchor anchor{Timestamp::Seconds(50), 1'700'000'000'000'000};
  EXPECT_EQ(NtpTime::At(anchor, Timestamp::Seconds(50)), NtpTime::FromUnixMicros(1'700'000'000'000'000));
  EXPECT_EQ(NtpTime::At(anchor, Timestamp::Millis(49'750)).ToUnixMicros(), 1'699'999'999'750'000);
  EXPECT_EQ(NtpTime::At(anchor, Timestamp::Millis(61'001)).ToTimestamp(anchor), Timestamp::Millis(61'001));
  EXPECT_LT(NtpTime::At(anchor, Timestamp::Seconds(1)), NtpTime::At(anchor, Timestamp::Seconds(2)));
}

TEST(CompactNtpTest, DurationsRoundAndSaturate) {
  EXPECT_EQ(ToCompactNtp(TimeDelta::Seconds(1)), 0x1'0000u);
  EXPECT_EQ(ToCompactNtp(TimeDelta::Millis(500)), 0x8000u);
  EXPECT_EQ(ToCompactNtp(TimeDelta::Micros(8)), 1u);
  EXPECT_EQ(ToCompactNtp(TimeDelta::Micros(7)), 0u);
  EXPECT_EQ(ToCompactNtp(TimeDelta::Millis(-1)), 0u);
  EXPECT_EQ(ToCompactNtp(TimeDelta::Seconds(65'535)), 0xffff'0000u);
  EXPECT_EQ(ToCompactNtp(TimeDelta::Micros(65'535'999'999)), 0xffff'ffffu);
  EXPECT_EQ(ToCompactNtp(TimeDelta::Seconds(65'536)), 0xffff'ffffu);
  EXPECT_EQ(ToCompactNtp(TimeDelta::Infinite()), 0xffff'ffffu);
}

TEST(CompactNtpTest, RoundTripTimeSurvivesTheWrap) {
  uint32_t sent = 0xffff'f000;
  uint32_t dlsr = ToCompactNtp(TimeDelta::Seconds(2));
  uint32_t received = sent + dlsr + ToCompactNtp(TimeDelta::Millis(250));
  EXPECT_EQ(CompactNtpDelta(received - sent - dlsr), TimeDelta::Millis(250));
  EXPECT_LT(CompactNtpDelta(sent - received), TimeDelta::Zero());
}

}  // namespace
}  // namespace sluice::rtp
