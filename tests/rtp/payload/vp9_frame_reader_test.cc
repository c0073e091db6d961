#include "rtp/payload/vp9_frame_reader.h"

#include <gmock/gmock.h>

#include "tests/rtp/vp9_payload.h"

namespace sluice::rtp {
namespace {

class Vp9FrameReaderTest : public ::testing::Test {
 protected:
  FrameInfo Read(const Vp9Payload& payload) { return reader_.Read(payload.Encode()); }

  Vp9FrameReader reader_;
};

TEST_F(Vp9FrameReaderTest, ReadsAKeyFrameWithoutLayers) {
  FrameInfo info = Read({.picture_id = 0x1234});
  EXPECT_TRUE(info.key_frame);
  EXPECT_TRUE(info.picture_start);
  EXPECT_EQ(info.needed, LayerSet::All());
  EXPECT_EQ(info.switchable, LayerSet::All());
  EXPECT_EQ(info.ids.picture_id_offset, 1);
  EXPECT_TRUE(info.ids.long_picture_id);
  EXPECT_EQ(info.ids.tl0_picture_index_offset, 0);
}

TEST_F(Vp9FrameReaderTest, SaysWhoNeedsEachFrameInEveryMode) {
  for (bool flexible : {false, true}) {
    for (bool key_only : {false, true}) {
      const ScalabilityMode mode = {.spatial = 3, .temporal = 3, .key_only = key_only};
      ModelEncoder encoder(mode, 0, 32'760);
      reader_ = Vp9FrameReader();
      for (int picture = 0; picture < 40; ++picture) {
        for (const ModelFrame& frame : encoder.Next(picture % 17 == 0)) {
          const FrameInfo info = Read(Vp9Payload::Of(frame, mode, flexible));
          EXPECT_EQ(info.layers, frame.layers);
          EXPECT_EQ(info.key_frame, frame.key_picture && frame.first_in_picture);
          EXPECT_EQ(info.picture_start, frame.first_in_picture);
          for (uint8_t s = 0; s < LayerSet::kSpatial; ++s) {
            for (uint8_t t = 0; t < 3; ++t) {
              const Layers best = {std::min<uint8_t>(s, 2), t};
              EXPECT_EQ(info.needed.Has({s, t}), IsNeeded(frame, best, mode)) << picture;
            }
          }
        }
      }
    }
  }
}

TEST_F(Vp9FrameReaderTest, FullSvcCanGoDownAtAnyPictureAndKSvcCannot) {
  for (bool key_only : {false, true}) {
    const ScalabilityMode mode = {.spatial = 2, .temporal = 1, .key_only = key_only};
    ModelEncoder encoder(mode);
    reader_ = Vp9FrameReader();
    FrameInfo base;
    for (int picture = 0; picture < 3; ++picture) {
      for (const ModelFrame& frame : encoder.Next(picture == 0)) {
        FrameInfo info = Read(Vp9Payload::Of(frame, mode, true));
        if (frame.first_in_picture) base = info;
      }
    }
    EXPECT_EQ(base.decodable.Has({1, 0}), !key_only);
    EXPECT_EQ(base.needed.Has({1, 0}), !key_only);
  }
}

TEST_F(Vp9FrameReaderTest, ReferencesTellWhetherATemporalLayerCanBeTakenUp) {
  Read({.picture_id = 1, .layers = {{0, 0}}, .flexible = true});
  Read({.picture_id = 2, .predicted = true, .layers = {{0, 1}}, .flexible = true, .diffs = {1}});
  // Of layer 1, on layer 0 and on layer 1.
  FrameInfo on_base = Read(
      {.picture_id = 3, .predicted = true, .layers = {{0, 1}}, .up = true, .flexible = true, .diffs = {2}});
  FrameInfo on_own = Read(
      {.picture_id = 4, .predicted = true, .layers = {{0, 1}}, .up = true, .flexible = true, .diffs = {2}});
  EXPECT_TRUE(on_base.decodable.Has({0, 0}));
  EXPECT_FALSE(on_own.decodable.Has({0, 0}));
  EXPECT_TRUE(on_own.decodable.Has({0, 1}));
  EXPECT_EQ(on_base.switchable, LayerSet::From({0, 1}));
  EXPECT_TRUE(on_base.keeps_spatial);
}

TEST_F(Vp9FrameReaderTest, WithoutReferencesTheUpSwitchSaysSo) {
  Read({.picture_id = 1, .layers = {{0, 0}}});
  FrameInfo up = Read({.picture_id = 2, .predicted = true, .layers = {{0, 2}}, .up = true});
  FrameInfo plain = Read({.picture_id = 3, .predicted = true, .layers = {{0, 2}}});
  EXPECT_EQ(up.decodable, LayerSet::From({0, 1}));
  EXPECT_EQ(plain.decodable, LayerSet::From({0, 2}));
  EXPECT_TRUE(plain.switchable.empty());
}

TEST_F(Vp9FrameReaderTest, ALayerThatIsOnTheOneBelowAloneCanBeTakenUp) {
  Read({.picture_id = 1, .layers = {{0, 0}}});
  Read({.picture_id = 2, .predicted = true, .layers = {{0, 0}}});
  FrameInfo info = Read({.picture_id = 2, .layers = {{1, 0}}, .inter_layer = true});
  EXPECT_FALSE(info.key_frame);
  EXPECT_TRUE(info.decodable.Has({0, 0}));
  EXPECT_EQ(info.switchable, LayerSet::From({1, 0}));
  EXPECT_FALSE(info.picture_start);
}

TEST_F(Vp9FrameReaderTest, TheTopLayerServesAllWhoWantMore) {
  // Two layers are announced; neither frame is referred to from above.
  Read({.picture_id = 1, .layers = {{0, 0}}, .spatial_layers = 2});
  Read({.picture_id = 1, .layers = {{1, 0}}, .inter_layer = true, .not_for_upper = true});
  FrameInfo base = Read({.picture_id = 2, .predicted = true, .layers = {{0, 0}}, .not_for_upper = true});
  FrameInfo top = Read({.picture_id = 2, .predicted = true, .layers = {{1, 0}}, .not_for_upper = true});
  EXPECT_FALSE(base.needed.Has({2, 0}));
  EXPECT_TRUE(top.needed.Has({2, 0}));
  EXPECT_FALSE(top.needed.Has({0, 0}));
}

TEST_F(Vp9FrameReaderTest, APictureMayBeginAboveTheLowestLayer) {
  EXPECT_TRUE(Read({.picture_id = 1, .layers = {{1, 0}}}).picture_start);
  EXPECT_FALSE(Read({.picture_id = 1, .layers = {{2, 0}}, .inter_layer = true}).picture_start);
  EXPECT_TRUE(Read({.picture_id = 2, .predicted = true, .layers = {{1, 0}}}).picture_start);
}

TEST_F(Vp9FrameReaderTest, SpatialLayersBeyondTheFourthCountAsIt) {
  EXPECT_EQ(Read({.picture_id = 1, .layers = {{7, 0}}}).layers.spatial, 3);
}

TEST_F(Vp9FrameReaderTest, WhatCannotBeReadGivesTheDefaults) {
  FrameInfo info = reader_.Read(Octets{0x80});
  EXPECT_FALSE(info.key_frame);
  EXPECT_EQ(info.needed, LayerSet::All());
}

}  // namespace
}  // namespace sluice::rtp
