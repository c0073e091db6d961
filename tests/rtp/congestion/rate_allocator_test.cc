#include "rtp/congestion/rate_allocator.h"

#include <gtest/gtest.h>

#include <vector>

namespace sluice::rtp::congestion {
namespace {

using Stream = RateAllocator::Stream;
constexpr int kPaused = RateAllocator::kPaused;
constexpr int kLow = RateAllocator::LevelOf(0, 0);
constexpr int kLowFull = RateAllocator::LevelOf(0, 2);
constexpr int kMiddleFull = RateAllocator::LevelOf(1, 2);
constexpr int kHigh = RateAllocator::LevelOf(2, 0);
constexpr int kHighFull = RateAllocator::LevelOf(2, 2);

class RateAllocatorTest : public testing::Test {
 protected:
  // Simulcast of 150, 500 and 2,000 kbit/s, of which 40, 60 and 100 % are the temporal layers.
  static Stream Simulcast(uint8_t priority = 1) {
    Stream stream;
    stream.priority = priority;
    const double full[] = {150, 500, 2'000};
    const double share[] = {0.4, 0.6, 1};
    for (int s = 0; s < 3; ++s) {
      for (int t = 0; t < 3; ++t)
        stream.rates[static_cast<size_t>(RateAllocator::LevelOf(s, t))] = Kbps(full[s] * share[t]);
    }
    return stream;
  }
  static DataRate Kbps(double kbps) { return DataRate::BitsPerSec(static_cast<int64_t>(kbps * 1'000)); }
  // Over and over for ten seconds.
  void Settle(double kbps) {
    for (int i = 0; i < 100; ++i, now_ += TimeDelta::Millis(100))
      RateAllocator::Allocate(now_, Kbps(kbps), streams_);
  }
  std::vector<int> Levels() const {
    std::vector<int> levels;
    for (const Stream& stream : streams_) levels.push_back(stream.level);
    return levels;
  }

  Timestamp now_ = Timestamp::Seconds(100);
  std::vector<Stream> streams_;
};

TEST_F(RateAllocatorTest, GivesTheHighestLayerThatFits) {
  streams_ = {Simulcast()};
  Settle(5'000);
  EXPECT_EQ(streams_[0].level, kHighFull);
  Settle(600);
  EXPECT_EQ(streams_[0].level, kMiddleFull);
  Settle(180);
  EXPECT_EQ(streams_[0].level, kLowFull);
  Settle(70);
  EXPECT_EQ(streams_[0].level, kLow);
}

TEST_F(RateAllocatorTest, AllMoveBeforeOneMovesBetter) {
  streams_ = {Simulcast(), Simulcast(), Simulcast()};
  Settle(205);
  EXPECT_EQ(Levels(), (std::vector{kLow, kLow, kLow}));
}

TEST_F(RateAllocatorTest, EqualsGetTheSame) {
  streams_ = {Simulcast(), Simulcast()};
  Settle(1'150);
  EXPECT_EQ(Levels(), (std::vector{kMiddleFull, kMiddleFull}));
}

TEST_F(RateAllocatorTest, TheLeastImportantIsPausedWhereNotAllFit) {
  streams_ = {Simulcast(1), Simulcast(5), Simulcast(3)};
  Settle(130);
  EXPECT_EQ(streams_[0].level, kPaused);
  EXPECT_GE(streams_[1].level, kLow);
  EXPECT_EQ(streams_[2].level, kLow);
}

TEST_F(RateAllocatorTest, TheMoreImportantMovesBetterFirst) {
  streams_ = {Simulcast(1), Simulcast(10)};
  Settle(800);
  EXPECT_EQ(streams_[1].level, kMiddleFull);
  EXPECT_LT(streams_[0].level, kMiddleFull);
  EXPECT_GE(streams_[0].level, kLow);
}

TEST_F(RateAllocatorTest, LayersThatAreNotThereOrNotWantedAreSkipped) {
  streams_ = {Simulcast()};
  for (int t = 0; t < 4; ++t)
    streams_[0].rates[static_cast<size_t>(RateAllocator::LevelOf(1, t))] = DataRate::Zero();
  Settle(950);
  EXPECT_EQ(streams_[0].level, kHigh);
  for (DataRate& rate : streams_[0].rates) rate = DataRate::Zero();
  Settle(950);
  EXPECT_EQ(streams_[0].level, kPaused);
}

TEST_F(RateAllocatorTest, DownAtOnceUpNotAtOnce) {
  streams_ = {Simulcast()};
  Settle(3'000);
  EXPECT_TRUE(RateAllocator::Allocate(now_, Kbps(600), streams_));
  EXPECT_EQ(streams_[0].level, kMiddleFull);
  EXPECT_FALSE(RateAllocator::Allocate(now_ + TimeDelta::Millis(500), Kbps(3'000), streams_));
  EXPECT_TRUE(RateAllocator::Allocate(now_ + TimeDelta::Millis(2'100), Kbps(3'000), streams_));
  EXPECT_EQ(streams_[0].level, kHighFull);
}

TEST_F(RateAllocatorTest, AnEstimateThatSwingsAroundALayerDoesNotMakeItFlap) {
  streams_ = {Simulcast()};
  Settle(530);
  int changes = 0;
  for (int i = 0; i < 600; ++i, now_ += TimeDelta::Millis(100))
    changes += RateAllocator::Allocate(now_, Kbps(i % 20 < 10 ? 560 : 470), streams_) ? 1 : 0;
  EXPECT_LE(changes, 12);
}

TEST_F(RateAllocatorTest, TheLastOneKeepsItsLowestLayerOnALittleTooLittle) {
  streams_ = {Simulcast()};
  Settle(70);
  EXPECT_EQ(streams_[0].level, kLow);
  Settle(54);
  EXPECT_EQ(streams_[0].level, kLow);
  Settle(40);
  EXPECT_EQ(streams_[0].level, kPaused);
}

TEST_F(RateAllocatorTest, NeverGivesMoreThanThereIs) {
  streams_ = {Simulcast(1), Simulcast(2), Simulcast(2), Simulcast(9)};
  for (double kbps = 60; kbps < 10'000; kbps *= 1.1) {
    for (Stream& stream : streams_) stream = Simulcast(stream.priority);
    RateAllocator::Allocate(now_, Kbps(kbps), streams_);
    EXPECT_LE(RateAllocator::Allocated(streams_), Kbps(kbps));
  }
  EXPECT_EQ(RateAllocator::Needed(streams_), Kbps(8'000));
}

TEST_F(RateAllocatorTest, NothingToShareIsNoProblem) {
  EXPECT_FALSE(RateAllocator::Allocate(now_, Kbps(1'000), streams_));
  EXPECT_TRUE(RateAllocator::Needed(streams_).IsZero());
}

}  // namespace
}  // namespace sluice::rtp::congestion
