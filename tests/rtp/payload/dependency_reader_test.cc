#include "rtp/payload/dependency_reader.h"

#include <gmock/gmock.h>

#include "tests/rtp/dependency_elements.h"

namespace sluice::rtp {
namespace {

// An encoder, what it says of its frames, and a reader of that.
class Stream {
 public:
  explicit Stream(const ScalabilityMode& mode, int64_t first_frame = 0)
      : encoder(mode, first_frame), describer(mode) {}

  struct Read {
    ModelFrame frame;
    FrameInfo info;
    bool ok = false;
  };
  std::vector<Octets> Encode(bool key_picture, std::vector<ModelFrame>* frames) {
    std::vector<Octets> elements;
    for (const ModelFrame& frame : * frames = encoder.Next(key_picture)) {
      DependencyElement element = describer.Describe(frame, true, true);
      if (active && frame.first_in_picture) element.active = active;
      elements.push_back(element.Encode(describer.templates()));
    }
    return elements;
  }
  std::vector<Read> Next(bool key_picture) {
    std::vector<ModelFrame> frames;
    std::vector<Read> reads;
    timestamp += 3000;
    const std::vector<Octets> elements = Encode(key_picture, &frames);
    for (size_t i = 0; i < frames.size(); ++i) {
      Read read{.frame = frames[i], .info = {}};
      read.ok = reader.Read(elements[i], timestamp, read.info);
      reads.push_back(read);
    }
    return reads;
  }

  ModelEncoder encoder;
  DependencyDescriber describer;
  DependencyReader reader;
  std::optional<uint32_t> active;
  uint32_t timestamp = 0;
};

std::vector<ScalabilityMode> Modes() {
  std::vector<ScalabilityMode> modes;
  for (uint8_t spatial = 1; spatial <= 3; ++spatial) {
    for (uint8_t temporal = 1; temporal <= 3; ++temporal) {
      modes.push_back({spatial, temporal, false});
      if (spatial > 1) modes.push_back({spatial, temporal, true});
    }
  }
  return modes;
}

TEST(DependencyReaderTest, SaysWhoNeedsEachFrameInEveryMode) {
  for (const ScalabilityMode& mode : Modes()) {
    Stream stream(mode, 65'530);
    for (int picture = 0; picture < 40; ++picture) {
      for (const auto& [frame, info, ok] : stream.Next(picture % 17 == 0)) {
        ASSERT_TRUE(ok);
        EXPECT_EQ(info.layers, frame.layers);
        EXPECT_EQ(info.picture_start, frame.first_in_picture);
        EXPECT_EQ(info.key_frame, frame.key_picture && frame.first_in_picture);
        for (uint8_t s = 0; s < LayerSet::kSpatial; ++s) {
          for (uint8_t t = 0; t < LayerSet::kTemporal; ++t) {
            const Layers best = Layers{s, t}.LimitedTo(
                {static_cast<uint8_t>(mode.spatial - 1), static_cast<uint8_t>(mode.temporal - 1)});
            EXPECT_EQ(info.needed.Has({s, t}), IsNeeded(frame, best, mode));
          }
        }
      }
    }
  }
}

TEST(DependencyReaderTest, FrameNumbersNeverWrap) {
  Stream stream({.spatial = 1, .temporal = 2}, 65'534);
  const int64_t first = stream.Next(true)[0].info.dependencies.frame_number;
  for (int i = 1; i < 10; ++i) EXPECT_EQ(stream.Next(false)[0].info.dependencies.frame_number, first + i);
}

TEST(DependencyReaderTest, TemporalLayersCanBeTakenUpWhereTheSenderSaysSo) {
  Stream stream({.spatial = 1, .temporal = 3});
  EXPECT_EQ(stream.Next(true)[0].info.switchable, LayerSet::All());
  EXPECT_TRUE(stream.Next(false)[0].info.switchable.empty());                // Layer 2
  EXPECT_EQ(stream.Next(false)[0].info.switchable, LayerSet::From({0, 2}));  // Layer 1: discardable in 1
  stream.Next(false);
  EXPECT_EQ(stream.Next(false)[0].info.switchable, LayerSet::All());  // Layer 0
}

TEST(DependencyReaderTest, SpatialLayersOfKeyModesNeedAKeyPictureInBothDirections) {
  Stream stream({.spatial = 2, .temporal = 1, .key_only = true});
  stream.Next(true);
  stream.Next(false);
  const auto picture = stream.Next(false);
  EXPECT_FALSE(picture[0].info.decodable.Has({1, 0}));
  EXPECT_FALSE(picture[1].info.decodable.Has({0, 0}));
  EXPECT_FALSE(picture[1].info.needed.Has({0, 0}));
}

TEST(DependencyReaderTest, FullModesCanGoDownAnywhereAndNotUp) {
  Stream stream({.spatial = 2, .temporal = 1});
  stream.Next(true);
  stream.Next(false);
  const auto picture = stream.Next(false);
  EXPECT_TRUE(picture[0].info.decodable.Has({1, 0}));
  EXPECT_TRUE(picture[0].info.needed.Has({1, 0}));
  EXPECT_FALSE(picture[0].info.switchable.Has({1, 0}));
  EXPECT_FALSE(picture[1].info.decodable.Has({0, 0}));
}

TEST(DependencyReaderTest, AChoiceFallsToTheBestTargetThatIsActive) {
  Stream stream({.spatial = 3, .temporal = 1});
  stream.Next(true);
  stream.active = 0b011;
  stream.encoder.set_spatial(2);
  const auto picture = stream.Next(false);
  EXPECT_EQ(picture[0].info.dependencies.active_targets, 0b011u);
  EXPECT_TRUE(picture[0].info.dependencies.has_active_targets);
  EXPECT_TRUE(picture[1].info.needed.Has({2, 0}));
  EXPECT_TRUE(picture[1].info.needed.Has({1, 0}));
  stream.active.reset();
  EXPECT_EQ(stream.Next(false)[1].info.dependencies.active_targets, 0b011u);
  stream.encoder.set_spatial(3);
  EXPECT_EQ(stream.Next(true)[2].info.dependencies.active_targets, 0b111u);
}

// Between key pictures the layer below was not sent to those who had chosen the one above.
TEST(DependencyReaderTest, InKeyModesALayerThatEndsLeavesItsReceiversWithNothingToDecode) {
  Stream stream({.spatial = 2, .temporal = 1, .key_only = true});
  stream.Next(true);
  stream.Next(false);
  stream.active = 0b01;
  stream.encoder.set_spatial(1);
  for (int i = 0; i < 3; ++i) {
    const auto picture = stream.Next(false);
    EXPECT_FALSE(picture[0].info.needed.Has({1, 0}));
    EXPECT_TRUE(picture[0].info.needed.Has({0, 0}));
  }
  EXPECT_TRUE(stream.Next(true)[0].info.needed.Has({1, 0}));
}

TEST(DependencyReaderTest, WhoChoseLessThanThereIsGetsTheLowest) {
  Stream stream({.spatial = 2, .temporal = 1});
  stream.active = 0b10;
  const auto picture = stream.Next(true);
  EXPECT_TRUE(picture[0].info.needed.Has({0, 0}));
  EXPECT_TRUE(picture[1].info.needed.Has({0, 0}));
}

TEST(DependencyReaderTest, ReadsLateFramesOfTheSequenceBefore) {
  Stream stream({.spatial = 1, .temporal = 3});
  stream.describer = DependencyDescriber({.spatial = 1, .temporal = 3}, 0);
  stream.Next(true);
  std::vector<ModelFrame> late;
  const std::vector<Octets> elements = stream.Encode(false, &late);
  DependencyDescriber other({.spatial = 1, .temporal = 3}, 40);
  std::swap(stream.describer, other);
  ASSERT_TRUE(stream.Next(true)[0].ok);
  FrameInfo info;
  ASSERT_TRUE(stream.reader.Read(elements[0], 3000, info));
  EXPECT_EQ(info.layers, late[0].layers);
  ASSERT_TRUE(stream.Next(false)[0].ok);
}

TEST(DependencyReaderTest, AStructureThatComesLateDoesNotHideALaterOne) {
  Stream stream({.spatial = 1, .temporal = 3});
  std::vector<ModelFrame> late;
  const std::vector<Octets> elements = stream.Encode(true, &late);
  stream.describer = DependencyDescriber({.spatial = 1, .temporal = 3}, 40);
  ASSERT_TRUE(stream.Next(true)[0].ok);
  FrameInfo info;
  ASSERT_TRUE(stream.reader.Read(elements[0], 1, info));
  EXPECT_TRUE(info.key_frame);
  EXPECT_TRUE(stream.Next(false)[0].ok);
}

TEST(DependencyReaderTest, AMalformedStructureLeavesTheOneBefore) {
  Stream stream({.spatial = 1, .temporal = 3});
  stream.Next(true);
  for (uint8_t i = 0; i < 5; ++i) {
    FrameInfo info;
    EXPECT_FALSE(stream.reader.Read(Octets{0x80, 0, i, 0x80, 0xff}, 1, info));
  }
  EXPECT_TRUE(stream.Next(false)[0].ok);
}

TEST(DependencyReaderTest, WithoutAStructureNothingIsKnown) {
  Stream stream({.spatial = 1, .temporal = 3});
  std::vector<ModelFrame> frames;
  stream.Encode(true, &frames);
  EXPECT_FALSE(stream.Next(false)[0].ok);
  FrameInfo info;
  EXPECT_FALSE(stream.reader.Read(Octets{0x80, 0}, 1, info));
}

TEST(DependencyReaderTest, TellsTheTargetsOfEachLayer) {
  Stream stream({.spatial = 2, .temporal = 2});
  const DependencyInfo info = stream.Next(true)[0].info.dependencies;
  EXPECT_EQ(info.target_count, 4);
  EXPECT_EQ(info.targets_to_spatial[0], 0b0011u);
  EXPECT_EQ(info.targets_to_spatial[1], 0b1111u);
  EXPECT_EQ(info.targets_to_spatial[3], 0b1111u);
  EXPECT_EQ(info.targets_to_temporal[0], 0b0101u);
  EXPECT_EQ(info.targets_to_temporal[1], 0b1111u);
}

// Chromium 156, L1T3.
TEST(DependencyReaderTest, ReadsWhatABrowserSends) {
  const Octets element = {0xc0, 0x00, 0x01, 0x80, 0x02, 0x14, 0xea, 0xa8, 0x60, 0x41,
                          0x4d, 0x14, 0x10, 0x20, 0x84, 0x27, 0x01, 0xdf, 0x01, 0x0d};
  DependencyReader reader;
  FrameInfo info;
  ASSERT_TRUE(reader.Read(element, 1, info));
  EXPECT_TRUE(info.key_frame);
  EXPECT_TRUE(info.frame_end);
  EXPECT_EQ(info.dependencies.target_count, 3);
  EXPECT_EQ(info.dependencies.targets_to_temporal[1], 0b011u);
  EXPECT_EQ(info.switchable, LayerSet::All());
}

}  // namespace
}  // namespace sluice::rtp
