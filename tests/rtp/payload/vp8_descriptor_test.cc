#include "rtp/payload/vp8_descriptor.h"

#include <gmock/gmock.h>

#include "tests/rtp/rtp_packets.h"

namespace sluice::rtp {
namespace {

using ::testing::Optional;

TEST(Vp8DescriptorTest, TheShortestIsOneOctet) {
  auto descriptor = Vp8Descriptor::Parse(Octets{0x10, 0x50});
  ASSERT_TRUE(descriptor);
  EXPECT_EQ(descriptor->size, 1);
  EXPECT_TRUE(descriptor->frame_start());
  EXPECT_TRUE(descriptor->key_frame);
  EXPECT_FALSE(descriptor->non_reference);
  EXPECT_EQ(descriptor->picture_id, std::nullopt);
  EXPECT_EQ(descriptor->picture_id_offset, 0);
}

// X, N, S; I, L, T, K; a 15-bit picture id; TL0PICIDX; TID 2, Y, KEYIDX 5; an interframe.
const Octets kFull = {0xb0, 0xf0, 0x92, 0x34, 0x77, 0xa5, 0x31, 0xff};

TEST(Vp8DescriptorTest, ReadsEveryFieldAndWhereItIs) {
  auto descriptor = Vp8Descriptor::Parse(kFull);
  ASSERT_TRUE(descriptor);
  EXPECT_TRUE(descriptor->non_reference);
  EXPECT_TRUE(descriptor->partition_start);
  EXPECT_THAT(descriptor->picture_id, Optional(0x1234));
  EXPECT_TRUE(descriptor->long_picture_id);
  EXPECT_EQ(descriptor->picture_id_offset, 2);
  EXPECT_THAT(descriptor->tl0_picture_index, Optional(0x77));
  EXPECT_EQ(descriptor->tl0_picture_index_offset, 4);
  EXPECT_THAT(descriptor->temporal_layer, Optional(2));
  EXPECT_TRUE(descriptor->layer_sync);
  EXPECT_THAT(descriptor->key_index, Optional(5));
  EXPECT_EQ(descriptor->size, 6);
  EXPECT_FALSE(descriptor->key_frame);
}

TEST(Vp8DescriptorTest, RefusesEveryPrefix) {
  for (size_t size = 0; size <= kFull.size(); ++size) {
    EXPECT_EQ(Vp8Descriptor::Parse(Bytes(kFull).first(size)).has_value(), size > 6) << size;
  }
}

TEST(Vp8DescriptorTest, ReadsAShortPictureId) {
  auto descriptor = Vp8Descriptor::Parse(Octets{0x90, 0x80, 0x7f, 0x00});
  ASSERT_TRUE(descriptor);
  EXPECT_THAT(descriptor->picture_id, Optional(127));
  EXPECT_FALSE(descriptor->long_picture_id);
  EXPECT_EQ(descriptor->size, 3);
  EXPECT_TRUE(descriptor->key_frame);
}

TEST(Vp8DescriptorTest, TemporalLayerAndKeyIndexShareAnOctet) {
  auto layer = Vp8Descriptor::Parse(Octets{0x90, 0x20, 0x5f, 0x01});
  EXPECT_THAT(layer->temporal_layer, Optional(1));
  EXPECT_EQ(layer->key_index, std::nullopt);
  auto key_index = Vp8Descriptor::Parse(Octets{0x90, 0x10, 0xff, 0x01});
  EXPECT_EQ(key_index->temporal_layer, std::nullopt);
  EXPECT_FALSE(key_index->layer_sync);
  EXPECT_THAT(key_index->key_index, Optional(31));
}

TEST(Vp8DescriptorTest, OnlyTheFirstPacketOfAFrameShowsWhetherItIsAKeyFrame) {
  EXPECT_FALSE(Vp8Descriptor::Parse(Octets{0x00, 0x00})->key_frame);  // A later fragment.
  auto second_partition = Vp8Descriptor::Parse(Octets{0x11, 0x00});
  EXPECT_FALSE(second_partition->key_frame);
  EXPECT_FALSE(second_partition->frame_start());
  EXPECT_EQ(second_partition->partition, 1);
}

}  // namespace
}  // namespace sluice::rtp
