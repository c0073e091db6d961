#include "worker/trace_limiter.h"

#include <gtest/gtest.h>

namespace sluice::worker {
namespace {

int TakeAll(TraceLimiter& limiter, Timestamp now) {
  int taken = 0;
  while (limiter.Take(now)) ++taken;
  return taken;
}

TEST(TraceLimiterTest, AllowsABurstAndThenARate) {
  TraceLimiter limiter;
  Timestamp now = Timestamp::Seconds(5);
  EXPECT_EQ(TakeAll(limiter, now), TraceLimiter::kBurst);
  EXPECT_EQ(limiter.dropped(), 1u);
  int64_t taken = 0;
  for (int i = 0; i < 1'000; ++i) taken += TakeAll(limiter, now += TimeDelta::Millis(1));
  EXPECT_EQ(taken, TraceLimiter::kPerSecond);
}

TEST(TraceLimiterTest, FractionsOfAnAllowanceAddUp) {
  TraceLimiter limiter;
  Timestamp now = Timestamp::Seconds(5);
  TakeAll(limiter, now);
  int taken = 0;
  for (int i = 0; i < 10'000; ++i) taken += TakeAll(limiter, now += TimeDelta::Micros(100));
  EXPECT_EQ(taken, TraceLimiter::kPerSecond);
}

TEST(TraceLimiterTest, ALongPauseEarnsNoMoreThanABurst) {
  TraceLimiter limiter;
  EXPECT_EQ(TakeAll(limiter, Timestamp::Seconds(1)), TraceLimiter::kBurst);
  EXPECT_EQ(TakeAll(limiter, Timestamp::Seconds(1'000'000)), TraceLimiter::kBurst);
}

}  // namespace
}  // namespace sluice::worker
