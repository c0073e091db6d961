#include "rtp/sequence_rewriter.h"

#include <gmock/gmock.h>

#include <map>
#include <random>
#include <set>

namespace sluice::rtp {
namespace {

using ::testing::Optional;

auto Is(uint16_t number) { return Optional(SequenceNumber(number)); }

class SequenceRewriterTest : public testing::Test {
 protected:
  SequenceRewriter rewriter_{SequenceNumber(100)};
};

TEST_F(SequenceRewriterTest, ForwardsNothingBeforeTheFirstSync) {
  EXPECT_EQ(rewriter_.Forward(1), std::nullopt);
  rewriter_.Drop(2);
  EXPECT_EQ(rewriter_.Original(SequenceNumber(100)), std::nullopt);
  rewriter_.Resync(1);
  EXPECT_THAT(rewriter_.Forward(1), Is(100));
}

TEST_F(SequenceRewriterTest, NumbersContinuouslyAndGivesThemBack) {
  rewriter_.Resync(5000);
  for (int i = 0; i < 10; ++i) EXPECT_THAT(rewriter_.Forward(5000 + i), Is(static_cast<uint16_t>(100 + i)));
  for (int i = 0; i < 10; ++i) {
    EXPECT_THAT(rewriter_.Original(SequenceNumber(static_cast<uint16_t>(100 + i))), Optional(5000 + i));
  }
  EXPECT_EQ(rewriter_.Original(SequenceNumber(99)), std::nullopt);
  EXPECT_EQ(rewriter_.Original(SequenceNumber(110)), std::nullopt);
  EXPECT_EQ(rewriter_.Forward(4999), std::nullopt);  // Before the sync point.
}

TEST_F(SequenceRewriterTest, LossKeepsItsGapSoThatTheReceiverCanAsk) {
  rewriter_.Resync(1);
  EXPECT_THAT(rewriter_.Forward(1), Is(100));
  EXPECT_THAT(rewriter_.Forward(4), Is(103));
  EXPECT_THAT(rewriter_.Original(SequenceNumber(101)), Optional(2));
  EXPECT_THAT(rewriter_.Forward(3), Is(102));  // Late.
  EXPECT_THAT(rewriter_.Forward(3), Is(102));  // The same packet, the same number.
  EXPECT_THAT(rewriter_.Forward(5), Is(104));
}

TEST_F(SequenceRewriterTest, DropsLeaveNoGap) {
  rewriter_.Resync(1);
  EXPECT_THAT(rewriter_.Forward(1), Is(100));
  rewriter_.Drop(2);
  rewriter_.Drop(3);
  EXPECT_THAT(rewriter_.Forward(4), Is(101));
  EXPECT_EQ(rewriter_.Forward(2), std::nullopt);
  EXPECT_EQ(rewriter_.Forward(3), std::nullopt);
  EXPECT_THAT(rewriter_.Original(SequenceNumber(100)), Optional(1));
  EXPECT_THAT(rewriter_.Original(SequenceNumber(101)), Optional(4));
}

TEST_F(SequenceRewriterTest, ADropBehindLossKeepsTheMissingPacketsNumbers) {
  rewriter_.Resync(1);
  EXPECT_THAT(rewriter_.Forward(1), Is(100));
  rewriter_.Drop(4);
  EXPECT_THAT(rewriter_.Forward(5), Is(103));
  EXPECT_THAT(rewriter_.Forward(3), Is(102));
  EXPECT_THAT(rewriter_.Forward(2), Is(101));
  EXPECT_EQ(rewriter_.Forward(4), std::nullopt);
}

TEST_F(SequenceRewriterTest, ALateDropChangesNothing) {
  rewriter_.Resync(1);
  EXPECT_THAT(rewriter_.Forward(1), Is(100));
  EXPECT_THAT(rewriter_.Forward(3), Is(102));
  rewriter_.Drop(2);
  rewriter_.Drop(3);
  EXPECT_THAT(rewriter_.Forward(4), Is(103));
}

TEST_F(SequenceRewriterTest, DroppingTheSyncPointMovesIt) {
  rewriter_.Resync(10);
  rewriter_.Drop(10);
  rewriter_.Drop(11);
  EXPECT_THAT(rewriter_.Forward(12), Is(100));
  EXPECT_EQ(rewriter_.Forward(10), std::nullopt);
}

TEST_F(SequenceRewriterTest, ResyncContinuesAfterTheHighestSent) {
  rewriter_.Resync(1);
  EXPECT_THAT(rewriter_.Forward(1), Is(100));
  EXPECT_THAT(rewriter_.Forward(2), Is(101));
  rewriter_.Drop(9);  // 3…8 had numbers kept for them, of which none was sent.
  rewriter_.Resync(-70);
  EXPECT_THAT(rewriter_.Forward(-70), Is(102));
  EXPECT_EQ(rewriter_.Forward(-71), std::nullopt);
  EXPECT_EQ(rewriter_.Original(SequenceNumber(101)), std::nullopt);  // Another stream's.
  EXPECT_THAT(rewriter_.Original(SequenceNumber(102)), Optional(-70));
}

TEST_F(SequenceRewriterTest, ALatePacketBeforeTheSyncPointIsRefusedEvenIfItsNumberWasKept) {
  rewriter_.Resync(1);
  EXPECT_THAT(rewriter_.Forward(1), Is(100));
  EXPECT_THAT(rewriter_.Forward(5), Is(104));
  rewriter_.Resync(8);
  EXPECT_EQ(rewriter_.Forward(3), std::nullopt);
  EXPECT_THAT(rewriter_.Forward(8), Is(105));
}

TEST_F(SequenceRewriterTest, InsertedPacketsTakeTheNextNumberAndHaveNoOriginal) {
  EXPECT_EQ(rewriter_.Insert(), SequenceNumber(100));  // Even before the first sync.
  rewriter_.Resync(1);
  EXPECT_EQ(rewriter_.Insert(), SequenceNumber(101));
  EXPECT_THAT(rewriter_.Forward(1), Is(102));
  EXPECT_EQ(rewriter_.Insert(), SequenceNumber(103));
  EXPECT_EQ(rewriter_.Insert(), SequenceNumber(104));
  EXPECT_THAT(rewriter_.Forward(2), Is(105));
  for (uint16_t own : {100, 101, 103, 104}) EXPECT_EQ(rewriter_.Original(SequenceNumber(own)), std::nullopt);
  EXPECT_THAT(rewriter_.Original(SequenceNumber(102)), Optional(1));
  EXPECT_THAT(rewriter_.Original(SequenceNumber(105)), Optional(2));
}

TEST_F(SequenceRewriterTest, InsertAndDropSideBySideShareNoNumber) {
  rewriter_.Resync(1);
  EXPECT_THAT(rewriter_.Forward(1), Is(100));
  rewriter_.Drop(2);
  EXPECT_EQ(rewriter_.Insert(), SequenceNumber(101));
  rewriter_.Drop(3);
  EXPECT_EQ(rewriter_.Forward(2), std::nullopt);
  EXPECT_EQ(rewriter_.Forward(3), std::nullopt);
  EXPECT_EQ(rewriter_.Original(SequenceNumber(101)), std::nullopt);
  EXPECT_THAT(rewriter_.Forward(4), Is(102));
}

TEST_F(SequenceRewriterTest, ARestartOfTheStreamLeavesNoGap) {
  rewriter_.Resync(1);
  EXPECT_THAT(rewriter_.Forward(1), Is(100));
  EXPECT_THAT(rewriter_.Forward(1 + SequenceRewriter::kMaxDropout), Is(100 + SequenceRewriter::kMaxDropout));
  EXPECT_THAT(rewriter_.Forward(10'000), Is(101 + SequenceRewriter::kMaxDropout));
  EXPECT_EQ(rewriter_.Forward(9'999), std::nullopt);
  rewriter_.Drop(20'000);
  EXPECT_THAT(rewriter_.Forward(20'001), Is(102 + SequenceRewriter::kMaxDropout));
  EXPECT_THAT(rewriter_.Forward(2), Is(101));
}

TEST_F(SequenceRewriterTest, WhatIsTooOldIsRefused) {
  rewriter_.Resync(0);
  EXPECT_THAT(rewriter_.Forward(0), Is(100));
  int64_t in = 2;
  for (; in < SequenceRewriter::kMaxAge; ++in) rewriter_.Forward(in);
  EXPECT_THAT(rewriter_.Forward(1), Is(101));
  EXPECT_THAT(rewriter_.Original(SequenceNumber(100)), Optional(0));
  rewriter_.Forward(in++);
  EXPECT_EQ(rewriter_.Original(SequenceNumber(100)), std::nullopt);
  EXPECT_THAT(rewriter_.Forward(1), Is(101));
  rewriter_.Forward(in++);
  EXPECT_EQ(rewriter_.Forward(1), std::nullopt);
}

TEST_F(SequenceRewriterTest, RunsBeyondTheRingAreForgotten) {
  rewriter_.Resync(0);
  for (int64_t in = 0; in < 400; in += 2) {  // Every second packet is dropped: a run each.
    EXPECT_THAT(rewriter_.Forward(in), Is(static_cast<uint16_t>(100 + in / 2)));
    rewriter_.Drop(in + 1);
  }
  EXPECT_EQ(rewriter_.Original(SequenceNumber(100)), std::nullopt);
  EXPECT_EQ(rewriter_.Forward(0), std::nullopt);
  for (int64_t out = 299; out > 299 - static_cast<int64_t>(SequenceRewriter::kRuns) + 1; --out) {
    EXPECT_THAT(rewriter_.Original(SequenceNumber(static_cast<uint16_t>(out))), Optional((out - 100) * 2));
  }
}

TEST_F(SequenceRewriterTest, ALongDropIsOneRun) {
  rewriter_.Resync(0);
  EXPECT_THAT(rewriter_.Forward(0), Is(100));
  for (int64_t in = 1; in < 500; ++in) rewriter_.Drop(in);
  EXPECT_THAT(rewriter_.Forward(500), Is(101));
  EXPECT_THAT(rewriter_.Original(SequenceNumber(100)), Optional(0));
}

TEST_F(SequenceRewriterTest, WhatIsKnownToBeDroppedTooKeepsNoNumber) {
  rewriter_.Resync(1);
  EXPECT_THAT(rewriter_.Forward(1), Is(100));
  rewriter_.Drop(3);
  rewriter_.DropUpTo(9);
  rewriter_.DropUpTo(5);
  EXPECT_THAT(rewriter_.Forward(10), Is(102));
  EXPECT_THAT(rewriter_.Forward(2), Is(101));
  EXPECT_EQ(rewriter_.Forward(7), std::nullopt);
}

TEST_F(SequenceRewriterTest, AStreamMayGoOnForEver) {
  rewriter_.Resync(0);
  int64_t in = 0;
  while (in < int64_t{5} << 31) {
    ASSERT_THAT(rewriter_.Forward(in), Is(static_cast<uint16_t>(100 + in)));
    in += 2999;
  }
  in -= 2999;
  EXPECT_THAT(rewriter_.Forward(in - 1), Is(static_cast<uint16_t>(99 + in)));
  EXPECT_THAT(rewriter_.Original(SequenceNumber(static_cast<uint16_t>(100 + in))), Optional(in));
}

// The same mapping with memory for every packet: what was given to whom, without any limit.
class NaiveRewriter {
 public:
  explicit NaiveRewriter(int64_t first_out) : next_out_(first_out), first_unsent_(first_out) {}

  void Resync(int64_t in) {
    outs_.clear();
    ins_.clear();
    next_out_ = first_unsent_;
    highest_in_ = in - 1;
    sync_ = in;
    runs_ = 1;
  }
  void Drop(int64_t in) {
    if (in <= highest_in_) return;
    ReserveBefore(in);
    highest_in_ = in;
    ++runs_;
  }
  std::optional<int64_t> Forward(int64_t in) {
    if (in > highest_in_) {
      ReserveBefore(in);
      Give(in);
    }
    auto it = outs_.find(in);
    if (in < sync_ || it == outs_.end()) return std::nullopt;
    first_unsent_ = std::max(first_unsent_, it->second + 1);
    return it->second;
  }
  int64_t Insert() {
    ++runs_;
    first_unsent_ = next_out_ + 1;
    return next_out_++;
  }
  std::optional<int64_t> Original(int64_t out) const {
    auto it = ins_.find(out);
    if (it == ins_.end() || out >= first_unsent_) return std::nullopt;
    return it->second;
  }
  int64_t highest_in() const { return highest_in_; }
  int64_t next_out() const { return next_out_; }
  // An upper bound of the runs there are since the sync.
  size_t runs() const { return runs_; }

 private:
  void Give(int64_t in) {
    ins_[next_out_] = in;
    outs_[in] = next_out_++;
    highest_in_ = in;
  }
  void ReserveBefore(int64_t in) {
    if (in - highest_in_ > SequenceRewriter::kMaxDropout) {
      highest_in_ = in - 1;
      ++runs_;
    }
    while (highest_in_ < in - 1) Give(highest_in_ + 1);
  }

  std::map<int64_t, int64_t> outs_, ins_;
  int64_t next_out_, first_unsent_;
  int64_t highest_in_ = 0;
  int64_t sync_ = 0;
  size_t runs_ = 0;
};

struct Mix {
  const char* name;
  double drop, insert, resync, late, jump;
};

class SequenceRewriterPropertyTest : public testing::TestWithParam<Mix> {};

// Random calls: the rewriter agrees with the naive one wherever it still remembers, and no number goes out
// for two packets as long as a receiver could mistake them.
TEST_P(SequenceRewriterPropertyTest, AgreesWithMemoryForEveryPacket) {
  for (unsigned seed = 0; seed < 8; ++seed) {
    std::mt19937 random(seed);
    auto chance = [&random](double p) { return std::uniform_real_distribution<>(0, 1)(random) < p; };
    auto below = [&random](int64_t n) { return std::uniform_int_distribution<int64_t>(0, n - 1)(random); };
    const auto first = static_cast<uint16_t>(random());
    SequenceRewriter rewriter{SequenceNumber(first)};
    NaiveRewriter naive(first);
    int64_t epoch = 0;
    // What each number was last used for: stream epoch and packet (or our own), and its unwrapped value.
    using User = std::pair<int64_t, int64_t>;
    std::map<uint16_t, std::pair<User, int64_t>> users;
    auto use = [&](SequenceNumber number, User user, int64_t out) {
      auto it = users.find(number.value());
      if (it != users.end() && it->second.first != user) {
        ASSERT_GE(out - it->second.second, 65536) << "seed " << seed;
      }
      users[number.value()] = {user, out};
    };
    auto resync = [&](int64_t in) {
      rewriter.Resync(in);
      naive.Resync(in);
      ++epoch;
    };
    resync(below(1 << 20));
    for (int step = 0; step < 5000; ++step) {
      if (chance(GetParam().resync)) resync(naive.highest_in() + below(2000) - 1000);
      if (chance(GetParam().insert)) {
        int64_t out = naive.Insert();
        SequenceNumber number = rewriter.Insert();
        ASSERT_EQ(number.value(), static_cast<uint16_t>(out));
        use(number, {-1, out}, out);
        continue;
      }
      int64_t in = naive.highest_in() + 1 + (chance(0.1) ? below(20) : 0);
      if (chance(GetParam().late)) in = naive.highest_in() - below(50);
      if (chance(GetParam().jump)) in += below(5000);
      if (chance(GetParam().drop)) {
        rewriter.Drop(in);
        naive.Drop(in);
      } else {
        auto expected = naive.Forward(in);
        auto number = rewriter.Forward(in);
        const bool remembered = naive.runs() < SequenceRewriter::kRuns;
        if (number) {
          ASSERT_TRUE(expected);
          ASSERT_EQ(number->value(), static_cast<uint16_t>(*expected)) << "seed " << seed << " step " << step;
          use(*number, {epoch, in}, *expected);
        } else if (remembered) {
          ASSERT_FALSE(expected) << "seed " << seed << " step " << step;
        }
      }
      int64_t asked = naive.next_out() + 10 - below(100);
      auto original = rewriter.Original(SequenceNumber(static_cast<uint16_t>(asked)));
      if (original || naive.runs() < SequenceRewriter::kRuns) {
        ASSERT_EQ(original, naive.Original(asked)) << "seed " << seed << " step " << step;
      }
    }
    EXPECT_GT(users.size(), 1000u);
  }
}

INSTANTIATE_TEST_SUITE_P(Mixes, SequenceRewriterPropertyTest,
                         testing::Values(Mix{"InOrder", 0, 0, 0, 0, 0}, Mix{"Reordered", 0, 0, 0, 0.3, 0},
                                         Mix{"Drops", 0.3, 0, 0, 0.2, 0},
                                         Mix{"RareDrops", 0.004, 0.002, 0, 0.3, 0},
                                         Mix{"Padding", 0.2, 0.2, 0, 0.2, 0},
                                         Mix{"Switches", 0.2, 0.05, 0.02, 0.2, 0},
                                         Mix{"Jumps", 0.1, 0.05, 0.01, 0.2, 0.05}),
                         [](const auto& tested) { return tested.param.name; });

}  // namespace
}  // namespace sluice::rtp
