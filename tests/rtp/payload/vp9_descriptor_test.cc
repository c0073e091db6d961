#include "rtp/payload/vp9_descriptor.h"

#include <gmock/gmock.h>

#include "tests/rtp/rtp_packets.h"

namespace sluice::rtp {
namespace {

using ::testing::Optional;

constexpr uint8_t kI = 0x80, kP = 0x40, kL = 0x20, kF = 0x10, kB = 0x08, kE = 0x04, kV = 0x02, kZ = 0x01;
constexpr uint8_t kFrame = 0x82;  // The VP9 payload's first octet.

TEST(Vp9DescriptorTest, ReadsLayersAndWhereTheFieldsAre) {
  const Octets octets = {kI | kP | kL | kB | kE | kZ, 0x92, 0x34, 0x55, 0x99, kFrame};
  auto descriptor = Vp9Descriptor::Parse(octets);
  ASSERT_TRUE(descriptor);
  EXPECT_TRUE(descriptor->inter_picture_predicted);
  EXPECT_FALSE(descriptor->flexible_mode);
  EXPECT_TRUE(descriptor->frame_start);
  EXPECT_TRUE(descriptor->frame_end);
  EXPECT_TRUE(descriptor->not_reference_for_upper);
  EXPECT_THAT(descriptor->picture_id, Optional(0x1234));
  EXPECT_TRUE(descriptor->long_picture_id);
  EXPECT_EQ(descriptor->picture_id_offset, 1);
  EXPECT_TRUE(descriptor->has_layers);
  EXPECT_EQ(descriptor->temporal_layer, 2);
  EXPECT_TRUE(descriptor->switching_up_point);
  EXPECT_EQ(descriptor->spatial_layer, 2);
  EXPECT_TRUE(descriptor->inter_layer_dependency);
  EXPECT_THAT(descriptor->tl0_picture_index, Optional(0x99));
  EXPECT_EQ(descriptor->tl0_picture_index_offset, 4);
  EXPECT_EQ(descriptor->size, 5);
  for (size_t size = 0; size < octets.size(); ++size) {
    EXPECT_FALSE(Vp9Descriptor::Parse(Bytes(octets).first(size))) << size;
  }
}

TEST(Vp9DescriptorTest, FlexibleModeHasReferencesInsteadOfTl0PicIdx) {
  const Octets octets = {kI | kP | kL | kF, 0x7f, 0x00, 0x03, 0x05, 0xfe, kFrame};
  auto descriptor = Vp9Descriptor::Parse(octets);
  ASSERT_TRUE(descriptor);
  EXPECT_THAT(descriptor->picture_id, Optional(0x7f));
  EXPECT_FALSE(descriptor->long_picture_id);
  EXPECT_EQ(descriptor->tl0_picture_index, std::nullopt);
  EXPECT_EQ(descriptor->tl0_picture_index_offset, 0);
  EXPECT_THAT(descriptor->reference_diffs, testing::ElementsAre(1, 2, 127));
  EXPECT_EQ(descriptor->references, 3);
  EXPECT_EQ(descriptor->size, 6);
  for (size_t size = 0; size < octets.size(); ++size) {
    EXPECT_FALSE(Vp9Descriptor::Parse(Bytes(octets).first(size))) << size;
  }
}

TEST(Vp9DescriptorTest, RefusesAFourthReference) {
  EXPECT_FALSE(Vp9Descriptor::Parse(Octets{kP | kF, 0x03, 0x05, 0x07, 0x08, kFrame}));
}

TEST(Vp9DescriptorTest, SkipsTheScalabilityStructure) {
  // Three spatial layers with sizes, and a group of two pictures with one and two references.
  const Octets structure = {0x58, 0, 180, 0, 90,   1,    104,  0,    180, 2,
                            208,  1, 104, 2, 0x14, 0x01, 0x28, 0x01, 0x02};
  const Octets octets = Concat({{kL | kB | kV, 0x00, 0x07}, structure, {kFrame}});
  auto descriptor = Vp9Descriptor::Parse(octets);
  ASSERT_TRUE(descriptor);
  EXPECT_EQ(descriptor->spatial_layers, 3);
  EXPECT_EQ(descriptor->structure_offset, 3);
  EXPECT_EQ(descriptor->structure_size, structure.size());
  EXPECT_EQ(descriptor->size, octets.size() - 1);
  for (size_t size = 0; size < octets.size(); ++size) {
    EXPECT_FALSE(Vp9Descriptor::Parse(Bytes(octets).first(size))) << size;
  }
}

TEST(Vp9DescriptorTest, AFullPictureGroupFits) {
  Octets octets = {kV, 0x08, 255};
  for (int i = 0; i < 255; ++i) octets.insert(octets.end(), {0x0c, 1, 2, 3});
  EXPECT_FALSE(Vp9Descriptor::Parse(octets));  // Nothing behind it.
  octets.push_back(kFrame);
  auto descriptor = Vp9Descriptor::Parse(octets);
  ASSERT_TRUE(descriptor);
  EXPECT_EQ(descriptor->structure_size, 2 + 255 * 4);
}

TEST(Vp9DescriptorTest, AKeyFrameNeedsNoOther) {
  auto key_frame = [](Octets octets) { return Vp9Descriptor::Parse(octets)->key_frame(); };
  EXPECT_TRUE(key_frame({kB, kFrame}));
  EXPECT_FALSE(key_frame({0, kFrame}));                 // Not its first packet.
  EXPECT_FALSE(key_frame({kB | kP, kFrame}));           // Predicted.
  EXPECT_TRUE(key_frame({kB | kL, 0x00, 0, kFrame}));   // The lowest layer.
  EXPECT_FALSE(key_frame({kB | kL, 0x03, 0, kFrame}));  // Layer 1 on top of layer 0.
  EXPECT_TRUE(key_frame({kB | kL, 0x02, 0, kFrame}));   // Layer 1 on its own (S2T1).
}

}  // namespace
}  // namespace sluice::rtp
