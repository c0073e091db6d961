#include "bench/load/video_shape.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <vector>

namespace sluice::load {
namespace {

std::vector<PacketShape> Next(VideoShape& shape, bool key_frame_wanted = false) {
  std::vector<PacketShape> packets;
  shape.NextFrame(key_frame_wanted, &packets);
  return packets;
}

TEST(VideoShapeTest, CutsAFrameAsBrowsersDo) {
  VideoShape shape({.packets_per_frame = {5}}, 1);
  bool sizes_vary_between_frames = false, sizes_vary_within_frames = false;
  size_t first_frame = 0;
  for (int i = 0; i < 100; ++i) {
    std::vector<PacketShape> packets = Next(shape);
    size_t total = 0;
    for (size_t k = 0; k < packets.size(); ++k) {
      total += packets[k].payload_size;
      EXPECT_GE(packets[k].payload_size, packets[0].payload_size) << "the larger ones last";
      EXPECT_LE(packets[k].payload_size, packets[0].payload_size + 1);
      EXPECT_EQ(packets[k].first, k == 0);
      EXPECT_EQ(packets[k].last, k + 1 == packets.size());
    }
    sizes_vary_within_frames |= packets.back().payload_size != packets.front().payload_size;
    if (i == 1) first_frame = total;
    sizes_vary_between_frames |= i > 1 && !packets[0].key_frame && total != first_frame;
  }
  EXPECT_TRUE(sizes_vary_between_frames);
  EXPECT_TRUE(sizes_vary_within_frames);
}

TEST(VideoShapeTest, CutsEvenlyWhenAsked) {
  VideoShape shape({.packets_per_frame = {8}, .payload_size = 1000, .equal_sizes = true}, 1);
  for (int i = 0; i < 10; ++i) {
    for (const PacketShape& packet : Next(shape)) EXPECT_EQ(packet.payload_size, 1000u);
  }
}

TEST(VideoShapeTest, LeavesWithinItsSpread) {
  VideoShape shape({.packets_per_frame = {5}, .key_frame_scale = 1, .spread = TimeDelta::Micros(400)}, 1);
  std::vector<PacketShape> packets = Next(shape);
  ASSERT_EQ(packets.size(), 5u);
  for (size_t i = 0; i < 5; ++i) EXPECT_EQ(packets[i].offset, TimeDelta::Micros(100) * i);
  VideoShape single({.packets_per_frame = {1}, .key_frame_scale = 1}, 1);
  EXPECT_EQ(Next(single).at(0).offset, TimeDelta::Zero());
}

TEST(VideoShapeTest, TakesTheNumbersOfPacketsInTurn) {
  VideoShape shape({.packets_per_frame = {4, 5}, .key_frame_scale = 1}, 1);
  for (int i = 0; i < 6; ++i) EXPECT_EQ(Next(shape).size(), i % 2 == 0 ? 4u : 5u);
}

TEST(VideoShapeTest, BeginsWithAKeyFrameAndRepeatsItInTimeAndOnRequest) {
  VideoShape shape({.fps = 30,
                    .packets_per_frame = {4},
                    .key_frame_scale = 3,
                    .key_frame_interval = TimeDelta::Seconds(2)},
                   1);
  std::vector<int> key_frames;
  for (int i = 0; i < 150; ++i) {
    std::vector<PacketShape> packets = Next(shape, i == 20);
    if (packets[0].key_frame) key_frames.push_back(i);
    EXPECT_EQ(packets.size(), packets[0].key_frame ? 12u : 4u);
  }
  EXPECT_EQ(key_frames, (std::vector<int>{0, 20, 80, 140}));
}

TEST(VideoShapeTest, FramesDoNotDrift) {
  VideoShape shape({.fps = 30}, 1);
  EXPECT_EQ(shape.FrameTime(30 * 3600), TimeDelta::Seconds(3600));
}

TEST(VideoShapeTest, SimulcastLayersHaveHalfThePacketsOfTheNext) {
  VideoShapeOptions full{.packets_per_frame = {8, 5}};
  EXPECT_EQ(SimulcastLayer(full, 2, 3).packets_per_frame, (std::vector<int>{8, 5}));
  EXPECT_EQ(SimulcastLayer(full, 1, 3).packets_per_frame, (std::vector<int>{4, 2}));
  EXPECT_EQ(SimulcastLayer(full, 0, 3).packets_per_frame, (std::vector<int>{2, 1}));
  EXPECT_EQ(SimulcastLayer({.packets_per_frame = {1}}, 0, 3).packets_per_frame, (std::vector<int>{1}));
}

}  // namespace
}  // namespace sluice::load
