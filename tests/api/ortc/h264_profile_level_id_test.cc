#include "api/ortc/h264_profile_level_id.h"

#include <gtest/gtest.h>

#include <string>

namespace sluice::api {
namespace {

using Profile = H264Profile;
using Level = H264Level;

TEST(H264ProfileLevelIdTest, ProfilesAreToldByTheirConstraintBits) {
  struct Case {
    const char* text;
    Profile profile;
  };
  for (const Case& c :
       {Case{"42e01f", Profile::kConstrainedBaseline}, Case{"42c02a", Profile::kConstrainedBaseline},
        Case{"4de01f", Profile::kConstrainedBaseline}, Case{"58f01f", Profile::kConstrainedBaseline},
        Case{"42001f", Profile::kBaseline}, Case{"58a01f", Profile::kBaseline},
        Case{"4d001f", Profile::kMain}, Case{"4D401F", Profile::kMain}, Case{"64001f", Profile::kHigh},
        Case{"640c1f", Profile::kConstrainedHigh}, Case{"f4001f", Profile::kPredictiveHigh444}}) {
    auto parsed = H264ProfileLevelId::Parse(c.text);
    ASSERT_TRUE(parsed) << c.text;
    EXPECT_EQ(parsed->profile, c.profile) << c.text;
  }
}

TEST(H264ProfileLevelIdTest, LevelOneBIsToldByConstraintSet3) {
  EXPECT_EQ(H264ProfileLevelId::Parse("42f00b")->level, Level::k1b);
  EXPECT_EQ(H264ProfileLevelId::Parse("42e00b")->level, Level::k11);
  EXPECT_EQ(H264ProfileLevelId::Parse("42e034")->level, Level::k52);
}

TEST(H264ProfileLevelIdTest, UnknownOrMalformedIsRefused) {
  for (const char* text : {"", "42e01", "42e01f0", "42e0zz", "000000", "42e000", "42e0ff", "ff001f", "64001g",
                           "+2e01f", "0x42e0", "58601f"}) {
    EXPECT_FALSE(H264ProfileLevelId::Parse(text)) << text;
  }
}

TEST(H264ProfileLevelIdTest, CanonicalSpellingRoundTrips) {
  for (const char* text :
       {"42e01f", "42000a", "4d0028", "640034", "640c2a", "f4001e", "42f00b", "42100b", "4d100b"}) {
    EXPECT_EQ(H264ProfileLevelId::Parse(text)->ToString(), text);
  }
  EXPECT_EQ(H264ProfileLevelId::Parse("42c01f")->ToString(), "42e01f");
}

TEST(H264ProfileLevelIdTest, LevelOneBExistsOnlyForTheLowProfiles) {
  EXPECT_EQ((H264ProfileLevelId{Profile::kHigh, Level::k1b}.ToString()), std::nullopt);
  EXPECT_NE((H264ProfileLevelId{Profile::kMain, Level::k1b}.ToString()), std::nullopt);
}

TEST(H264ProfileLevelIdTest, LevelOneBStandsBetweenOneAndOneOne) {
  EXPECT_EQ(LowerLevel(Level::k1b, Level::k1), Level::k1);
  EXPECT_EQ(LowerLevel(Level::k1b, Level::k11), Level::k1b);
  EXPECT_EQ(LowerLevel(Level::k11, Level::k1b), Level::k1b);
  EXPECT_EQ(LowerLevel(Level::k31, Level::k52), Level::k31);
}

}  // namespace
}  // namespace sluice::api
