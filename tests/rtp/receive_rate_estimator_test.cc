#include "rtp/receive_rate_estimator.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <functional>

#include "tests/sim/simulation.h"

namespace sluice::rtp {
namespace {

constexpr size_t kPacketSize = 1'000;

uint32_t AbsSendTime(Timestamp t) { return static_cast<uint32_t>((t.us() << 18) / 1'000'000) & 0xffffff; }

// A publisher that sends what it is told (at most `encoder`) through a bottleneck with a queue of 500 ms.
class Path {
 public:
  Path(uint64_t seed, DataRate capacity, DataRate encoder)
      : sim_(seed), capacity_(capacity), encoder_(encoder) {
    Send();
  }

  void RunFor(TimeDelta time) { sim_.RunFor(time); }
  ReceiveRateEstimator& estimator() { return estimator_; }
  Timestamp now() const { return sim_.now(); }
  void set_capacity(DataRate capacity) { capacity_ = capacity; }
  void set_encoder(DataRate encoder) { encoder_ = encoder; }
  void set_jitter(TimeDelta jitter) { jitter_ = jitter; }
  TimeDelta queue() const { return std::max(TimeDelta::Zero(), busy_until_ - sim_.now()); }
  TimeDelta TakeWorstQueue() { return std::exchange(worst_queue_, TimeDelta::Zero()); }
  int told() const { return told_count_; }

 private:
  static TimeDelta TimeFor(DataRate rate) {
    return TimeDelta::Micros(static_cast<int64_t>(kPacketSize) * 8'000'000 / rate.bps());
  }

  void Send() {
    worst_queue_ = std::max(worst_queue_, queue());
    if (queue() < TimeDelta::Millis(500)) {
      busy_until_ = std::max(busy_until_, sim_.now()) + TimeFor(capacity_);
      Timestamp sent = sim_.now();
      TimeDelta noise = TimeDelta::Micros(
          jitter_.us() > 0 ? static_cast<int64_t>(sim_.random()() % static_cast<uint64_t>(jitter_.us())) : 0);
      sim_.At(busy_until_ + TimeDelta::Millis(20) + noise, [this, sent] { Receive(sent); });
    }
    sim_.After(TimeFor(std::min(rate_, encoder_)), [this] { Send(); });
  }

  void Receive(Timestamp sent) {
    estimator_.HandlePacket(sim_.now(), AbsSendTime(sent), kPacketSize);
    if (std::optional<DataRate> told = estimator_.Poll(sim_.now())) {
      ++told_count_;
      sim_.After(TimeDelta::Millis(20),
                 [this, told] { rate_ = std::max(*told, ReceiveRateEstimator::kMin); });
    }
  }

  sim::Simulation sim_;
  ReceiveRateEstimator estimator_;
  DataRate capacity_;
  DataRate encoder_;
  DataRate rate_ = DataRate::KilobitsPerSec(300);
  TimeDelta jitter_;
  Timestamp busy_until_ = Timestamp::Past();
  TimeDelta worst_queue_;
  int told_count_ = 0;
};

constexpr DataRate kUnlimited = DataRate::KilobitsPerSec(100'000);

double Mbps(DataRate rate) { return static_cast<double>(rate.bps()) * 1e-6; }

TEST(ReceiveRateEstimatorTest, SaysNothingBeforeTheFirstPacket) {
  ReceiveRateEstimator estimator;
  EXPECT_TRUE(estimator.NextTimeout().IsNever());
  EXPECT_FALSE(estimator.Poll(Timestamp::Seconds(1'000)));
  EXPECT_EQ(estimator.estimate(), ReceiveRateEstimator::kStart);
}

TEST(ReceiveRateEstimatorTest, ReachesTheCapacityAndStaysBelow) {
  Path path(1, /*capacity=*/DataRate::KilobitsPerSec(3'000), kUnlimited);
  path.RunFor(TimeDelta::Seconds(15));
  EXPECT_GT(Mbps(path.estimator().estimate()), 2.0);
  path.RunFor(TimeDelta::Seconds(45));
  for (int i = 0; i < 60; ++i) {
    path.RunFor(TimeDelta::Seconds(1));
    EXPECT_GT(Mbps(path.estimator().estimate()), 2.0);
    EXPECT_LT(Mbps(path.estimator().estimate()), 3.6);
  }
}

TEST(ReceiveRateEstimatorTest, KeepsTheQueueShort) {
  Path path(1, /*capacity=*/DataRate::KilobitsPerSec(2'000), kUnlimited);
  path.RunFor(TimeDelta::Seconds(30));
  path.TakeWorstQueue();
  path.RunFor(TimeDelta::Seconds(60));
  EXPECT_LT(path.TakeWorstQueue(), TimeDelta::Millis(250));
}

TEST(ReceiveRateEstimatorTest, FollowsACapacityThatDrops) {
  Path path(2, /*capacity=*/DataRate::KilobitsPerSec(3'000), kUnlimited);
  path.RunFor(TimeDelta::Seconds(30));
  path.set_capacity(DataRate::KilobitsPerSec(800));
  path.RunFor(TimeDelta::Seconds(10));
  EXPECT_LT(Mbps(path.estimator().estimate()), 1.0);
  EXPECT_GT(Mbps(path.estimator().estimate()), 0.4);
  EXPECT_LT(path.queue(), TimeDelta::Millis(300));
}

TEST(ReceiveRateEstimatorTest, FollowsACapacityThatRises) {
  Path path(3, /*capacity=*/DataRate::KilobitsPerSec(800), kUnlimited);
  path.RunFor(TimeDelta::Seconds(30));
  path.set_capacity(DataRate::KilobitsPerSec(2'000));
  path.RunFor(TimeDelta::Seconds(30));
  EXPECT_GT(Mbps(path.estimator().estimate()), 1.4);
}

TEST(ReceiveRateEstimatorTest, SurvivesJitter) {
  Path path(4, /*capacity=*/DataRate::KilobitsPerSec(3'000), kUnlimited);
  path.set_jitter(TimeDelta::Millis(5));
  path.RunFor(TimeDelta::Seconds(60));
  EXPECT_GT(Mbps(path.estimator().estimate()), 1.5);
}

TEST(ReceiveRateEstimatorTest, DoesNotGrowFarBeyondWhatArrives) {
  Path path(5, /*capacity=*/kUnlimited, /*encoder=*/DataRate::KilobitsPerSec(1'000));
  path.RunFor(TimeDelta::Seconds(120));
  EXPECT_NEAR(Mbps(path.estimator().estimate()), 1.51, 0.05);
}

TEST(ReceiveRateEstimatorTest, MaximumCapsAndIsLifted) {
  Path path(6, /*capacity=*/DataRate::KilobitsPerSec(5'000), kUnlimited);
  path.estimator().SetMaxBitrate(DataRate::KilobitsPerSec(1'000));
  path.RunFor(TimeDelta::Seconds(30));
  EXPECT_EQ(path.estimator().estimate(), DataRate::KilobitsPerSec(1'000));
  path.estimator().SetMaxBitrate(DataRate::Zero());
  path.RunFor(TimeDelta::Seconds(30));
  EXPECT_GT(Mbps(path.estimator().estimate()), 2.0);
}

TEST(ReceiveRateEstimatorTest, NewMaximumIsToldAtOnce) {
  Path path(6, /*capacity=*/DataRate::KilobitsPerSec(5'000), kUnlimited);
  path.RunFor(TimeDelta::Seconds(5));
  path.estimator().SetMaxBitrate(DataRate::KilobitsPerSec(200));
  EXPECT_LE(path.estimator().NextTimeout(), path.now());
  EXPECT_EQ(path.estimator().Poll(path.now()), DataRate::KilobitsPerSec(200));
}

TEST(ReceiveRateEstimatorTest, TellsOnceASecondWhileAllIsWell) {
  Path path(7, /*capacity=*/kUnlimited, /*encoder=*/DataRate::KilobitsPerSec(500));
  path.RunFor(TimeDelta::Seconds(20));
  EXPECT_GE(path.told(), 19);
  EXPECT_LE(path.told(), 21);
}

TEST(ReceiveRateEstimatorTest, HeavyLossBringsItDown) {
  ReceiveRateEstimator estimator;
  estimator.HandleLoss(/*fraction_lost=*/25);  // Below 10 %.
  EXPECT_EQ(estimator.estimate(), ReceiveRateEstimator::kStart);
  estimator.HandleLoss(/*fraction_lost=*/128);
  EXPECT_EQ(estimator.estimate(), DataRate::KilobitsPerSec(450));
  for (int i = 0; i < 100; ++i) estimator.HandleLoss(255);
  EXPECT_EQ(estimator.estimate(), ReceiveRateEstimator::kMin);
}

TEST(ReceiveRateEstimatorTest, LossHoldsTheEstimate) {
  Path path(8, /*capacity=*/DataRate::KilobitsPerSec(5'000), kUnlimited);
  path.estimator().HandleLoss(/*fraction_lost=*/13);
  path.RunFor(TimeDelta::Seconds(10));
  EXPECT_EQ(path.estimator().estimate(), ReceiveRateEstimator::kStart);
  path.estimator().HandleLoss(/*fraction_lost=*/0);
  path.RunFor(TimeDelta::Seconds(10));
  EXPECT_GT(path.estimator().estimate(), ReceiveRateEstimator::kStart);
}

TEST(ReceiveRateEstimatorTest, SendTimeCrossesItsWrap) {
  // 24 bits of 6.18 seconds wrap every 64 s; a long steady run sees several.
  Path path(9, /*capacity=*/kUnlimited, /*encoder=*/DataRate::KilobitsPerSec(800));
  path.RunFor(TimeDelta::Seconds(10));
  DataRate before = path.estimator().estimate();
  for (int i = 0; i < 300; ++i) {
    path.RunFor(TimeDelta::Seconds(1));
    EXPECT_GE(path.estimator().estimate(), before);
  }
}

}  // namespace
}  // namespace sluice::rtp
