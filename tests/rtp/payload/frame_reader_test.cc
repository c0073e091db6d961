#include "rtp/payload/frame_reader.h"

#include <gmock/gmock.h>

#include "tests/rtp/dependency_elements.h"

namespace sluice::rtp {
namespace {

FrameInfo Read(Codec codec, const Octets& payload, const Octets& descriptor = {}) {
  FrameReader reader;
  return reader.Read({.codec = codec, .payload = payload, .dependency_descriptor = descriptor});
}

// VP8 with a picture id, TL0PICIDX and layer.
Octets Vp8(uint16_t picture, uint8_t tl0, uint8_t layer, bool sync = false, bool key = false) {
  return {0x90,
          0xe0,
          static_cast<uint8_t>(0x80 | picture >> 8),
          static_cast<uint8_t>(picture),
          tl0,
          static_cast<uint8_t>(layer << 6 | (sync ? 0x20 : 0)),
          static_cast<uint8_t>(key ? 0 : 1)};
}

TEST(FrameReaderTest, Vp8) {
  FrameInfo key = Read(Codec::kVp8, Vp8(0x102, 3, 0, false, true));
  EXPECT_TRUE(key.key_frame);
  EXPECT_TRUE(key.frame_start);
  EXPECT_TRUE(key.picture_start);
  EXPECT_EQ(key.layers, (Layers{0, 0}));
  EXPECT_EQ(key.needed, LayerSet::All());
  EXPECT_EQ(key.switchable, LayerSet::All());
  EXPECT_EQ(key.ids.picture_id_offset, 2);
  EXPECT_TRUE(key.ids.long_picture_id);
  EXPECT_EQ(key.ids.tl0_picture_index_offset, 4);
  EXPECT_EQ(key.ids.tl0_picture_index, 3);

  FrameInfo delta = Read(Codec::kVp8, Vp8(0x103, 3, 2));
  EXPECT_FALSE(delta.key_frame);
  EXPECT_TRUE(delta.frame_start);
  EXPECT_EQ(delta.layers.temporal, 2);
  EXPECT_EQ(delta.needed, LayerSet::From({0, 2}));
  EXPECT_EQ(delta.decodable, LayerSet::From({0, 2}));
  EXPECT_TRUE(delta.switchable.empty());
}

TEST(FrameReaderTest, AVp8SyncFrameTakesUpItsLayerFromTheOneBelow) {
  FrameInfo sync = Read(Codec::kVp8, Vp8(1, 1, 2, true));
  EXPECT_EQ(sync.needed, LayerSet::From({0, 2}));
  EXPECT_EQ(sync.decodable, LayerSet::From({0, 1}));
  EXPECT_EQ(sync.switchable, LayerSet::Temporal(2));
}

TEST(FrameReaderTest, Vp8PictureIdsNeverWrap) {
  FrameReader reader;
  auto read = [&](uint16_t picture) {
    const Octets payload = Vp8(picture, 0, 0);
    return reader.Read({.codec = Codec::kVp8, .payload = payload, .dependency_descriptor = {}})
        .ids.picture_id;
  };
  const int64_t first = read(32766);
  EXPECT_EQ(read(32767), first + 1);
  EXPECT_EQ(read(1), first + 3);
  EXPECT_EQ(read(0), first + 2);
}

TEST(FrameReaderTest, TheEndOfAFrameIsTheMarkerWhereTheFormatDoesNotSay) {
  const Octets vp8 = Vp8(1, 1, 0), h264 = {0x61, 0x88}, h265 = {0x02, 0x01, 0x80};
  for (bool marker : {false, true}) {
    for (auto [codec, payload] :
         {std::pair<Codec, Bytes>{Codec::kVp8, vp8}, {Codec::kH264, h264}, {Codec::kH265, h265}}) {
      FrameReader reader;
      FrameInfo info = reader.Read({.codec = codec,
                                    .payload = payload,
                                    .dependency_descriptor = {},
                                    .timestamp = 1,
                                    .marker = marker});
      EXPECT_EQ(info.frame_end, marker);
    }
  }
}

TEST(FrameReaderTest, H264StartsWithParametersOrAnIdrSlice) {
  EXPECT_TRUE(Read(Codec::kH264, {0x78, 0, 2, 0x67, 1, 0, 1, 0x68}).key_frame);
  EXPECT_TRUE(Read(Codec::kH264, {0x7c, 0x85, 0x88}).key_frame);
  EXPECT_FALSE(Read(Codec::kH264, {0x7c, 0x05, 0x88}).key_frame);
  EXPECT_FALSE(Read(Codec::kH264, {0x61, 0x88}).key_frame);
  EXPECT_TRUE(Read(Codec::kH264, {0x61, 0x88}).frame_start);
}

TEST(FrameReaderTest, H264WithoutReferencesIsALayerThatCanBeLeftAndTakenUpAnywhere) {
  FrameInfo upper = Read(Codec::kH264, {0x01, 0x88});
  EXPECT_EQ(upper.layers.temporal, 1);
  EXPECT_EQ(upper.needed, LayerSet::From({0, 1}));
  EXPECT_EQ(upper.decodable, LayerSet::All());
  EXPECT_EQ(upper.switchable, LayerSet::All());
  EXPECT_EQ(Read(Codec::kH264, {0x61, 0x88}).layers.temporal, 0);
}

TEST(FrameReaderTest, AnH264PrefixSpeaksForItsPicture) {
  FrameReader reader;
  auto read = [&](const Octets& payload, uint32_t timestamp) {
    return reader.Read(
        {.codec = Codec::kH264, .payload = payload, .dependency_descriptor = {}, .timestamp = timestamp});
  };
  FrameInfo prefix = read({0x6e, 0x80, 0x00, 0x47}, 10);
  EXPECT_EQ(prefix.layers.temporal, 2);
  FrameInfo slice = read({0x61, 0x88}, 10);
  EXPECT_EQ(slice.layers.temporal, 2);
  EXPECT_EQ(slice.needed, LayerSet::From({0, 2}));
  EXPECT_TRUE(slice.switchable.empty());
  EXPECT_EQ(read({0x61, 0x88}, 20).layers.temporal, 0);
  // In one packet with the slice.
  FrameInfo base = read({0x78, 0, 4, 0x6e, 0x80, 0x00, 0x07, 0, 2, 0x61, 0x88}, 30);
  EXPECT_EQ(base.layers.temporal, 0);
  EXPECT_EQ(base.switchable, LayerSet::All());
}

TEST(FrameReaderTest, H265LayersAndWhereTheyCanBeTakenUp) {
  FrameInfo plain = Read(Codec::kH265, {0x00, 0x03, 0x80});  // TRAIL_N of layer 2
  EXPECT_EQ(plain.layers.temporal, 2);
  EXPECT_TRUE(plain.frame_start);
  EXPECT_EQ(plain.needed, LayerSet::From({0, 2}));
  EXPECT_TRUE(plain.switchable.empty());
  FrameInfo tsa = Read(Codec::kH265, {0x04, 0x02, 0x80});  // TSA_N of layer 1
  EXPECT_EQ(tsa.decodable, LayerSet::From({0, 0}));
  EXPECT_EQ(tsa.switchable, LayerSet::From({0, 1}));
  FrameInfo stsa = Read(Codec::kH265, {0x08, 0x02, 0x80});  // STSA_N of layer 1
  EXPECT_EQ(stsa.switchable, LayerSet::Temporal(1));
  FrameInfo idr = Read(Codec::kH265, {0x26, 0x01, 0x80});
  EXPECT_TRUE(idr.key_frame);
  EXPECT_EQ(idr.switchable, LayerSet::All());
}

TEST(FrameReaderTest, NestedH265LayersCanBeTakenUpAtEachOfTheirPictures) {
  FrameReader reader;
  auto read = [&](const Octets& payload) {
    return reader.Read({.codec = Codec::kH265, .payload = payload, .dependency_descriptor = {}});
  };
  EXPECT_TRUE(read({0x42, 0x01, 0x01}).key_frame);
  EXPECT_EQ(read({0x02, 0x02, 0x80}).switchable, LayerSet::From({0, 1}));
  read({0x42, 0x01, 0x00});
  EXPECT_TRUE(read({0x02, 0x02, 0x80}).switchable.empty());
}

TEST(FrameReaderTest, Av1) {
  FrameInfo key = Read(Codec::kAv1, {0x28, 1, 0x08, 0x34, 0x28, 0});
  EXPECT_TRUE(key.key_frame);
  EXPECT_TRUE(key.frame_start);
  EXPECT_EQ(key.layers, (Layers{1, 1}));
  FrameInfo delta = Read(Codec::kAv1, {0x10, 0x34, 0x40, 0});
  EXPECT_EQ(delta.layers, (Layers{0, 2}));
  EXPECT_EQ(delta.needed, LayerSet::From({0, 2}));
  FrameInfo later = Read(Codec::kAv1, {0x90, 1, 2});
  EXPECT_FALSE(later.key_frame);
  EXPECT_FALSE(later.frame_start);
}

TEST(FrameReaderTest, TheDependencyDescriptorKnowsTheFirstPacket) {
  const Octets start = {0x80, 0, 1}, start_with_structure = {0x80, 0, 1, 0x80}, middle = {0x00, 0, 1};
  // An IDR slice behind its parameter sets, in a packet of its own.
  EXPECT_FALSE(Read(Codec::kH264, {0x65, 0x88}, middle).key_frame);
  EXPECT_TRUE(Read(Codec::kH264, {0x67, 0x42}, start).key_frame);
  // An AV1 frame's second tile group begins an OBU, not the frame.
  EXPECT_FALSE(Read(Codec::kAv1, {0x10, 0x30, 1}, middle).frame_start);
  EXPECT_TRUE(Read(Codec::kAv1, {0x10, 0x30, 1}, start_with_structure).key_frame);
  EXPECT_FALSE(Read(Codec::kAv1, {0x10, 0x30, 1}, start).key_frame);
}

TEST(FrameReaderTest, TheDependencyDescriptorDecidesAndTheFormatsFieldsStay) {
  const ScalabilityMode mode = {.spatial = 1, .temporal = 2};
  DependencyDescriber describer(mode);
  ModelEncoder encoder(mode);
  FrameReader reader;
  const ModelFrame frame = encoder.Next(true)[0];
  const Octets descriptor = describer.Describe(frame, true, true).Encode(describer.templates());
  const Octets payload = Vp8(9, 4, 2);  // A layer of its own account.
  FrameInfo info = reader.Read(
      {.codec = Codec::kVp8, .payload = payload, .dependency_descriptor = descriptor, .timestamp = 1});
  EXPECT_TRUE(info.key_frame);
  EXPECT_EQ(info.layers, (Layers{0, 0}));
  EXPECT_EQ(info.needed, LayerSet::All());
  EXPECT_EQ(info.ids.picture_id_offset, 2);
  EXPECT_EQ(info.dependencies.target_count, 2);
}

TEST(FrameReaderTest, AnotherCodecIsAnotherStream) {
  FrameReader reader;
  const Octets nested_sps = {0x42, 0x01, 0x01}, h264 = {0x61, 0x88}, layer_1 = {0x02, 0x02, 0x80};
  auto read = [&](Codec codec, const Octets& payload) {
    return reader.Read({.codec = codec, .payload = payload, .dependency_descriptor = {}});
  };
  read(Codec::kH265, nested_sps);
  read(Codec::kH264, h264);
  EXPECT_TRUE(read(Codec::kH265, layer_1).switchable.empty());
}

TEST(FrameReaderTest, WhatCannotBeReadGivesTheDefaults) {
  for (Codec codec :
       {Codec::kOther, Codec::kOpus, Codec::kVp8, Codec::kVp9, Codec::kH264, Codec::kH265, Codec::kAv1}) {
    FrameInfo info = Read(codec, {});
    EXPECT_FALSE(info.key_frame);
    EXPECT_FALSE(info.frame_start);
    EXPECT_EQ(info.layers, (Layers{0, 0}));
    EXPECT_EQ(info.needed, LayerSet::All());
  }
  EXPECT_FALSE(Read(Codec::kOpus, {0x10, 0x00}).key_frame);
}

}  // namespace
}  // namespace sluice::rtp
