#include "rtp/layers.h"

#include <gtest/gtest.h>

namespace sluice::rtp {
namespace {

TEST(LayersTest, AreWithinOthersInBothDirections) {
  EXPECT_TRUE((Layers{1, 2}).IsWithin({1, 2}));
  EXPECT_FALSE((Layers{2, 0}).IsWithin({1, 2}));
  EXPECT_FALSE((Layers{0, 3}).IsWithin({1, 2}));
  EXPECT_EQ((Layers{3, 1}).LimitedTo({2, 5}), (Layers{2, 1}));
}

TEST(LayerSetTest, FromHoldsAllChoicesThatReachTheLayers) {
  for (uint8_t s = 0; s < LayerSet::kSpatial; ++s) {
    for (uint8_t t = 0; t < LayerSet::kTemporal; ++t) {
      const Layers choice = {s, t};
      EXPECT_EQ(LayerSet::From({1, 2}).Has(choice), s >= 1 && t >= 2);
      EXPECT_EQ(LayerSet::SpatialFrom({1, 2}).Has(choice), s == 1 && t >= 2);
      EXPECT_EQ(LayerSet::Temporal(2).Has(choice), t == 2);
      EXPECT_EQ(LayerSet::Only({1, 2}).Has(choice), s == 1 && t == 2);
      EXPECT_TRUE(LayerSet::All().Has(choice));
      EXPECT_FALSE(LayerSet().Has(choice));
    }
  }
}

TEST(LayerSetTest, LayersBeyondTheLimitsCountAsTheHighest) {
  EXPECT_TRUE(LayerSet::From({200, 200}).Has(LayerSet::kHighest));
  EXPECT_FALSE(LayerSet::From({200, 200}).Has({3, 6}));
  EXPECT_TRUE(LayerSet::SpatialFrom({3, 0}).Has({7, 9}));
}

TEST(LayerSetTest, Combines) {
  const LayerSet both = LayerSet::From({1, 0}) & LayerSet::From({0, 2});
  EXPECT_EQ(both, LayerSet::From({1, 2}));
  EXPECT_EQ(LayerSet::Only({0, 0}) | LayerSet::From({0, 1}) | LayerSet::From({1, 0}), LayerSet::All());
  EXPECT_TRUE((LayerSet::Only({0, 0}) & LayerSet::Only({0, 1})).empty());
}

}  // namespace
}  // namespace sluice::rtp
