#include "rtp/nack_generator.h"

#include <gtest/gtest.h>

#include <map>
#include <set>

#include "tests/sim/simulation.h"

namespace sluice::rtp {
namespace {

constexpr Timestamp kStart = Timestamp::Seconds(1'000);
constexpr TimeDelta kRtt = TimeDelta::Millis(50);

class NackGeneratorTest : public testing::Test {
 protected:
  void Receive(int64_t from, int64_t to, Timestamp now = kStart) {
    for (int64_t sequence = from; sequence < to; ++sequence) nack_.HandlePacket(now, sequence, false);
  }
  std::vector<int> Poll(Timestamp now, TimeDelta rtt = kRtt) {
    std::vector<int> requested;
    nack_.Poll(now, rtt, [&](SequenceNumber number) { requested.push_back(number.value()); });
    return requested;
  }

  NackGenerator nack_;
};

using Requested = std::vector<int>;

TEST_F(NackGeneratorTest, AsksForNothingWhileNothingIsMissing) {
  Receive(100, 200);
  EXPECT_TRUE(nack_.NextTimeout().IsNever());
  EXPECT_TRUE(Poll(kStart + TimeDelta::Seconds(1)).empty());
}

TEST_F(NackGeneratorTest, WaitsTenMillisecondsForReorderedPackets) {
  Receive(0, 1);
  Receive(3, 4);
  EXPECT_EQ(nack_.NextTimeout(), kStart + TimeDelta::Millis(10));
  EXPECT_TRUE(Poll(kStart + TimeDelta::Millis(9)).empty());
  EXPECT_EQ(Poll(kStart + TimeDelta::Millis(10)), (Requested{1, 2}));
}

TEST_F(NackGeneratorTest, PacketThatWasOnlyReorderedIsNotAskedFor) {
  Receive(0, 1);
  Receive(2, 3);
  Receive(1, 2, kStart + TimeDelta::Millis(5));
  EXPECT_TRUE(nack_.NextTimeout().IsNever());
  EXPECT_TRUE(Poll(kStart + TimeDelta::Millis(50)).empty());
}

TEST_F(NackGeneratorTest, AsksAgainAfterARoundTrip) {
  Receive(0, 1);
  Receive(2, 3);
  Timestamp first = kStart + TimeDelta::Millis(10);
  EXPECT_EQ(Poll(first), (Requested{1}));
  EXPECT_EQ(nack_.NextTimeout(), first + kRtt);
  EXPECT_TRUE(Poll(first + kRtt - TimeDelta::Millis(1)).empty());
  EXPECT_EQ(Poll(first + kRtt), (Requested{1}));
}

TEST_F(NackGeneratorTest, ShortRoundTripsDoNotFloodTheSender) {
  Receive(0, 1);
  Receive(2, 3);
  Poll(kStart + TimeDelta::Millis(10), TimeDelta::Millis(1));
  EXPECT_EQ(nack_.NextTimeout(), kStart + TimeDelta::Millis(10) + NackGenerator::kMinResendGap);
}

TEST_F(NackGeneratorTest, GivesUpAfterTenTries) {
  Receive(0, 1);
  Receive(2, 3);
  Timestamp now = kStart;
  int requests = 0;
  for (int i = 0; i < 100; ++i) {
    now += kRtt;
    requests += static_cast<int>(Poll(now).size());
  }
  EXPECT_EQ(requests, NackGenerator::kMaxTries);
  EXPECT_TRUE(nack_.NextTimeout().IsNever());
  EXPECT_FALSE(nack_.IsDuplicate(1));  // Yet welcome when it comes.
}

TEST_F(NackGeneratorTest, RecoveredPacketIsNotAskedForAgain) {
  Receive(0, 1);
  Receive(3, 4);
  EXPECT_EQ(Poll(kStart + TimeDelta::Millis(10)), (Requested{1, 2}));
  Receive(1, 2, kStart + TimeDelta::Millis(40));
  EXPECT_EQ(Poll(kStart + TimeDelta::Millis(100)), (Requested{2}));
}

TEST_F(NackGeneratorTest, RequestsCrossTheWrap) {
  Receive(65'534, 65'535);
  Receive(65'538, 65'539);
  EXPECT_EQ(Poll(kStart + TimeDelta::Millis(10)), (Requested{65'535, 0, 1}));
}

TEST_F(NackGeneratorTest, PacketThatComesTwiceIsADuplicate) {
  EXPECT_FALSE(nack_.IsDuplicate(5));
  Receive(5, 6);
  EXPECT_TRUE(nack_.IsDuplicate(5));
  Receive(8, 9);
  EXPECT_FALSE(nack_.IsDuplicate(6));
  Receive(6, 7);
  EXPECT_TRUE(nack_.IsDuplicate(6));
  EXPECT_FALSE(nack_.IsDuplicate(7));
  EXPECT_FALSE(nack_.IsDuplicate(4));
  EXPECT_FALSE(nack_.IsDuplicate(9));
}

TEST_F(NackGeneratorTest, RemembersDuplicatesOverManyPackets) {
  int64_t sequence = 0;
  for (; sequence < 100'000; ++sequence) {
    if (sequence % 7 == 3) continue;
    Receive(sequence, sequence + 1);
  }
  for (int64_t age = 1; age < NackGenerator::kMaxAge; ++age) {
    EXPECT_EQ(nack_.IsDuplicate(sequence - age), (sequence - age) % 7 != 3) << age;
  }
}

TEST_F(NackGeneratorTest, PacketTooOldToTellIsADuplicate) {
  Receive(0, 1);
  Receive(900, 901);
  for (int64_t i = 901; i < 10'902; ++i) Receive(i, i + 1);
  EXPECT_TRUE(nack_.IsDuplicate(500));
  EXPECT_TRUE(nack_.IsDuplicate(-1));
}

TEST_F(NackGeneratorTest, ForgetsWhatIsTooOldToAskFor) {
  Receive(0, 1);
  Receive(2, 3);
  Receive(3, 2 + NackGenerator::kMaxAge);
  EXPECT_EQ(nack_.missing(), 1u);
  Receive(2 + NackGenerator::kMaxAge, 3 + NackGenerator::kMaxAge);
  EXPECT_EQ(nack_.missing(), 0u);
  EXPECT_TRUE(nack_.NextTimeout().IsNever());
}

TEST_F(NackGeneratorTest, GapTooLargeToFillAsksForAKeyFrame) {
  Receive(0, 1);
  Receive(1 + NackGenerator::kMaxMissing, 2 + NackGenerator::kMaxMissing);
  EXPECT_EQ(static_cast<int64_t>(nack_.missing()), NackGenerator::kMaxMissing);
  EXPECT_FALSE(nack_.TakeKeyFrameRequest());
  Receive(4'000, 4'001);
  EXPECT_EQ(nack_.missing(), 0u);
  EXPECT_TRUE(nack_.TakeKeyFrameRequest());
  EXPECT_FALSE(nack_.TakeKeyFrameRequest());
  EXPECT_TRUE(Poll(kStart + TimeDelta::Seconds(1)).empty());
}

TEST_F(NackGeneratorTest, GapThatAKeyFrameEndsNeedsNoOther) {
  Receive(0, 1);
  nack_.HandlePacket(kStart, 5'000, /*key_frame_start=*/true);
  EXPECT_EQ(nack_.missing(), 0u);
  EXPECT_FALSE(nack_.TakeKeyFrameRequest());
}

TEST_F(NackGeneratorTest, FullListForgetsWhatTheNewestKeyFrameMakesNeedless) {
  Receive(0, 1);
  Receive(600, 601);
  nack_.HandlePacket(kStart, 601, /*key_frame_start=*/true);
  Receive(1'202, 1'203);
  EXPECT_EQ(nack_.missing(), 600u);
  EXPECT_FALSE(nack_.TakeKeyFrameRequest());
  EXPECT_EQ(Poll(kStart + TimeDelta::Millis(10)).front(), 602);
}

TEST_F(NackGeneratorTest, FullListWithoutAKeyFrameAsksForOne) {
  Receive(0, 1);
  Receive(600, 601);
  Receive(1'202, 1'203);
  EXPECT_EQ(nack_.missing(), 0u);
  EXPECT_TRUE(nack_.TakeKeyFrameRequest());
}

TEST_F(NackGeneratorTest, JumpBeyondTheWindowForgetsWhatWasReceived) {
  Receive(0, 100);
  Receive(1'000'000, 1'000'001);
  EXPECT_TRUE(nack_.TakeKeyFrameRequest());
  for (int64_t sequence = 999'950; sequence < 1'000'000; ++sequence) {
    EXPECT_FALSE(nack_.IsDuplicate(sequence));
  }
}

TEST_F(NackGeneratorTest, ResetStartsAnew) {
  Receive(100, 101);
  Receive(110, 111);
  nack_.Reset();
  EXPECT_TRUE(nack_.NextTimeout().IsNever());
  EXPECT_FALSE(nack_.IsDuplicate(100));
  Receive(65'536, 65'537);
  EXPECT_EQ(nack_.missing(), 0u);
}

// A lossy, reordering path in both directions: in the end every packet is there, each is taken once, and what
// is asked for was really lost or late.
TEST_F(NackGeneratorTest, RecoversEverythingOnALossyPath) {
  sim::Simulation sim(5);
  std::set<int64_t> taken;
  int64_t sent = 0;
  int64_t requests = 0;
  constexpr int64_t kTotal = 20'000;
  auto transmit = [&](int64_t sequence) {
    if (sim.Chance(0.1)) return;
    sim.After(TimeDelta::Micros(20'000 + static_cast<int64_t>(sim.random()() % 8'000)), [&, sequence] {
      if (nack_.IsDuplicate(sequence)) return;
      EXPECT_TRUE(taken.insert(sequence).second);
      nack_.HandlePacket(sim.now(), sequence, false);
    });
  };
  std::function<void()> send = [&] {
    transmit(sent++);
    if (sent < kTotal) sim.After(TimeDelta::Millis(1), send);
  };
  SequenceUnwrapper unwrapper;
  std::function<void()> poll = [&] {
    nack_.Poll(sim.now(), kRtt, [&](SequenceNumber number) {
      ++requests;
      int64_t sequence = unwrapper.Unwrap(number.value());
      sim.After(TimeDelta::Millis(20), [&, sequence] { transmit(sequence); });
    });
    sim.After(TimeDelta::Millis(2), poll);
  };
  send();
  poll();
  sim.RunFor(TimeDelta::Seconds(25));
  EXPECT_GE(taken.size(), static_cast<size_t>(*taken.rbegin() - *taken.begin() + 1));
  EXPECT_GE(*taken.rbegin(), kTotal - 10);
  EXPECT_LT(requests, kTotal / 7);  // 10 % are lost, and 10 % of what is sent again.
  EXPECT_FALSE(nack_.TakeKeyFrameRequest());
}

}  // namespace
}  // namespace sluice::rtp
