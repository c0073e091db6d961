#include "api/ortc/scalability_mode.h"

#include <gtest/gtest.h>

namespace sluice::api {
namespace {

TEST(ScalabilityModeTest, LayersAndKeyDependencyAreRead) {
  EXPECT_EQ(ParseScalabilityMode("L1T3"), (ScalabilityMode{1, 3, false}));
  EXPECT_EQ(ParseScalabilityMode("L3T3_KEY"), (ScalabilityMode{3, 3, true}));
  EXPECT_EQ(ParseScalabilityMode("S2T1"), (ScalabilityMode{2, 1, false}));
  EXPECT_EQ(ParseScalabilityMode("L30T99"), (ScalabilityMode{30, 99, false}));
}

TEST(ScalabilityModeTest, WhatFollowsTheModeIsNotLookedAt) {
  EXPECT_EQ(ParseScalabilityMode("L2T2h"), (ScalabilityMode{2, 2, false}));
  EXPECT_EQ(ParseScalabilityMode("L3T2_KEY_SHIFT"), (ScalabilityMode{3, 2, true}));
}

TEST(ScalabilityModeTest, AnythingElseIsOneLayer) {
  for (const char* text : {"", "L", "L1", "L1T", "T1", "L0T1", "L1T0", "L01T1", "l1t3", "M1T3", "L123T1",
                           " L1T3", "LT", "L-1T1", "L1 T3"}) {
    EXPECT_EQ(ParseScalabilityMode(text), ScalabilityMode{}) << text;
  }
}

TEST(ScalabilityModeTest, MadeModesCanBeRead) {
  EXPECT_EQ(MakeScalabilityMode(3, 2), "L3T2");
  EXPECT_EQ(ParseScalabilityMode(MakeScalabilityMode(16, 3)), (ScalabilityMode{16, 3, false}));
}

}  // namespace
}  // namespace sluice::api
