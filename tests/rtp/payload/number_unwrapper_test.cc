#include "rtp/payload/number_unwrapper.h"

#include <gtest/gtest.h>

namespace sluice::rtp {
namespace {

TEST(NumberUnwrapperTest, CountsOnAcrossTheEndOfTheCircle) {
  for (int bits : {7, 15, 16}) {
    NumberUnwrapper unwrapper;
    const uint32_t circle = 1u << bits;
    const int64_t first = unwrapper.Unwrap(circle - 2, bits);
    EXPECT_EQ(first % circle, circle - 2);
    for (uint32_t i = 1; i < 3 * circle; ++i)
      ASSERT_EQ(unwrapper.Unwrap((circle - 2 + i) % circle, bits), first + i) << bits;
  }
}

TEST(NumberUnwrapperTest, WhatIsLateComesBefore) {
  NumberUnwrapper unwrapper;
  const int64_t first = unwrapper.Unwrap(5, 15);
  EXPECT_EQ(unwrapper.Unwrap(32767, 15), first - 6);
  EXPECT_EQ(unwrapper.Unwrap(6, 15), first + 1);
}

TEST(NumberUnwrapperTest, AnotherWidthDoesNotGoBack) {
  NumberUnwrapper unwrapper;
  const int64_t first = unwrapper.Unwrap(120, 7);
  const int64_t wider = unwrapper.Unwrap(30'000, 15);
  EXPECT_GE(wider, first);
  EXPECT_EQ(wider % 32'768, 30'000);
  EXPECT_EQ(unwrapper.Unwrap(30'002, 15), wider + 2);
}

TEST(NumberUnwrapperTest, IsNeverNegative) {
  NumberUnwrapper unwrapper;
  unwrapper.Unwrap(0, 15);
  for (int i = 0; i < 20; ++i) EXPECT_GE(unwrapper.Unwrap(16'385, 15), 0);
}

}  // namespace
}  // namespace sluice::rtp
