#include "rtp/abs_send_time.h"

#include <gtest/gtest.h>

namespace sluice::rtp {
namespace {

TEST(AbsSendTimeTest, IsSecondsWith18BitsOfFraction) {
  EXPECT_EQ(AbsSendTime::At(Timestamp::Micros(0)).value(), 0u);
  EXPECT_EQ(AbsSendTime::At(Timestamp::Seconds(1)).value(), 1u << 18);
  EXPECT_EQ(AbsSendTime::At(Timestamp::Millis(500)).value(), 1u << 17);
  EXPECT_EQ(AbsSendTime::At(Timestamp::Micros(63'999'999)).value(), 0xff'ffffu);
}

TEST(AbsSendTimeTest, WrapsEvery64Seconds) {
  EXPECT_EQ(AbsSendTime::At(Timestamp::Seconds(64)).value(), 0u);
  EXPECT_EQ(AbsSendTime::At(Timestamp::Seconds(64'000'000'001)), AbsSendTime::At(Timestamp::Seconds(1)));
  EXPECT_EQ(AbsSendTime::At(Timestamp::Seconds(-1)), AbsSendTime::At(Timestamp::Seconds(63)));
  EXPECT_EQ(AbsSendTime::FromWire(0xff00'0001).value(), 1u);
}

TEST(AbsSendTimeTest, DifferencesGoTheShortWay) {
  auto at = [](int64_t ms) { return AbsSendTime::At(Timestamp::Millis(ms)); };
  EXPECT_EQ(at(2500) - at(1000), TimeDelta::Millis(1500));
  EXPECT_EQ(at(1000) - at(2500), TimeDelta::Millis(-1500));
  EXPECT_EQ(at(65'000) - at(63'000), TimeDelta::Seconds(2));
  EXPECT_EQ(at(63'000) - at(65'000), TimeDelta::Seconds(-2));
  EXPECT_EQ(at(5) - at(5), TimeDelta::Zero());
}

TEST(AbsSendTimeTest, IsExactToFourMicroseconds) {
  for (int64_t us = 0; us < 130'000'000; us += 99'991) {
    Timestamp later = Timestamp::Micros(us) + TimeDelta::Micros(12'345);
    TimeDelta delta = AbsSendTime::At(later) - AbsSendTime::At(Timestamp::Micros(us));
    EXPECT_NEAR(static_cast<double>(delta.us()), 12'345, 4) << us;
  }
}

}  // namespace
}  // namespace sluice::rtp
