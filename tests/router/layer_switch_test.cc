#include "router/layer_switch.h"

#include <gtest/gtest.h>

namespace sluice::router {
namespace {

using rtp::FrameInfo;
using rtp::Layers;
using rtp::LayerSet;

// A picture of the lowest layers, on earlier ones of its kind, where nobody can go up.
FrameInfo Plain() { return {.frame_start = true, .picture_start = true}; }

TEST(LayerSwitchTest, StaysWhereItIsWithoutAReason) {
  EXPECT_EQ(ChooseLayers(Plain(), {0, 1}, {0, 1}), (Layers{0, 1}));
  EXPECT_EQ(ChooseLayers(Plain(), {0, 1}, {0, 2}), (Layers{0, 1}));
}

TEST(LayerSwitchTest, GoesUpWhereTheFrameSaysSo) {
  FrameInfo frame = Plain();
  frame.switchable = LayerSet::All();
  EXPECT_EQ(ChooseLayers(frame, {0, 0}, {2, 2}), (Layers{2, 2}));
}

TEST(LayerSwitchTest, DoesNotGoToWhatDoesNotNeedTheFrame) {
  FrameInfo frame = Plain();
  frame.switchable = LayerSet::All();
  frame.needed = LayerSet::From({0, 1});
  EXPECT_EQ(ChooseLayers(frame, {0, 2}, {0, 0}), (Layers{0, 2}));
}

TEST(LayerSwitchTest, GoesNowhereFromAFrameThatItCannotDecode) {
  FrameInfo frame = Plain();
  frame.switchable = LayerSet::All();
  frame.decodable = LayerSet::From({1, 0});
  EXPECT_EQ(ChooseLayers(frame, {0, 0}, {1, 0}), (Layers{0, 0}));
}

TEST(LayerSwitchTest, GoesDownWithAFrameThatBothNeed) {
  EXPECT_EQ(ChooseLayers(Plain(), {2, 2}, {0, 1}), (Layers{0, 1}));
  FrameInfo own = Plain();  // Each spatial layer for itself.
  own.needed = LayerSet::SpatialFrom({0, 0});
  EXPECT_EQ(ChooseLayers(own, {2, 2}, {0, 2}), (Layers{2, 2}));
}

TEST(LayerSwitchTest, ClimbsTemporalLayersOneByOne) {
  FrameInfo frame = Plain();
  frame.needed = LayerSet::From({0, 1});
  frame.decodable = LayerSet::From({0, 0});
  frame.switchable = LayerSet::Temporal(1);
  EXPECT_EQ(ChooseLayers(frame, {3, 0}, {3, 2}), (Layers{3, 1}));
}

TEST(LayerSwitchTest, WhatHoldsForTemporalLayersDoesNotMoveTheSpatialOne) {
  FrameInfo frame = Plain();
  frame.switchable = LayerSet::All();
  frame.keeps_spatial = true;
  EXPECT_EQ(ChooseLayers(frame, {0, 0}, {2, 2}), (Layers{0, 2}));
}

TEST(LayerSwitchTest, InsideAPictureOnlyTheTemporalLayerChanges) {
  FrameInfo frame = Plain();
  frame.picture_start = false;
  frame.switchable = LayerSet::All();
  EXPECT_EQ(ChooseLayers(frame, {1, 0}, {2, 2}), (Layers{1, 2}));
  EXPECT_EQ(ChooseLayers(frame, {1, 2}, {0, 0}), (Layers{1, 0}));
  EXPECT_EQ(ChooseLayers(frame, {1, 0}, {2, 0}), (Layers{1, 0}));
}

TEST(LayerSwitchTest, TakesTheHalfThatCanBeHad) {
  // Temporal layers can be left although the spatial one cannot be changed.
  FrameInfo frame = Plain();
  frame.needed = LayerSet::SpatialFrom({1, 0});
  EXPECT_EQ(ChooseLayers(frame, {1, 2}, {0, 0}), (Layers{1, 0}));
}

}  // namespace
}  // namespace sluice::router
