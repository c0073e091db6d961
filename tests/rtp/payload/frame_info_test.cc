#include "rtp/payload/frame_info.h"

#include <gmock/gmock.h>

#include "tests/rtp/rtp_packets.h"

namespace sluice::rtp {
namespace {

constexpr auto None = [] { return Octets{}; };

TEST(FrameInfoTest, Vp8) {
  FrameInfo key = ReadFrameInfo(Codec::kVp8, Octets{0x90, 0xe0, 0x81, 0x02, 0x03, 0x00, 0x10}, None());
  EXPECT_TRUE(key.key_frame);
  EXPECT_TRUE(key.frame_start);
  EXPECT_EQ(key.temporal_layer, 0);
  FrameInfo delta = ReadFrameInfo(Codec::kVp8, Octets{0x90, 0xe0, 0x81, 0x02, 0x03, 0x80, 0x11}, None());
  EXPECT_FALSE(delta.key_frame);
  EXPECT_TRUE(delta.frame_start);
  EXPECT_EQ(delta.temporal_layer, 2);
}

TEST(FrameInfoTest, Vp9) {
  FrameInfo info = ReadFrameInfo(Codec::kVp9, Octets{0x28, 0x24, 0x00, 0x82}, None());
  EXPECT_TRUE(info.key_frame);
  EXPECT_TRUE(info.frame_start);
  EXPECT_EQ(info.temporal_layer, 1);
  EXPECT_EQ(info.spatial_layer, 2);
}

TEST(FrameInfoTest, H264StartsWithParametersOrAnIdrSlice) {
  EXPECT_TRUE(ReadFrameInfo(Codec::kH264, Octets{0x78, 0, 2, 0x67, 1, 0, 1, 0x68}, None()).key_frame);
  EXPECT_TRUE(ReadFrameInfo(Codec::kH264, Octets{0x7c, 0x85, 0x88}, None()).key_frame);
  EXPECT_FALSE(ReadFrameInfo(Codec::kH264, Octets{0x7c, 0x05, 0x88}, None()).key_frame);
  EXPECT_FALSE(ReadFrameInfo(Codec::kH264, Octets{0x61, 0x88}, None()).key_frame);
  EXPECT_TRUE(ReadFrameInfo(Codec::kH264, Octets{0x61, 0x88}, None()).frame_start);
}

TEST(FrameInfoTest, Av1) {
  FrameInfo key = ReadFrameInfo(Codec::kAv1, Octets{0x28, 1, 0x08, 0x34, 0x28, 0}, None());
  EXPECT_TRUE(key.key_frame);
  EXPECT_TRUE(key.frame_start);
  EXPECT_EQ(key.temporal_layer, 1);
  EXPECT_EQ(key.spatial_layer, 1);
  FrameInfo later = ReadFrameInfo(Codec::kAv1, Octets{0x90, 1, 2}, None());
  EXPECT_FALSE(later.key_frame);
  EXPECT_FALSE(later.frame_start);
}

TEST(FrameInfoTest, TheDependencyDescriptorKnowsTheFirstPacket) {
  const Octets start = {0x80, 0, 1}, start_with_structure = {0x80, 0, 1, 0x80}, middle = {0x00, 0, 1};
  // An IDR slice behind its parameter sets, in a packet of its own.
  EXPECT_FALSE(ReadFrameInfo(Codec::kH264, Octets{0x65, 0x88}, middle).key_frame);
  EXPECT_TRUE(ReadFrameInfo(Codec::kH264, Octets{0x67, 0x42}, start).key_frame);
  // An AV1 frame's second tile group begins an OBU, not the frame.
  EXPECT_FALSE(ReadFrameInfo(Codec::kAv1, Octets{0x10, 0x30, 1}, middle).frame_start);
  EXPECT_TRUE(ReadFrameInfo(Codec::kAv1, Octets{0x10, 0x30, 1}, start_with_structure).key_frame);
  EXPECT_FALSE(ReadFrameInfo(Codec::kAv1, Octets{0x10, 0x30, 1}, start).key_frame);
}

TEST(FrameInfoTest, WhatCannotBeReadGivesTheDefaults) {
  for (Codec codec : {Codec::kOther, Codec::kOpus, Codec::kVp8, Codec::kVp9, Codec::kH264, Codec::kAv1}) {
    FrameInfo info = ReadFrameInfo(codec, None(), None());
    EXPECT_FALSE(info.key_frame);
    EXPECT_FALSE(info.frame_start);
    EXPECT_EQ(info.spatial_layer, 0);
    EXPECT_EQ(info.temporal_layer, 0);
  }
  EXPECT_FALSE(ReadFrameInfo(Codec::kOpus, Octets{0x10, 0x00}, None()).key_frame);
}

}  // namespace
}  // namespace sluice::rtp
