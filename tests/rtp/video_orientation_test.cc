#include "rtp/video_orientation.h"

#include <gtest/gtest.h>

#include <array>

namespace sluice::rtp {
namespace {

std::optional<VideoOrientation> Parse(uint8_t octet) {
  const std::array<uint8_t, 1> element = {octet};
  return VideoOrientation::Parse(element);
}

TEST(VideoOrientationTest, ReadsItsOctet) {
  EXPECT_EQ(Parse(0x00), (VideoOrientation{.camera = false, .flip = false, .rotation = 0}));
  EXPECT_EQ(Parse(0x01), (VideoOrientation{.camera = false, .flip = false, .rotation = 90}));
  EXPECT_EQ(Parse(0x0a), (VideoOrientation{.camera = true, .flip = false, .rotation = 180}));
  EXPECT_EQ(Parse(0x0f), (VideoOrientation{.camera = true, .flip = true, .rotation = 270}));
  EXPECT_EQ(Parse(0xf4), (VideoOrientation{.camera = false, .flip = true, .rotation = 0}));
}

TEST(VideoOrientationTest, IsNotThereWithoutAnElement) { EXPECT_FALSE(VideoOrientation::Parse({})); }

}  // namespace
}  // namespace sluice::rtp
