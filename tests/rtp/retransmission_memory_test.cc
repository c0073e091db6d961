#include "rtp/retransmission_memory.h"

#include <gtest/gtest.h>

#include <deque>
#include <random>
#include <utility>
#include <vector>

#include "rtp/retransmission_history.h"

namespace sluice::rtp {
namespace {

constexpr Timestamp kStart = Timestamp::Seconds(1'000);

class RetransmissionMemoryTest : public testing::Test {
 protected:
  static constexpr size_t kPackets = 10;

  RetransmissionHistory& AddHistory() {
    return histories_.emplace_back(RetransmissionHistory::kVideoWindow, RetransmissionHistory::kMaxPackets,
                                   &memory_);
  }
  void Insert(RetransmissionHistory& history, int64_t sequence, Timestamp now = kStart) {
    SlabRef slab = pool_.Acquire();
    slab->packet().sequence = sequence;
    slab->packet().arrival = now;
    history.Insert(now, std::move(slab));
  }
  int Count(const RetransmissionHistory& history, int64_t from, int64_t to) {
    int count = 0;
    for (int64_t sequence = from; sequence < to; ++sequence) count += history.Find(kStart, sequence) ? 1 : 0;
    return count;
  }

  SlabPool pool_;
  RetransmissionMemory memory_{kPackets * RetransmissionMemory::kPacketBytes};
  std::deque<RetransmissionHistory> histories_;
};

TEST_F(RetransmissionMemoryTest, TheOldestPacketsOfAllStreamsGoFirst) {
  RetransmissionHistory& quiet = AddHistory();
  RetransmissionHistory& busy = AddHistory();
  for (int64_t i = 0; i < 4; ++i) Insert(quiet, i);
  for (int64_t i = 0; i < 6; ++i) Insert(busy, i);
  EXPECT_EQ(memory_.evicted(), 0);
  for (int64_t i = 6; i < 9; ++i) Insert(busy, i);
  EXPECT_EQ(Count(quiet, 0, 4), 1);
  EXPECT_TRUE(quiet.Find(kStart, 3));
  EXPECT_EQ(Count(busy, 0, 9), 9);
  Insert(quiet, 4);
  Insert(quiet, 5);
  EXPECT_EQ(Count(quiet, 0, 6), 2);
  EXPECT_FALSE(busy.Find(kStart, 0));
  EXPECT_EQ(memory_.packets(), kPackets);
  EXPECT_EQ(memory_.bytes(), memory_.max_bytes());
  EXPECT_EQ(memory_.evicted(), 5);
}

TEST_F(RetransmissionMemoryTest, WhatIsTooOldOrWithoutAHolderMakesRoom) {
  RetransmissionHistory& expiring = AddHistory();
  for (int64_t i = 0; i < 4; ++i) Insert(expiring, i);
  {
    RetransmissionHistory ending(RetransmissionHistory::kVideoWindow, RetransmissionHistory::kMaxPackets,
                                 &memory_);
    for (int64_t i = 0; i < 6; ++i) Insert(ending, i);
    EXPECT_EQ(memory_.packets(), kPackets);
  }
  EXPECT_EQ(memory_.packets(), 4u);
  expiring.Expire(kStart + TimeDelta::Seconds(3));
  EXPECT_EQ(memory_.packets(), 0u);
  EXPECT_EQ(memory_.evicted(), 0);
}

TEST_F(RetransmissionMemoryTest, APacketThatIsKeptTwiceCountsOnce) {
  RetransmissionHistory& history = AddHistory();
  Insert(history, 1);
  Insert(history, 1);
  EXPECT_EQ(memory_.packets(), 1u);
}

TEST_F(RetransmissionMemoryTest, SmallestMemoryHoldsOnePacket) {
  RetransmissionMemory none(0);
  RetransmissionHistory history(RetransmissionHistory::kVideoWindow, RetransmissionHistory::kMaxPackets,
                                &none);
  for (int64_t i = 0; i < 3; ++i) Insert(history, i);
  EXPECT_TRUE(history.Find(kStart, 2));
  EXPECT_EQ(none.packets(), 1u);
}

// Against a plain list of what should be there.
TEST_F(RetransmissionMemoryTest, WhateverHappensItHoldsTheNewestOnes) {
  std::mt19937 random(7);
  for (int i = 0; i < 5; ++i) AddHistory();
  struct Expected {
    size_t history;
    int64_t sequence;
  };
  std::deque<Expected> expected;
  std::vector<int64_t> next(histories_.size());
  for (int step = 0; step < 20'000; ++step) {
    const size_t chosen = random() % histories_.size();
    if (random() % 50 == 0) {
      histories_[chosen].Clear();
      std::erase_if(expected, [&](const Expected& packet) { return packet.history == chosen; });
      continue;
    }
    next[chosen] += 1 + random() % 3;
    Insert(histories_[chosen], next[chosen]);
    expected.push_back({chosen, next[chosen]});
    if (expected.size() > kPackets) expected.pop_front();
    ASSERT_EQ(memory_.packets(), expected.size());
    for (const Expected& packet : expected)
      ASSERT_TRUE(histories_[packet.history].Find(kStart, packet.sequence));
  }
  EXPECT_GT(memory_.evicted(), 10'000);
}

}  // namespace
}  // namespace sluice::rtp
