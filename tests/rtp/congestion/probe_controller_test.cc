#include "rtp/congestion/probe_controller.h"

#include <gtest/gtest.h>

namespace sluice::rtp::congestion {
namespace {

constexpr DataRate kEstimate = DataRate::KilobitsPerSec(500);

class ProbeControllerTest : public testing::Test {
 protected:
  ProbeControllerTest() { probes_.SetNeeded(DataRate::KilobitsPerSec(10'000)); }

  std::optional<Probe> Poll() { return probes_.Poll(now_, state_); }
  // The probe arrives `slower` times as slowly as it was sent.
  std::optional<DataRate> Answer(const Probe& probe, double slower) {
    constexpr int kPackets = 5;
    const DataSize size = DataSize::Bytes(probe.size.bytes() / kPackets + 1);
    const TimeDelta gap = size / probe.rate;
    for (int i = 0; i < kPackets; ++i) {
      AckedPacket packet;
      packet.sent = now_ + gap * i;
      packet.arrival = now_ + gap * (i * slower);
      packet.size = static_cast<uint16_t>(size.bytes());
      packet.probe = probe.id;
      probes_.HandleAcked(packet);
    }
    now_ += TimeDelta::Millis(100);
    return probes_.HandleFeedback(now_, state_);
  }

  Timestamp now_ = Timestamp::Seconds(100);
  ProbeController::State state_{
      .estimate = kEstimate, .max = DataRate::Infinite(), .calm = true, .round_trip = TimeDelta::Millis(40)};
  ProbeController probes_;
};

TEST_F(ProbeControllerTest, ProbesAtTheStartAndFasterOnceThatGotThrough) {
  auto first = Poll();
  ASSERT_TRUE(first);
  EXPECT_EQ(first->rate, kEstimate * 3);
  EXPECT_FALSE(Poll());  // One at a time.
  auto proven = Answer(*first, 1);
  ASSERT_TRUE(proven);
  EXPECT_NEAR(*proven / first->rate, 1, 0.02);
  state_.estimate = *proven;
  auto second = Poll();
  ASSERT_TRUE(second);
  EXPECT_EQ(second->rate, *proven * 2);
  EXPECT_NE(second->id, first->id);
}

TEST_F(ProbeControllerTest, AFullLinkProvesALittleLessThanItCarried) {
  auto proven = Answer(*Poll(), 1.5);
  ASSERT_TRUE(proven);
  EXPECT_NEAR(*proven / kEstimate, 2 * 0.92, 0.05);
  state_.estimate = *proven;
  EXPECT_FALSE(Poll());
  now_ += TimeDelta::Seconds(5);
  EXPECT_TRUE(Poll());
}

TEST_F(ProbeControllerTest, DoesNotProbeForWhatNobodyNeedsOrMayUse) {
  probes_.SetNeeded(kEstimate);
  EXPECT_FALSE(Poll());
  probes_.SetNeeded(kEstimate * 1.1);
  EXPECT_LE(Poll()->rate, kEstimate * 1.33);
}

TEST_F(ProbeControllerTest, StaysBelowTheLimit) {
  state_.max = kEstimate * 1.5;
  EXPECT_EQ(Poll()->rate, state_.max);
}

TEST_F(ProbeControllerTest, DoesNotProbeIntoAQueue) {
  state_.calm = false;
  EXPECT_FALSE(Poll());
}

TEST_F(ProbeControllerTest, ProbeThatIsNotAnsweredEndsByItself) {
  ASSERT_TRUE(Poll());
  now_ += TimeDelta::Seconds(2);
  EXPECT_FALSE(probes_.HandleFeedback(now_, state_));
  now_ += TimeDelta::Seconds(5);
  EXPECT_TRUE(Poll());
}

TEST_F(ProbeControllerTest, ADropIsProbedSomeSecondsLaterNearWhereItWas) {
  Answer(*Poll(), 2.9);
  now_ += TimeDelta::Seconds(30);
  probes_.HandleDrop(now_, kEstimate * 4, kEstimate);
  now_ += TimeDelta::Seconds(2);
  auto probe = Poll();
  ASSERT_TRUE(probe);
  EXPECT_EQ(probe->rate, kEstimate * 4 * 0.85);
}

TEST_F(ProbeControllerTest, AProbeThatProvesWrongMakesTheNextOnesRarer) {
  TimeDelta last;
  for (int i = 0; i < 4; ++i) {
    const Timestamp from = now_;
    std::optional<Probe> probe;
    while (!(probe = Poll())) now_ += TimeDelta::Millis(100);
    const TimeDelta waited = now_ - from;
    if (i > 0) EXPECT_GT(waited, last) << i;
    last = waited;
    auto proven = Answer(*probe, 1);
    probes_.HandleDrop(now_, *proven, kEstimate);
  }
}

TEST_F(ProbeControllerTest, RequestsAreServedAtOnceButNotRightAfterAnotherProbe) {
  Answer(*Poll(), 2.9);
  probes_.Request(now_);
  EXPECT_FALSE(Poll());
  now_ += TimeDelta::Seconds(1);
  EXPECT_TRUE(Poll());
}

TEST_F(ProbeControllerTest, ReturnOfThePathIsProbedAtOnce) {
  Answer(*Poll(), 2.9);
  probes_.HandleReturn(now_, kEstimate * 5);
  EXPECT_EQ(Poll()->rate, kEstimate * 5 * 0.85);
}

}  // namespace
}  // namespace sluice::rtp::congestion
