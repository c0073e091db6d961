// What the estimator does with what peers may report; how well it follows a link is tested in tests/sim.
#include "rtp/congestion/bandwidth_estimator.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <vector>

#include "rtp/congestion/pacer.h"
#include "rtp/congestion/retransmission_budget.h"
#include "tests/rtp/congestion/written_feedback.h"

namespace sluice::rtp::congestion {
namespace {

constexpr DataRate kStart = DataRate::KilobitsPerSec(600);

DataRate Kbps(int64_t kbps) { return DataRate::KilobitsPerSec(kbps); }

class BandwidthEstimatorTest : public testing::Test {
 protected:
  BandwidthEstimatorTest() { estimator_.SetNeeded(now_, Kbps(10'000)); }

  // Sends at the target for `time`; every 100 ms all of it is reported as received 20 ms after it was sent,
  // if `heard`.
  void Run(TimeDelta time, bool heard = true) {
    const Timestamp end = now_ + time;
    while (now_ < end) {
      for (int i = 0; i < 20; ++i, now_ += TimeDelta::Millis(5)) SendFor(TimeDelta::Millis(5));
      if (heard) Report(TimeDelta::Millis(20));
      estimator_.HandleTimeout(now_);
    }
  }
  void SendFor(TimeDelta time) {
    for (debt_ += estimator_.target() * time; debt_.bytes() > 0; debt_ = debt_ - DataSize::Bytes(1'000)) {
      estimator_.HandleSent({.sent = now_, .size = 1'000});
      sent_.push_back(now_);
      bytes_ += 1'000;
    }
  }
  void Report(TimeDelta way) {
    if (sent_.empty()) return;
    std::vector<std::optional<Timestamp>> arrivals;
    for (Timestamp sent : sent_) arrivals.push_back(sent + way);
    WrittenFeedback feedback(next_, arrivals, number_++);
    next_ += static_cast<int64_t>(sent_.size());
    sent_.clear();
    estimator_.HandleTransportFeedback(now_, feedback.Parsed());
  }

  Timestamp now_ = Timestamp::Seconds(100);
  BandwidthEstimator estimator_{{.start = kStart}};
  std::vector<Timestamp> sent_;  // Since the last report.
  int64_t next_ = 0;
  uint8_t number_ = 0;
  DataSize debt_;
  int64_t bytes_ = 0;
};

TEST_F(BandwidthEstimatorTest, BeginsWhereItIsTold) { EXPECT_EQ(estimator_.target(), kStart); }

TEST_F(BandwidthEstimatorTest, RisesWhileAllArrives) {
  Run(TimeDelta::Seconds(10));
  EXPECT_GT(estimator_.target(), kStart * 1.8);
  EXPECT_LT(estimator_.target(), kStart * 3);
  EXPECT_LT(estimator_.in_flight(), DataSize::Bytes(30'000));
}

TEST_F(BandwidthEstimatorTest, LimitsHoldWhateverIsMeasured) {
  estimator_.SetLimits(now_, Kbps(100), Kbps(700));
  Run(TimeDelta::Seconds(20));
  EXPECT_EQ(estimator_.target(), Kbps(700));
  Run(TimeDelta::Seconds(20), false);
  EXPECT_EQ(estimator_.target(), Kbps(100));
}

TEST_F(BandwidthEstimatorTest, AMinimumAboveTheMaximumIsTheMaximum) {
  estimator_.SetLimits(now_, Kbps(900), Kbps(300));
  EXPECT_EQ(estimator_.target(), Kbps(300));
}

TEST_F(BandwidthEstimatorTest, SilenceHalvesItEveryHalfSecondAndEndsWithAProbe) {
  Run(TimeDelta::Seconds(5));
  const DataRate before = estimator_.target();
  Run(TimeDelta::Seconds(1), false);
  EXPECT_LE(estimator_.target(), before * 0.5);
  Run(TimeDelta::Seconds(4), false);
  EXPECT_LE(estimator_.target(), Kbps(40));
  Report(TimeDelta::Millis(20));
  Run(TimeDelta::Millis(200));
  auto probe = estimator_.PollProbe(now_);
  ASSERT_TRUE(probe);
  EXPECT_GT(probe->rate, before * 0.8);
}

TEST_F(BandwidthEstimatorTest, NothingSentIsNoSilence) {
  Run(TimeDelta::Seconds(2));
  const DataRate before = estimator_.target();
  now_ += TimeDelta::Seconds(3'600);
  estimator_.HandleTimeout(now_);
  EXPECT_EQ(estimator_.target(), before);
}

TEST_F(BandwidthEstimatorTest, WithoutTransportFeedbackReportsAndRembDecide) {
  estimator_.SetTransportFeedback(false);
  for (int i = 0; i < 10; ++i, now_ += TimeDelta::Seconds(1)) {
    estimator_.HandleSentUnnumbered(now_, static_cast<size_t>(estimator_.target().bps() / 8));
    estimator_.HandleReport(now_, 0, TimeDelta::Millis(50));
  }
  EXPECT_GT(estimator_.target(), kStart * 1.5);
  estimator_.HandleRemb(now_, Kbps(250));
  EXPECT_EQ(estimator_.target(), Kbps(250));
  EXPECT_FALSE(estimator_.PollProbe(now_));
}

TEST_F(BandwidthEstimatorTest, RembOfNothingOrOfAnExabitIsBounded) {
  estimator_.HandleRemb(now_, DataRate::Zero());
  EXPECT_EQ(estimator_.target(), BandwidthEstimator::kMinRate);
  estimator_.HandleRemb(now_, DataRate::BitsPerSec(1'000'000'000'000'000'000));
  EXPECT_EQ(estimator_.target(), kStart);
}

// A receiver that claims that all arrived in no time, probes too.
TEST_F(BandwidthEstimatorTest, ForgedArrivalsRaiseItNoFasterThanProbesThatWereSent) {
  Run(TimeDelta::Seconds(2));
  const DataRate before = estimator_.target();
  for (int i = 0; i < 20; ++i) {
    for (int k = 0; k < 20; ++k, now_ += TimeDelta::Millis(5)) SendFor(TimeDelta::Millis(5));
    std::vector<std::optional<Timestamp>> arrivals(sent_.size(), now_);
    WrittenFeedback feedback(next_, arrivals, number_++);
    next_ += static_cast<int64_t>(sent_.size());
    sent_.clear();
    estimator_.HandleTransportFeedback(now_, feedback.Parsed());
  }
  EXPECT_LT(estimator_.target(), before * 1.5);
}

TEST_F(BandwidthEstimatorTest, ClockOfTheReceiverThatJumpsCostsNothing) {
  Run(TimeDelta::Seconds(3));
  const DataRate before = estimator_.target();
  SendFor(TimeDelta::Millis(50));
  Report(TimeDelta::Seconds(1'000));
  EXPECT_EQ(estimator_.counters().clock_jumps, 1);
  EXPECT_EQ(estimator_.target(), before);
}

TEST_F(BandwidthEstimatorTest, StateOfATransportStaysBelow32KiB) {
  struct SlabReference {
    void* slab = nullptr;
  };
  using TransportPacer = Pacer<SlabReference>;
  constexpr size_t kEntry = sizeof(SlabReference) + 8;
  constexpr size_t kQueues = (TransportPacer::kMaxMedia + TransportPacer::kMaxRepairs) * kEntry;
  constexpr size_t kHistory = SentPacketHistory::kMaxPackets * 8;
  EXPECT_LE(
      sizeof(BandwidthEstimator) + sizeof(TransportPacer) + sizeof(RetransmissionBudget) + kQueues + kHistory,
      32u * 1'024);
}

}  // namespace
}  // namespace sluice::rtp::congestion
