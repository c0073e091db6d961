#include "router/repair_log.h"

#include <gtest/gtest.h>

namespace sluice::router {
namespace {

constexpr Timestamp kStart = Timestamp::Seconds(1'000);
constexpr TimeDelta kRoundTrip = TimeDelta::Millis(50);
constexpr SequenceNumber kNumber(65'535);

TEST(RepairLogTest, APacketIsRepairedOnceARoundTrip) {
  RepairLog log;
  EXPECT_TRUE(log.MayRepair(kStart, kNumber, kRoundTrip));
  EXPECT_EQ(log.Note(kStart, kNumber), 1);
  EXPECT_FALSE(log.MayRepair(kStart + TimeDelta::Millis(49), kNumber, kRoundTrip));
  EXPECT_TRUE(log.MayRepair(kStart + kRoundTrip, kNumber, kRoundTrip));
  EXPECT_TRUE(log.MayRepair(kStart, SequenceNumber(1), kRoundTrip));
}

TEST(RepairLogTest, WhatDoesNotGetAcrossIsGivenUp) {
  RepairLog log;
  Timestamp now = kStart;
  for (int i = 1; i <= RepairLog::kMaxTries; ++i, now += kRoundTrip) {
    ASSERT_TRUE(log.MayRepair(now, kNumber, kRoundTrip));
    EXPECT_EQ(log.Note(now, kNumber), i);
  }
  EXPECT_FALSE(log.MayRepair(now, kNumber, kRoundTrip));
  EXPECT_FALSE(log.MayRepair(now + TimeDelta::Seconds(4), kNumber, kRoundTrip));
}

TEST(RepairLogTest, TheSameNumberIsAnotherPacketLater) {
  RepairLog log;
  for (int i = 0; i < RepairLog::kMaxTries; ++i) log.Note(kStart, kNumber);
  const Timestamp later = kStart + TimeDelta::Seconds(30);
  EXPECT_TRUE(log.MayRepair(later, kNumber, kRoundTrip));
  EXPECT_EQ(log.Note(later, kNumber), 1);
}

// Numbers that share a place while there are few places, number 0 among them.
TEST(RepairLogTest, NoneIsForgottenForAnotherWhileThereMayBeMorePlaces) {
  RepairLog log;
  constexpr int kNumbers[] = {0, 16, 32, 64, 256, 1, 17, 511};
  for (int number : kNumbers) EXPECT_EQ(log.Note(kStart, SequenceNumber(static_cast<uint16_t>(number))), 1);
  for (int number : kNumbers) {
    EXPECT_FALSE(log.MayRepair(kStart, SequenceNumber(static_cast<uint16_t>(number)), kRoundTrip));
    EXPECT_EQ(log.Note(kStart, SequenceNumber(static_cast<uint16_t>(number))), 2);
  }
}

TEST(RepairLogTest, ThereIsAnEndToRepairsInARoundTrip) {
  RepairLog log;
  int repaired = 0;
  for (int number = 0; number < 65'536; ++number) {
    SequenceNumber lost(static_cast<uint16_t>(number));
    if (!log.MayRepair(kStart, lost, kRoundTrip)) continue;
    log.Note(kStart, lost);
    ++repaired;
  }
  EXPECT_EQ(repaired, static_cast<int>(RepairLog::kRecent));
}

}  // namespace
}  // namespace sluice::router
