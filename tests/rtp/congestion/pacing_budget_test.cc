#include "rtp/congestion/pacing_budget.h"

#include <gtest/gtest.h>

namespace sluice::rtp::congestion {
namespace {

constexpr Timestamp kStart = Timestamp::Seconds(100);
constexpr DataRate kRate = DataRate::KilobitsPerSec(8'000);  // An octet a microsecond.

class PacingBudgetTest : public testing::Test {
 protected:
  PacingBudgetTest() { budget_.SetRate(kStart, kRate); }
  bool MaySend(Timestamp now) { return budget_.MaySend(now, PacingBudget::kBurst); }

  PacingBudget budget_;
};

TEST_F(PacingBudgetTest, BurstLastsAsLongAsTheRateTakesForIt) {
  int packets = 0;
  for (; MaySend(kStart); ++packets) budget_.Spend(kStart, 1'000);
  EXPECT_EQ(packets, 5);
}

TEST_F(PacingBudgetTest, NextBurstWaitsUntilTheFirstIsPaid) {
  while (MaySend(kStart)) budget_.Spend(kStart, 1'000);
  EXPECT_FALSE(MaySend(kStart + TimeDelta::Micros(4'500)));
  const Timestamp next = budget_.NextSend(kStart);
  EXPECT_GE(next, kStart + TimeDelta::Millis(5));
  EXPECT_LE(next, kStart + TimeDelta::Micros(5'002));
  EXPECT_TRUE(MaySend(next));
}

TEST_F(PacingBudgetTest, OnASlowLinkOnePacketIsABurst) {
  budget_.SetRate(kStart, DataRate::KilobitsPerSec(100));
  EXPECT_TRUE(MaySend(kStart));
  budget_.Spend(kStart, 1'000);
  EXPECT_FALSE(MaySend(kStart));
  EXPECT_EQ(budget_.NextSend(kStart).ms(), (kStart + TimeDelta::Millis(80)).ms());
}

TEST_F(PacingBudgetTest, SilenceIsNotSavedUp) {
  const Timestamp later = kStart + TimeDelta::Seconds(60);
  int packets = 0;
  for (; MaySend(later); ++packets) budget_.Spend(later, 1'000);
  EXPECT_EQ(packets, 5);
}

TEST_F(PacingBudgetTest, LateQueueIsSentFasterByALimitedFactor) {
  budget_.HurryFor(kStart, DataSize::Bytes(10'000'000), TimeDelta::Seconds(1));
  budget_.Spend(kStart, 16'000);
  EXPECT_EQ(budget_.NextSend(kStart).ms(), (kStart + TimeDelta::Millis(8)).ms());
  budget_.HurryFor(kStart, DataSize::Bytes(1'000), TimeDelta::Zero());
  EXPECT_EQ(budget_.NextSend(kStart).ms(), (kStart + TimeDelta::Millis(16)).ms());
}

TEST_F(PacingBudgetTest, ResetForgetsTheDebt) {
  budget_.Spend(kStart, 1'000'000);
  budget_.Reset(kStart);
  EXPECT_TRUE(MaySend(kStart));
}

}  // namespace
}  // namespace sluice::rtp::congestion
