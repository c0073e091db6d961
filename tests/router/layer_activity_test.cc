#include "router/layer_activity.h"

#include <gtest/gtest.h>

namespace sluice::router {
namespace {

class LayerActivityTest : public ::testing::Test {
 protected:
  // A picture of each of the layers (a bit each); true if what is coming has changed.
  bool Picture(TimeDelta interval, uint8_t layers) {
    now_ += interval;
    timestamp_ += 3000;
    bool changed = false;
    for (uint8_t layer = 0; layer < 8; ++layer) {
      if (layers >> layer & 1) changed |= activity_.HandlePacket(now_, layer, timestamp_);
    }
    return changed;
  }
  // How long the layers go on until the others count as gone.
  TimeDelta UntilGone(TimeDelta interval, uint8_t layers, uint8_t gone) {
    const Timestamp start = now_;
    for (int i = 0; i < 1'000 && activity_.Has(gone); ++i) Picture(interval, layers);
    return now_ - start;
  }

  Timestamp now_ = Timestamp::Seconds(10);
  uint32_t timestamp_ = 0;
  LayerActivity activity_{false};
};

TEST_F(LayerActivityTest, ALayerComesWithItsFirstPacket) {
  EXPECT_FALSE(activity_.Has(1));
  EXPECT_TRUE(Picture(TimeDelta::Millis(33), 0b010));
  EXPECT_TRUE(activity_.Has(1));
  EXPECT_FALSE(activity_.Has(0));
  EXPECT_FALSE(Picture(TimeDelta::Millis(33), 0b010));
}

TEST_F(LayerActivityTest, WhereLayersAreExpectedTheyComeUnlessTheyDoNot) {
  activity_ = LayerActivity(true);
  EXPECT_TRUE(activity_.Has(2));
  const TimeDelta time = UntilGone(TimeDelta::Millis(33), 0b011, 2);
  EXPECT_FALSE(activity_.Has(2));
  EXPECT_LE(time, TimeDelta::Millis(1600));
}

TEST_F(LayerActivityTest, AFastLayerIsMissedSoon) {
  for (int i = 0; i < 60; ++i) Picture(TimeDelta::Millis(33), 0b111);
  const TimeDelta time = UntilGone(TimeDelta::Millis(33), 0b011, 2);
  EXPECT_GE(time, TimeDelta::Millis(250));
  EXPECT_LE(time, TimeDelta::Millis(350));
  EXPECT_TRUE(activity_.Has(0));
  EXPECT_TRUE(activity_.Has(1));
}

TEST_F(LayerActivityTest, ASlowLayerIsGivenMoreTime) {
  for (int i = 0; i < 60; ++i) Picture(TimeDelta::Millis(200), 0b11);
  const TimeDelta time = UntilGone(TimeDelta::Millis(200), 0b01, 1);
  EXPECT_GE(time, TimeDelta::Millis(1500));
  EXPECT_LE(time, TimeDelta::Millis(1900));
}

TEST_F(LayerActivityTest, ItIsBackWithItsNextPacket) {
  for (int i = 0; i < 60; ++i) Picture(TimeDelta::Millis(33), 0b11);
  UntilGone(TimeDelta::Millis(33), 0b01, 1);
  EXPECT_TRUE(Picture(TimeDelta::Millis(33), 0b11));
  EXPECT_TRUE(activity_.Has(1));
}

TEST_F(LayerActivityTest, SilenceOfAllSaysNothingAboutOne) {
  for (int i = 0; i < 60; ++i) Picture(TimeDelta::Millis(33), 0b111);
  now_ += TimeDelta::Seconds(5);
  for (int i = 0; i < 60; ++i) EXPECT_FALSE(Picture(TimeDelta::Millis(33), 0b111));
}

TEST_F(LayerActivityTest, WhatThePublisherNoLongerSendsIsGoneAtOnce) {
  Picture(TimeDelta::Millis(33), 0b111);
  EXPECT_FALSE(activity_.HandleAnnouncement(0b111));
  EXPECT_TRUE(activity_.HandleAnnouncement(0b011));
  EXPECT_FALSE(activity_.Has(2));
  EXPECT_FALSE(activity_.HandleAnnouncement(0b111));  // It comes with its packets.
  EXPECT_FALSE(activity_.Has(2));
}

TEST_F(LayerActivityTest, LayersBeyondTheLimitCountAsTheLast) {
  EXPECT_TRUE(activity_.HandlePacket(now_, 200, 1));
  EXPECT_TRUE(activity_.Has(LayerActivity::kMaxLayers - 1));
}

}  // namespace
}  // namespace sluice::router
