#include "rtp/congestion/pacer.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <vector>

namespace sluice::rtp::congestion {
namespace {

constexpr DataRate kRate = DataRate::KilobitsPerSec(800);  // 100 octets a millisecond.

// Driven at the times the pacer asks for.
class PacerTest : public testing::Test {
 protected:
  struct Sent {
    TimeDelta at;
    int value;
    PacketKind kind;
    uint8_t probe;
    size_t size;
  };
  struct Output {
    PacerTest* test;
    void Send(int&& value, PacketKind kind, uint8_t probe) {
      test->sent_.push_back({test->now_ - kStart, value, kind, probe, 1'000});
    }
    size_t Pad(size_t size, uint8_t probe) {
      if (!test->can_pad_) return 0;
      test->sent_.push_back({test->now_ - kStart, -1, PacketKind::kPadding, probe, size});
      return size;
    }
  };
  static constexpr Timestamp kStart = Timestamp::Seconds(100);

  PacerTest() { pacer_.SetLimits(kStart, {.rate = kRate}); }
  void Push(int count, PacketKind kind = PacketKind::kVideo) {
    for (int i = 0; i < count; ++i) EXPECT_TRUE(pacer_.Push(now_, next_++, 1'000, kind));
  }
  void RunFor(TimeDelta time) {
    const Timestamp end = now_ + time;
    Output output{this};
    pacer_.Process(now_, output);
    for (int turns = 0; pacer_.NextTimeout(now_) <= end && turns < 10'000; ++turns) {
      now_ = std::max(now_, pacer_.NextTimeout(now_));
      pacer_.Process(now_, output);
    }
    now_ = end;
  }

  Timestamp now_ = kStart;
  int next_ = 0;
  bool can_pad_ = true;
  std::vector<Sent> sent_;
  Pacer<int> pacer_;
};

TEST_F(PacerTest, SendsInOrderAtTheRate) {
  Push(10);
  RunFor(TimeDelta::Millis(200));
  ASSERT_EQ(sent_.size(), 10u);
  for (int i = 0; i < 10; ++i) {
    EXPECT_EQ(sent_[static_cast<size_t>(i)].value, i);
    EXPECT_EQ(sent_[static_cast<size_t>(i)].at.ms(), 10 * i);
  }
}

TEST_F(PacerTest, AFrameThatTheLinkHasRoomForLeavesWhole) {
  pacer_.SetLimits(now_, {.rate = DataRate::KilobitsPerSec(16'000)});
  Push(10);
  RunFor(TimeDelta::Zero());
  EXPECT_EQ(sent_.size(), 10u);
}

TEST_F(PacerTest, RetransmissionsGoBeforeVideo) {
  Push(3);
  Push(1, PacketKind::kRetransmission);
  RunFor(TimeDelta::Millis(100));
  ASSERT_EQ(sent_.size(), 4u);
  EXPECT_EQ(sent_[0].value, 3);
  EXPECT_EQ(sent_[0].kind, PacketKind::kRetransmission);
}

TEST_F(PacerTest, VideoMakesRoomForAudioThatDidNotWait) {
  pacer_.HandleAudio(now_, 2'000);
  Push(1);
  RunFor(TimeDelta::Millis(19));
  EXPECT_TRUE(sent_.empty());
  RunFor(TimeDelta::Millis(2));
  EXPECT_EQ(sent_.size(), 1u);
}

TEST_F(PacerTest, NothingGoesWhileTooMuchIsInFlight) {
  pacer_.SetLimits(now_, {.rate = kRate, .full = true});
  Push(1);
  RunFor(TimeDelta::Seconds(1));
  EXPECT_TRUE(sent_.empty());
  EXPECT_TRUE(pacer_.NextTimeout(now_).IsNever());
  EXPECT_EQ(pacer_.queue_time(now_), TimeDelta::Seconds(1));
  pacer_.SetLimits(now_, {.rate = kRate});
  RunFor(TimeDelta::Zero());
  EXPECT_EQ(sent_.size(), 1u);
}

TEST_F(PacerTest, ALateQueueDrainsFaster) {
  Push(50);  // Half a second's worth.
  RunFor(TimeDelta::Millis(300));
  EXPECT_GT(sent_.size(), 42u);
  EXPECT_TRUE(pacer_.queue_time(now_) < PacingBudget::kLate + TimeDelta::Millis(60));
}

TEST_F(PacerTest, ProbeIsFilledWithPaddingAndKeepsItsRate) {
  Push(1);
  pacer_.StartProbe(now_, {.id = 9, .rate = kRate * 4, .size = DataSize::Bytes(10'000)});
  RunFor(TimeDelta::Millis(100));
  EXPECT_FALSE(pacer_.probing());
  size_t octets = 0;
  for (const Sent& sent : sent_) {
    EXPECT_EQ(sent.probe, 9);
    octets += sent.size;
  }
  EXPECT_GE(octets, 10'000u);
  EXPECT_LT(octets, 11'300u);
  EXPECT_EQ(sent_[0].value, 0);
  EXPECT_NEAR(static_cast<double>(sent_.back().at.us()), 10'000 / 0.4, 4'000);  // 400 octets a millisecond.
}

TEST_F(PacerTest, ProbeHasFivePacketsHoweverSmallItIs) {
  Push(20);
  pacer_.StartProbe(now_, {.id = 9, .rate = kRate * 4, .size = DataSize::Bytes(1'500)});
  RunFor(TimeDelta::Millis(200));
  EXPECT_EQ(std::count_if(sent_.begin(), sent_.end(), [](const Sent& sent) { return sent.probe == 9; }), 5);
}

TEST_F(PacerTest, ProbeEndsWhereNothingCanBePadded) {
  can_pad_ = false;
  pacer_.StartProbe(now_, {.id = 9, .rate = kRate * 4, .size = DataSize::Bytes(10'000)});
  RunFor(TimeDelta::Millis(10));
  EXPECT_FALSE(pacer_.probing());
  EXPECT_TRUE(sent_.empty());
  EXPECT_TRUE(pacer_.NextTimeout(now_).IsNever());
}

TEST_F(PacerTest, WhatAClosedConsumerLeftCanBeForgotten) {
  Push(4);
  pacer_.Remove([](int value) { return value % 2 == 0; });
  RunFor(TimeDelta::Millis(100));
  ASSERT_EQ(sent_.size(), 2u);
  EXPECT_EQ(sent_[0].value, 1);
  EXPECT_TRUE(pacer_.empty());
}

TEST_F(PacerTest, WhatNobodyHasRoomForIsRefused) {
  int taken = 0;
  while (pacer_.Push(now_, 0, 1'000, PacketKind::kVideo)) ++taken;
  EXPECT_EQ(taken, static_cast<int>(Pacer<int>::kMaxMedia));
}

}  // namespace
}  // namespace sluice::rtp::congestion
