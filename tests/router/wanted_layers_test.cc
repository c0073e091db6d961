#include "router/wanted_layers.h"

#include <gtest/gtest.h>

namespace sluice::router {
namespace {

using rtp::Layers;

TEST(WantedLayersTest, AtFirstNothingIsWanted) {
  EXPECT_TRUE(WantedLayers().empty());
  EXPECT_EQ(WantedLayers().Of(0), std::nullopt);
}

TEST(WantedLayersTest, EverythingIsAllLayersOfThoseEncodingsThatThereAre) {
  const WantedLayers everything = WantedLayers::Everything(2);
  EXPECT_EQ(everything.Of(1), rtp::LayerSet::kHighest);
  EXPECT_EQ(everything.Of(2), std::nullopt);
}

TEST(WantedLayersTest, WhatSeveralWantIsTheHighestOfEachKindOfLayer) {
  WantedLayers wanted;
  wanted.Add(0, {0, 2});
  wanted.Add(0, {1, 0});
  EXPECT_EQ(wanted.Of(0), (Layers{1, 2}));
  WantedLayers others;
  others.Add(0, {2, 1});
  others.Add(2, {0, 0});
  wanted.Add(others);
  EXPECT_EQ(wanted.Of(0), (Layers{2, 2}));
  EXPECT_EQ(wanted.Of(1), std::nullopt);
  EXPECT_EQ(wanted.Of(2), (Layers{0, 0}));
}

TEST(WantedLayersTest, EncodingsThatThereIsNoRoomForAreIgnored) {
  WantedLayers wanted;
  wanted.Add(WantedLayers::kMaxEncodings, {1, 1});
  wanted.Set(SIZE_MAX, Layers{1, 1});
  EXPECT_TRUE(wanted.empty());
  EXPECT_EQ(wanted.Of(SIZE_MAX), std::nullopt);
}

}  // namespace
}  // namespace sluice::router
