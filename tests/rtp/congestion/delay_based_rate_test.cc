#include "rtp/congestion/delay_based_rate.h"

#include <gtest/gtest.h>

namespace sluice::rtp::congestion {
namespace {

constexpr DataRate kRate = DataRate::KilobitsPerSec(1'000);

class DelayBasedRateTest : public testing::Test {
 protected:
  // An update 50 ms after the last: all that is sent arrives, nothing waits.
  DelayBasedRate::Input Calm() {
    now_ += TimeDelta::Millis(50);
    return {.now = now_,
            .queue = {.noise = TimeDelta::Millis(1)},
            .delivered = rate_.rate(),
            .delivered_lately = rate_.rate(),
            .unheard = TimeDelta::Millis(50),
            .round_trip = TimeDelta::Millis(40),
            .sent = rate_.rate()};
  }
  DelayBasedRate::Input Standing(TimeDelta queue, DataRate delivered) {
    DelayBasedRate::Input input = Calm();
    input.queue.delay = input.queue.latest = queue;
    input.delivered = input.delivered_lately = delivered;
    return input;
  }
  void RunCalm(int updates) {
    for (int i = 0; i < updates; ++i) rate_.Update(Calm());
  }

  Timestamp now_ = Timestamp::Seconds(100);
  DelayBasedRate rate_{kRate};
};

TEST_F(DelayBasedRateTest, RisesBySomePercentASecondWhileNothingIsKnownOfTheLink) {
  RunCalm(41);  // Two seconds.
  EXPECT_NEAR(rate_.rate() / kRate, 1.08 * 1.08, 0.02);
  EXPECT_FALSE(rate_.capacity());
}

TEST_F(DelayBasedRateTest, DoesNotRiseOnWhatTheApplicationDidNotSend) {
  for (int i = 0; i < 100; ++i) {
    DelayBasedRate::Input input = Calm();
    input.application_limited = true;
    rate_.Update(input);
  }
  EXPECT_EQ(rate_.rate(), kRate);
}

TEST_F(DelayBasedRateTest, DoesNotRiseFarBeyondWhatArrives) {
  for (int i = 0; i < 1'000; ++i) {
    DelayBasedRate::Input input = Calm();
    input.delivered = kRate * 0.8;
    rate_.Update(input);
  }
  EXPECT_LE(rate_.rate(), kRate * 1.25);
}

TEST_F(DelayBasedRateTest, QueueThatStandsLowersItBelowWhatArrivesUntilItIsGone) {
  RunCalm(2);
  rate_.Update(Standing(TimeDelta::Millis(100), kRate * 0.9));
  EXPECT_TRUE(rate_.draining());
  const DataRate low = rate_.rate();
  EXPECT_LT(low, kRate * 0.8);
  ASSERT_TRUE(rate_.capacity());
  EXPECT_EQ(*rate_.capacity(), kRate * 0.9);
  RunCalm(1);
  EXPECT_FALSE(rate_.draining());
  EXPECT_GT(rate_.rate(), low);
  EXPECT_LT(rate_.rate(), kRate * 0.9);
}

TEST_F(DelayBasedRateTest, DrainingIsNotOverWhileTheLastPacketsWaited) {
  RunCalm(2);
  rate_.Update(Standing(TimeDelta::Millis(100), kRate * 0.5));
  DelayBasedRate::Input input = Calm();
  input.queue.latest = TimeDelta::Millis(80);  // The least of late is from before.
  rate_.Update(input);
  EXPECT_TRUE(rate_.draining());
}

TEST_F(DelayBasedRateTest, SurgeIsFollowedAtOnceByTheLatestRate) {
  RunCalm(2);
  DelayBasedRate::Input input = Calm();
  input.queue.latest = input.queue.surge = TimeDelta::Millis(60);
  input.delivered_lately = kRate * 0.25;
  rate_.Update(input);
  EXPECT_LT(rate_.rate(), kRate * 0.25);
  EXPECT_GE(rate_.rate(), kRate * 0.12);
}

TEST_F(DelayBasedRateTest, ASecondDecreaseWaitsForTheFirstToTakeEffect) {
  RunCalm(2);
  rate_.Update(Standing(TimeDelta::Millis(60), kRate));
  const DataRate once = rate_.rate();
  rate_.Update(Standing(TimeDelta::Millis(60), kRate));
  EXPECT_EQ(rate_.rate(), once);
  for (int i = 0; i < 6; ++i) rate_.Update(Standing(TimeDelta::Millis(60), once));
  EXPECT_LT(rate_.rate(), once);
}

TEST_F(DelayBasedRateTest, RisesByAPacketAResponseTimeNearACapacityThatProvedSteady) {
  for (int i = 0; i < 40; ++i) {
    rate_.Update(Standing(TimeDelta::Millis(60), kRate));
    RunCalm(8);
  }
  const DataRate before = rate_.rate();
  RunCalm(20);  // A second: seven response times.
  EXPECT_NEAR(static_cast<double>((rate_.rate() - before).bps()), 7 * 9'600, 7'000);
}

TEST_F(DelayBasedRateTest, ProbeRaisesItAndForgetsAnOldCapacity) {
  RunCalm(2);
  rate_.Update(Standing(TimeDelta::Millis(60), kRate));
  rate_.Raise(now_, kRate * 3);
  EXPECT_EQ(rate_.rate(), kRate * 3);
  EXPECT_FALSE(rate_.capacity());
  EXPECT_FALSE(rate_.draining());
  rate_.Raise(now_, kRate);
  EXPECT_EQ(rate_.rate(), kRate * 3);
}

TEST_F(DelayBasedRateTest, KeepsAShareAgainstAFlowThatFillsTheQueue) {
  RunCalm(2);
  for (int i = 0; i < 200; ++i) rate_.Update(Standing(TimeDelta::Millis(150), rate_.rate()));
  EXPECT_TRUE(rate_.competing());
  EXPECT_GE(rate_.rate(), kRate * 0.4);
}

// A video layer takes what it takes: its queue stays, but it is ours.
TEST_F(DelayBasedRateTest, QueueThatStaysIsNoCompetitionWhileMoreIsSentThanTheRate) {
  RunCalm(2);
  for (int i = 0; i < 200; ++i) {
    DelayBasedRate::Input input = Standing(TimeDelta::Millis(150), kRate * 0.7);
    input.sent_lately = kRate * 0.7;
    rate_.Update(input);
  }
  EXPECT_FALSE(rate_.competing());
}

TEST_F(DelayBasedRateTest, CompetingItBacksOffOnLoss) {
  RunCalm(2);
  for (int i = 0; i < 60; ++i) rate_.Update(Standing(TimeDelta::Millis(150), rate_.rate()));
  ASSERT_TRUE(rate_.competing());
  const DataRate before = rate_.rate();
  DelayBasedRate::Input input = Standing(TimeDelta::Millis(150), rate_.rate());
  input.loss = true;
  rate_.Update(input);
  EXPECT_LT(rate_.rate(), before * 0.9);
}

}  // namespace
}  // namespace sluice::rtp::congestion
