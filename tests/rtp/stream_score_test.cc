#include "rtp/stream_score.h"

#include <gtest/gtest.h>

#include "rtp/recent_average.h"

namespace sluice::rtp {
namespace {

constexpr StreamScore::Interval kGood = {.expected = 100};
constexpr StreamScore::Interval kBad = {.expected = 100, .lost = 100};

TEST(RecentAverageTest, TheNewestCountMost) {
  RecentAverage average;
  EXPECT_TRUE(average.empty());
  EXPECT_EQ(average.value(), 0);
  for (int value : {1, 2, 3, 4}) average.Add(value);
  EXPECT_DOUBLE_EQ(average.value(), 3);  // (1 + 2·2 + 3·3 + 4·4) / 10
}

TEST(RecentAverageTest, WhatIsOldIsForgotten) {
  RecentAverage average;
  average.Add(1'000'000);
  for (size_t i = 0; i < RecentAverage::kLength; ++i) average.Add(7);
  EXPECT_DOUBLE_EQ(average.value(), 7);
  average.Reset();
  EXPECT_TRUE(average.empty());
}

TEST(ScoreOfTest, IsTheFourthPowerOfWhatWasDelivered) {
  EXPECT_EQ(ScoreOf(kGood), 10);
  EXPECT_EQ(ScoreOf({.expected = 100, .lost = 1}), 10);
  EXPECT_EQ(ScoreOf({.expected = 100, .lost = 5}), 8);
  EXPECT_EQ(ScoreOf({.expected = 100, .lost = 10}), 7);
  EXPECT_EQ(ScoreOf({.expected = 100, .lost = 20}), 4);
  EXPECT_EQ(ScoreOf({.expected = 100, .lost = 50}), 1);
  EXPECT_EQ(ScoreOf(kBad), 0);
}

TEST(ScoreOfTest, RepairsCountTheLessTheMoreThereAre) {
  EXPECT_EQ(ScoreOf({.expected = 100, .lost = 5, .repaired = 5, .retransmitted = 5}), 10);
  EXPECT_EQ(ScoreOf({.expected = 100, .lost = 20, .repaired = 20, .retransmitted = 20}), 6);
  EXPECT_EQ(ScoreOf({.expected = 100, .lost = 5, .repaired = 5, .retransmitted = 50}), 8);  // Mostly in vain.
}

TEST(ScoreOfTest, NothingExpectedIsFine) {
  EXPECT_EQ(ScoreOf({}), 10);
  EXPECT_EQ(ScoreOf({.expected = -5, .lost = 5}), 10);
}

TEST(ScoreOfTest, TakesWhatCannotBe) {
  EXPECT_EQ(ScoreOf({.expected = 100, .lost = -7}), 10);
  EXPECT_EQ(ScoreOf({.expected = 100, .lost = 1'000'000}), 0);
  EXPECT_EQ(ScoreOf({.expected = 100, .lost = 5, .repaired = 50, .retransmitted = 0}), 8);
  EXPECT_EQ(ScoreOf({.expected = 100, .lost = 5, .repaired = 50, .retransmitted = -3}), 8);
  EXPECT_EQ(ScoreOf({.expected = INT64_MAX, .lost = INT64_MIN, .repaired = INT64_MAX}), 10);
}

TEST(StreamScoreTest, BeginsWithTheBestAndTellsOfChanges) {
  StreamScore score;
  EXPECT_EQ(score.value(), 10);
  EXPECT_FALSE(score.Add(kGood));
  EXPECT_TRUE(score.Add(kBad));
  EXPECT_EQ(score.value(), 3);  // (10 + 2·0) / 3
  for (int i = 0; i < 200; ++i) (void)score.Add(kGood);
  EXPECT_EQ(score.value(), 10);
}

TEST(StreamScoreTest, OneBadIntervalIsForgiven) {
  StreamScore score;
  for (int i = 0; i < 50; ++i) (void)score.Add(kGood);
  EXPECT_TRUE(score.Add(kBad));
  EXPECT_EQ(score.value(), 9);
}

TEST(StreamScoreTest, AResetForgets) {
  StreamScore score;
  EXPECT_TRUE(score.Reset(0));
  EXPECT_FALSE(score.Reset(0));
  EXPECT_EQ(score.value(), 0);
  EXPECT_TRUE(score.Add(kGood));
  EXPECT_EQ(score.value(), 10);
}

}  // namespace
}  // namespace sluice::rtp
