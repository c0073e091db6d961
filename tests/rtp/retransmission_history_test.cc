#include "rtp/retransmission_history.h"

#include <gtest/gtest.h>

#include <map>
#include <random>

namespace sluice::rtp {
namespace {

constexpr Timestamp kStart = Timestamp::Seconds(1'000);

class RetransmissionHistoryTest : public testing::Test {
 protected:
  SlabRef Packet(int64_t sequence, Timestamp arrival = kStart) {
    SlabRef slab = pool_.Acquire();
    slab->packet().sequence = sequence;
    slab->packet().arrival = arrival;
    return slab;
  }
  void Insert(int64_t from, int64_t to, Timestamp now = kStart) {
    for (int64_t sequence = from; sequence < to; ++sequence) history_.Insert(now, Packet(sequence, now));
  }
  bool Has(int64_t sequence, Timestamp now = kStart) {
    const Slab* slab = history_.Find(now, sequence);
    return slab && slab->packet().sequence == sequence;
  }
  // Slabs that are not in the pool: those the history holds.
  size_t SlabsHeld() {
    std::vector<SlabRef> free;
    while (SlabRef slab = pool_.Acquire()) free.push_back(std::move(slab));
    return kPoolSize - free.size();
  }

  static constexpr size_t kPoolSize = 128 * 40;
  SlabPool pool_{kPoolSize};
  RetransmissionHistory history_{RetransmissionHistory::kVideoWindow};
};

TEST_F(RetransmissionHistoryTest, FindsWhatWasInserted) {
  Insert(100, 150);
  for (int64_t sequence = 100; sequence < 150; ++sequence) EXPECT_TRUE(Has(sequence));
  EXPECT_FALSE(Has(99));
  EXPECT_FALSE(Has(150));
}

TEST_F(RetransmissionHistoryTest, EmptyFindsNothing) {
  EXPECT_FALSE(Has(0));
  EXPECT_EQ(history_.capacity(), 0u);
}

TEST_F(RetransmissionHistoryTest, GrowsWithTheStreamAndNoFurther) {
  Insert(0, 1);
  EXPECT_EQ(history_.capacity(), RetransmissionHistory::kMinPackets);
  Insert(1, 200);
  EXPECT_EQ(history_.capacity(), 256u);
  for (int64_t sequence = 0; sequence < 200; ++sequence) EXPECT_TRUE(Has(sequence));
  Insert(200, 5'000);
  EXPECT_EQ(history_.capacity(), RetransmissionHistory::kMaxPackets);
  EXPECT_FALSE(Has(5'000 - 2'049));
  for (int64_t sequence = 5'000 - 2'048; sequence < 5'000; ++sequence) EXPECT_TRUE(Has(sequence));
  EXPECT_EQ(SlabsHeld(), RetransmissionHistory::kMaxPackets);
}

TEST_F(RetransmissionHistoryTest, SlowStreamKeepsASmallRing) {
  for (int i = 0; i < 10'000; ++i) Insert(i, i + 1, kStart + TimeDelta::Millis(50 * i));
  EXPECT_EQ(history_.capacity(), RetransmissionHistory::kMinPackets);
  EXPECT_EQ(SlabsHeld(), 41u);
}

TEST_F(RetransmissionHistoryTest, ForgetsWhatIsOlderThanTheWindow) {
  Insert(0, 10);
  Timestamp later = kStart + TimeDelta::Millis(2'001);
  EXPECT_TRUE(Has(5, kStart + TimeDelta::Seconds(2)));
  EXPECT_FALSE(Has(5, later));
  Insert(10, 11, later);
  EXPECT_EQ(SlabsHeld(), 1u);
}

TEST_F(RetransmissionHistoryTest, ExpireReleasesAStreamThatWentQuiet) {
  Insert(0, 10);
  Insert(10, 20, kStart + TimeDelta::Seconds(1));
  history_.Expire(kStart + TimeDelta::Millis(2'500));
  EXPECT_EQ(SlabsHeld(), 10u);
  history_.Expire(kStart + TimeDelta::Seconds(10));
  EXPECT_EQ(SlabsHeld(), 0u);
  EXPECT_TRUE(history_.empty());
}

TEST_F(RetransmissionHistoryTest, ReorderedPacketsFillTheirGaps) {
  Insert(10, 11);
  Insert(15, 16);
  EXPECT_FALSE(Has(12));
  Insert(12, 13);
  Insert(8, 9);
  EXPECT_TRUE(Has(12));
  EXPECT_TRUE(Has(8));
  EXPECT_FALSE(Has(9));
}

TEST_F(RetransmissionHistoryTest, PacketOlderThanTheRingHoldsIsNotKept) {
  Insert(10'000, 10'001);
  Insert(10'000 - 2'048, 10'000 - 2'047);
  EXPECT_FALSE(Has(10'000 - 2'048));
  EXPECT_EQ(SlabsHeld(), 1u);
  Insert(10'000 - 2'047, 10'000 - 2'046);
  EXPECT_TRUE(Has(10'000 - 2'047));
  EXPECT_TRUE(Has(10'000));
}

TEST_F(RetransmissionHistoryTest, JumpReleasesEverythingBefore) {
  Insert(0, 100);
  Insert(int64_t{1} << 40, (int64_t{1} << 40) + 1);
  EXPECT_TRUE(Has(int64_t{1} << 40));
  EXPECT_FALSE(Has(99));
  EXPECT_EQ(SlabsHeld(), 1u);
}

TEST_F(RetransmissionHistoryTest, SequencesBelowZeroWork) {
  Insert(-70, 5);
  for (int64_t sequence = -70; sequence < 5; ++sequence) EXPECT_TRUE(Has(sequence));
}

TEST_F(RetransmissionHistoryTest, ClearReleasesEverything) {
  Insert(0, 100);
  history_.Clear();
  EXPECT_EQ(SlabsHeld(), 0u);
  Insert(5, 6);
  EXPECT_TRUE(Has(5));
}

TEST_F(RetransmissionHistoryTest, MaximumIsRoundedUpToAPowerOfTwo) {
  RetransmissionHistory history(TimeDelta::Seconds(1), 100);
  for (int64_t sequence = 0; sequence < 1'000; ++sequence) history.Insert(kStart, Packet(sequence));
  EXPECT_EQ(history.capacity(), 128u);
  EXPECT_TRUE(history.Find(kStart, 1'000 - 128));
  EXPECT_FALSE(history.Find(kStart, 1'000 - 129));
}

// Against a map, with loss, reordering, pauses and jumps.
TEST_F(RetransmissionHistoryTest, BehavesLikeAMapOfTheLastPackets) {
  std::mt19937_64 random(11);
  auto below = [&](uint64_t n) { return static_cast<int64_t>(random() % n); };
  std::map<int64_t, Timestamp> inserted;
  int64_t newest = 0;
  Timestamp now = kStart;
  for (int i = 0; i < 30'000; ++i) {
    now += TimeDelta::Micros(below(i % 1'000 == 0 ? 4'000'000 : 1'500));
    int64_t sequence = newest + below(4);
    if (below(20) == 0) sequence = newest - below(300);
    if (below(3'000) == 0) sequence = newest + below(5'000);
    if (inserted.contains(sequence)) continue;
    newest = std::max(newest, sequence);
    inserted[sequence] = now;
    history_.Insert(now, Packet(sequence, now));
    int64_t probe = newest - below(2'500);
    bool young = inserted.contains(probe) && now - inserted[probe] <= RetransmissionHistory::kVideoWindow;
    if (Has(probe, now)) {
      EXPECT_TRUE(young);
    } else if (young && newest - probe < static_cast<int64_t>(RetransmissionHistory::kMaxPackets)) {
      ADD_FAILURE() << "lost " << probe << " at " << newest;
    }
  }
}

}  // namespace
}  // namespace sluice::rtp
