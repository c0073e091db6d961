#include "rtp/ids.h"

#include <gtest/gtest.h>

namespace sluice {
namespace {

TEST(PayloadTypeTest, HasSevenBits) { EXPECT_EQ(PayloadType(0xe0).value(), 0x60); }

TEST(SequenceNumberTest, OrdersOnTheCircle) {
  const SequenceNumber last(65535);
  EXPECT_EQ((last + 1).value(), 0);
  EXPECT_EQ((SequenceNumber(0) - 1).value(), 65535);
  EXPECT_EQ(SequenceNumber(2) - last, 3);
  EXPECT_EQ(last - SequenceNumber(2), -3);
  EXPECT_TRUE(SequenceNumber(0).IsNewerThan(last));
  EXPECT_FALSE(last.IsNewerThan(SequenceNumber(0)));
  EXPECT_FALSE(last.IsNewerThan(last));
  EXPECT_TRUE(SequenceNumber(32767).IsNewerThan(SequenceNumber(0)));
}

TEST(UnwrapperTest, FollowsTheCircleBothWays) {
  SequenceUnwrapper unwrapper;
  EXPECT_EQ(unwrapper.Unwrap(65534), 65534);
  EXPECT_EQ(unwrapper.Unwrap(1), 65537);
  EXPECT_EQ(unwrapper.Unwrap(65535), 65535);
  EXPECT_EQ(unwrapper.Unwrap(2), 65538);
}

TEST(UnwrapperTest, GoesBelowZeroWhenTheFirstWasLate) {
  SequenceUnwrapper unwrapper;
  EXPECT_EQ(unwrapper.Unwrap(0), 0);
  EXPECT_EQ(unwrapper.Unwrap(65535), -1);
  EXPECT_EQ(unwrapper.Unwrap(65000), -536);
  EXPECT_EQ(unwrapper.Unwrap(3), 3);
}

TEST(UnwrapperTest, ManyTurnsAddUp) {
  SequenceUnwrapper unwrapper;
  int64_t expected = 100;
  for (int i = 0; i < 100; ++i, expected += 30'000) {
    EXPECT_EQ(unwrapper.Unwrap(static_cast<uint16_t>(expected)), expected);
  }
}

TEST(UnwrapperTest, PeekTakesNoNote) {
  RtpTimestampUnwrapper unwrapper;
  EXPECT_EQ(unwrapper.Peek(7), 7);
  EXPECT_EQ(unwrapper.Unwrap(0xffff'fff0), 0xffff'fff0);
  EXPECT_EQ(unwrapper.Peek(0x7000'0000), 0x1'7000'0000);
  EXPECT_EQ(unwrapper.Peek(0x8000'0000), 0x8000'0000);  // Nearer behind than ahead.
  EXPECT_EQ(unwrapper.Unwrap(0x10), 0x1'0000'0010);
  unwrapper.Reset();
  EXPECT_EQ(unwrapper.Unwrap(5), 5);
}

}  // namespace
}  // namespace sluice
