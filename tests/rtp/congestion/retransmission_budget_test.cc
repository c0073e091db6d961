#include "rtp/congestion/retransmission_budget.h"

#include <gtest/gtest.h>

namespace sluice::rtp::congestion {
namespace {

using Verdict = RetransmissionBudget::Verdict;
constexpr DataRate kTarget = DataRate::KilobitsPerSec(1'000);
constexpr TimeDelta kRoundTrip = TimeDelta::Millis(80);
constexpr TimeDelta kAge = TimeDelta::Millis(100);

class RetransmissionBudgetTest : public testing::Test {
 protected:
  // As many repairs as are let go in ten seconds, of what is asked for, in kbit/s.
  double Sent(double loss, double asked_kbps) {
    double octets = 0;
    const auto packets = static_cast<int>(asked_kbps * 10'000 / 8 / 1'000);
    for (int i = 0; i < packets; ++i, now_ += TimeDelta::Seconds(10) / packets) {
      budget_.Update(now_, kTarget, loss);
      if (budget_.Take(now_, 1'000, kAge, kRoundTrip) == Verdict::kSend) octets += 1'000;
    }
    return octets * 8 / 10'000;
  }

  Timestamp now_ = Timestamp::Seconds(100);
  RetransmissionBudget budget_;
};

TEST_F(RetransmissionBudgetTest, WhatIsLostByItselfCanBeRepaired) {
  EXPECT_NEAR(Sent(0.02, 20), 20, 0.5);
  EXPECT_NEAR(Sent(0.10, 110), 110, 1);
}

TEST_F(RetransmissionBudgetTest, RepairsNeverTakeMoreThanAThirdOfTheRate) {
  EXPECT_LE(Sent(0.5, 2'000), 365);
  EXPECT_GE(Sent(0.5, 2'000), 330);
}

TEST_F(RetransmissionBudgetTest, WithoutLossTheyGetATenth) { EXPECT_LE(Sent(0, 2'000), 115); }

TEST_F(RetransmissionBudgetTest, ABurstOfLossesIsRepairedAtOnce) {
  budget_.Update(now_, kTarget, 0);
  EXPECT_EQ(budget_.Take(now_, 1'200, kAge, kRoundTrip), Verdict::kSend);
  for (int i = 0; i < 4; ++i) EXPECT_EQ(budget_.Take(now_, 1'200, kAge, kRoundTrip), Verdict::kSend);
  EXPECT_EQ(budget_.Take(now_, 1'200, kAge, kRoundTrip), Verdict::kOverBudget);
}

TEST_F(RetransmissionBudgetTest, WhatCannotArriveInTimeIsNotSentAndCostsNothing) {
  budget_.Update(now_, kTarget, 0);
  for (int i = 0; i < 100; ++i)
    EXPECT_EQ(budget_.Take(now_, 1'200, TimeDelta::Millis(800), kRoundTrip), Verdict::kLate);
  EXPECT_EQ(budget_.Take(now_, 1'200, TimeDelta::Millis(800), TimeDelta::Millis(300)), Verdict::kSend);
}

}  // namespace
}  // namespace sluice::rtp::congestion
