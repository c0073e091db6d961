#include "rtp/video_layers_allocation.h"

#include <gtest/gtest.h>

#include "tests/rtp/rtp_packets.h"

namespace sluice::rtp {
namespace {

TEST(VideoLayersAllocationTest, ReadsTheSameLayersForAllStreams) {
  auto allocation = VideoLayersAllocation::Parse(Octets{0x40 | 0x20 | 0x01, 0x00, 1, 2, 3});
  ASSERT_TRUE(allocation);
  EXPECT_EQ(allocation->stream, 1);
  EXPECT_EQ(allocation->stream_count, 3);
  for (size_t i = 0; i < 3; ++i) EXPECT_EQ(allocation->spatial_layers[i], 1);
}

TEST(VideoLayersAllocationTest, ReadsTheLayersOfEachStream) {
  auto allocation = VideoLayersAllocation::Parse(Octets{0x20, 0x17, 0x00, 0x00});
  ASSERT_TRUE(allocation);
  EXPECT_EQ(allocation->stream_count, 3);
  EXPECT_EQ(allocation->spatial_layers[0], 1);
  EXPECT_EQ(allocation->spatial_layers[1], 7);
  EXPECT_EQ(allocation->spatial_layers[2], 0);
}

TEST(VideoLayersAllocationTest, ALoneZeroMeansNothingIsSent) {
  auto allocation = VideoLayersAllocation::Parse(Octets{0});
  ASSERT_TRUE(allocation);
  EXPECT_EQ(allocation->stream_count, 1);
  EXPECT_EQ(allocation->spatial_layers[0], 0);
}

TEST(VideoLayersAllocationTest, RefusesWhatIsCutOff) {
  EXPECT_FALSE(VideoLayersAllocation::Parse(Octets{}));
  EXPECT_FALSE(VideoLayersAllocation::Parse(Octets{0x20}));
  EXPECT_FALSE(VideoLayersAllocation::Parse(Octets{0x20, 0x11}));
}

}  // namespace
}  // namespace sluice::rtp
