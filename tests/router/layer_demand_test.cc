#include "router/layer_demand.h"

#include <gtest/gtest.h>

#include "tests/router/recording_port.h"

namespace sluice::router {
namespace {

using rtp::Layers;

class LayerDemandTest : public ::testing::Test {
 protected:
  static constexpr TimeDelta kPatience = LayerDemand::kPatience;

  static WantedLayers Only(size_t encoding, Layers layers = {0, 0}) {
    WantedLayers wanted;
    wanted.Add(encoding, layers);
    return wanted;
  }
  bool Want(const WantedLayers& wanted) { return Want(&sink_, wanted); }
  bool Want(const PacketSink* sink, const WantedLayers& wanted) {
    demand_.Set(sink, wanted);
    return demand_.Update(now_, paused_);
  }
  // Time passes, and timeouts are kept. How often something was told.
  int Wait(TimeDelta time) {
    const Timestamp end = now_ + time;
    int told = 0;
    while (demand_.NextTimeout() <= end) {
      now_ = demand_.NextTimeout();
      told += demand_.Update(now_, paused_) ? 1 : 0;
    }
    now_ = end;
    return told;
  }
  // Nothing is left of what was told at first.
  void Settle(const WantedLayers& wanted) {
    Want(wanted);
    Wait(kPatience * 2);
    ASSERT_EQ(demand_.told(), wanted);
  }

  Timestamp now_ = Timestamp::Seconds(100);
  RecordingSink sink_, other_;
  bool paused_ = false;
  LayerDemand demand_{3};
};

TEST_F(LayerDemandTest, AProducerThatNobodyWatchesIsToldSoAfterAWhile) {
  EXPECT_EQ(demand_.told(), WantedLayers::Everything(3));
  EXPECT_FALSE(demand_.Update(now_, false));
  EXPECT_EQ(demand_.NextTimeout(), now_ + kPatience);
  EXPECT_EQ(Wait(kPatience), 1);
  EXPECT_TRUE(demand_.told().empty());
  EXPECT_EQ(demand_.NextTimeout(), Timestamp::Never());
}

TEST_F(LayerDemandTest, MoreIsToldAtOnceAndLessAfterAWhile) {
  Settle(Only(0));
  EXPECT_TRUE(Want(Only(2, {0, 1})));
  WantedLayers both = Only(0);
  both.Add(2, {0, 1});
  EXPECT_EQ(demand_.told(), both);
  EXPECT_EQ(Wait(kPatience - TimeDelta::Millis(1)), 0);
  EXPECT_EQ(Wait(TimeDelta::Millis(1)), 1);
  EXPECT_EQ(demand_.told(), Only(2, {0, 1}));
}

TEST_F(LayerDemandTest, ABriefChangeIsNotTold) {
  Settle(Only(2));
  WantedLayers both = Only(2);
  both.Add(0, {0, 0});
  Want(both);
  ASSERT_EQ(demand_.told(), both);
  for (int i = 0; i < 10; ++i) {
    EXPECT_FALSE(Want(Only(0)));
    EXPECT_EQ(Wait(kPatience - TimeDelta::Millis(1)), 0);
    EXPECT_FALSE(Want(both));
    EXPECT_EQ(demand_.NextTimeout(), Timestamp::Never());
  }
}

// Somebody wanted more for a moment; that moment counts for as long as any other.
TEST_F(LayerDemandTest, WhatWasWantedMeanwhileIsToldFirst) {
  Settle(Only(0, {2, 2}));
  Want({});
  Wait(kPatience / 2);
  EXPECT_FALSE(Want(Only(0, {1, 0})));
  EXPECT_FALSE(Want({}));
  EXPECT_EQ(Wait(kPatience / 2), 1);
  EXPECT_EQ(demand_.told(), Only(0, {1, 0}));
  EXPECT_EQ(Wait(kPatience), 1);
  EXPECT_TRUE(demand_.told().empty());
}

TEST_F(LayerDemandTest, EncodingsFallEachInItsOwnTime) {
  Settle(WantedLayers::Everything(3));
  WantedLayers two = Only(0, rtp::LayerSet::kHighest);
  two.Add(1, rtp::LayerSet::kHighest);
  Want(two);
  Wait(kPatience / 2);
  Want(Only(0, rtp::LayerSet::kHighest));
  EXPECT_EQ(Wait(kPatience / 2), 1);
  EXPECT_EQ(demand_.told(), two);
  EXPECT_EQ(Wait(kPatience / 2), 1);
  EXPECT_EQ(demand_.told(), Only(0, rtp::LayerSet::kHighest));
}

TEST_F(LayerDemandTest, ItIsThatOfAllSinks) {
  Settle(Only(0));
  EXPECT_TRUE(Want(&other_, Only(1)));
  EXPECT_EQ(demand_.told().Of(1), (Layers{0, 0}));
  demand_.Remove(&sink_);
  EXPECT_FALSE(demand_.Update(now_, paused_));
  EXPECT_EQ(Wait(kPatience), 1);
  EXPECT_EQ(demand_.told(), Only(1));
}

TEST_F(LayerDemandTest, OfAPausedProducerNothingIsWanted) {
  Settle(Only(1));
  paused_ = true;
  EXPECT_FALSE(demand_.Update(now_, paused_));
  EXPECT_EQ(Wait(kPatience), 1);
  EXPECT_TRUE(demand_.told().empty());
  paused_ = false;
  EXPECT_TRUE(demand_.Update(now_, paused_));
  EXPECT_EQ(demand_.told(), Only(1));
}

}  // namespace
}  // namespace sluice::router
