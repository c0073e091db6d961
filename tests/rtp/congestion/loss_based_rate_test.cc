#include "rtp/congestion/loss_based_rate.h"

#include <gtest/gtest.h>

#include <random>

namespace sluice::rtp::congestion {
namespace {

// Packets of 1,000 octets at a rate, over a link with random loss and a capacity beyond which all is lost.
class LossBasedRateTest : public testing::Test {
 protected:
  void Run(double seconds, double kbps, double random_loss, double capacity_kbps = 1e9) {
    const double excess = std::max(0.0, 1 - capacity_kbps / kbps);
    const double loss = random_loss + (1 - random_loss) * excess;
    const TimeDelta gap = DataSize::Bytes(1'000) / Kbps(kbps);
    const Timestamp end = now_ + TimeDelta::Seconds(1) * seconds;
    for (int i = 0; now_ < end; now_ += gap, ++i) {
      rate_.HandlePacket(now_, 1'000, std::uniform_real_distribution<>(0, 1)(random_) < loss);
      if (i % 10 == 0) rate_.Update(now_, Kbps(kbps));
    }
  }
  static DataRate Kbps(double kbps) { return DataRate::BitsPerSec(static_cast<int64_t>(kbps * 1'000)); }

  Timestamp now_ = Timestamp::Seconds(100);
  std::mt19937_64 random_{1};
  LossBasedRate rate_;
};

TEST_F(LossBasedRateTest, WithoutLossThereIsNoLimit) {
  Run(20, 1'000, 0);
  EXPECT_TRUE(rate_.limit().IsInfinite());
  EXPECT_EQ(rate_.loss(), 0);
}

TEST_F(LossBasedRateTest, LossThatComesAtAnyRateIsInherent) {
  for (double kbps : {500, 800, 1'000, 1'500, 2'000, 1'200}) Run(4, kbps, 0.05);
  EXPECT_TRUE(rate_.limit().IsInfinite());
  EXPECT_NEAR(rate_.inherent_loss(), 0.05, 0.025);
  EXPECT_NEAR(rate_.loss(), 0.05, 0.03);
}

TEST_F(LossBasedRateTest, LossThatComesWithTheRateLimitsItToWhatIsCarried) {
  for (int i = 0; i < 5; ++i) {
    Run(2, 800, 0, 1'000);
    Run(2, 1'300, 0, 1'000);
  }
  EXPECT_GT(rate_.limit(), Kbps(850));
  EXPECT_LT(rate_.limit(), Kbps(1'080));
}

TEST_F(LossBasedRateTest, BothAtOnceAreToldApart) {
  for (int i = 0; i < 6; ++i) {
    Run(2, 700, 0.04, 1'000);
    Run(2, 1'150, 0.04, 1'000);
  }
  EXPECT_GT(rate_.limit(), Kbps(800));
  EXPECT_LT(rate_.limit(), Kbps(1'100));
  EXPECT_NEAR(rate_.inherent_loss(), 0.04, 0.03);
}

TEST_F(LossBasedRateTest, ALinkThatLosesMostIsTakenToBeSlowerWithinASecond) {
  Run(10, 2'000, 0);
  Run(1.2, 2'000, 0, 500);
  EXPECT_LT(rate_.limit(), Kbps(650));
  EXPECT_GT(rate_.limit(), Kbps(350));
}

TEST_F(LossBasedRateTest, TheLimitIsGivenUpWhenTheRateStaysFarBelowIt) {
  for (int i = 0; i < 5; ++i) {
    Run(2, 800, 0, 1'000);
    Run(2, 1'300, 0, 1'000);
  }
  ASSERT_FALSE(rate_.limit().IsInfinite());
  rate_.Update(now_, Kbps(500));
  EXPECT_TRUE(rate_.limit().IsInfinite());
}

TEST_F(LossBasedRateTest, ResetForgetsAll) {
  Run(10, 2'000, 0, 1'000);
  rate_.Reset();
  EXPECT_TRUE(rate_.limit().IsInfinite());
  EXPECT_EQ(rate_.loss(), 0);
  EXPECT_EQ(rate_.inherent_loss(), 0);
}

}  // namespace
}  // namespace sluice::rtp::congestion
