// The decoder itself, on streams that are right and on each kind of wrong one.
#include "tests/replay/stream_decoder.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <utility>
#include <vector>

namespace sluice::replay {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Pair;

// One-packet VP8 pictures with picture id, TL0PICIDX and temporal layer.
struct Vp8Picture {
  uint16_t number = 0;
  uint32_t timestamp = 0;
  bool key_frame = false;
  int temporal = 0;
  bool sync = false;
  uint16_t picture = 0;
  uint8_t tl0 = 0;
  bool marker = true;

  std::vector<uint8_t> Encode() const {
    std::vector<uint8_t> packet = {0x80, static_cast<uint8_t>(96 | (marker ? 0x80 : 0)),
                                   static_cast<uint8_t>(number >> 8), static_cast<uint8_t>(number)};
    for (int shift = 24; shift >= 0; shift -= 8) packet.push_back(static_cast<uint8_t>(timestamp >> shift));
    packet.insert(packet.end(), {0, 0, 0, 1});
    packet.insert(
        packet.end(),
        {0x90, 0xe0, static_cast<uint8_t>(0x80 | picture >> 8), static_cast<uint8_t>(picture), tl0,
         static_cast<uint8_t>(temporal << 6 | (sync ? 0x20 : 0)), static_cast<uint8_t>(key_frame ? 0 : 1)});
    return packet;
  }
};

// Temporal layers 0 2 1 2, as browsers send them.
std::vector<Vp8Picture> Pictures(int count) {
  std::vector<Vp8Picture> pictures;
  uint8_t tl0 = 255;
  for (int i = 0; i < count; ++i) {
    constexpr int kPattern[] = {0, 2, 1, 2};
    const int temporal = kPattern[i % 4];
    if (temporal == 0) ++tl0;
    pictures.push_back({.number = static_cast<uint16_t>(65'530 + i),
                        .timestamp = 3000u * static_cast<uint32_t>(i),
                        .key_frame = i == 0,
                        .temporal = temporal,
                        .sync = i % 4 == 1 || i % 4 == 2,
                        .picture = static_cast<uint16_t>((32'760 + i) & 0x7fff),
                        .tl0 = tl0});
  }
  return pictures;
}

StreamReport Decode(const std::vector<Vp8Picture>& pictures, bool tolerates_loss = false) {
  StreamDecoder decoder(
      {.codec = Codec::kVp8, .dependency_descriptor_id = {}, .tolerates_loss = tolerates_loss});
  for (const Vp8Picture& picture : pictures) decoder.Receive(picture.Encode());
  return decoder.Finish();
}

TEST(StreamDecoderTest, AStreamThatIsRightIsDecoded) {
  const StreamReport report = Decode(Pictures(40));
  EXPECT_THAT(report.errors, IsEmpty());
  EXPECT_EQ(report.decodable, 40);
  EXPECT_EQ(report.key_frames, 1);
  EXPECT_THAT(report.decodable_by_layer,
              ElementsAre(Pair(Pair(0, 0), 10), Pair(Pair(0, 1), 10), Pair(Pair(0, 2), 20)));
}

TEST(StreamDecoderTest, OrderAndRepeatsDoNotMatter) {
  std::vector<Vp8Picture> pictures = Pictures(12);
  std::swap(pictures[3], pictures[7]);
  pictures.push_back(pictures[5]);
  EXPECT_THAT(Decode(pictures).errors, IsEmpty());
}

TEST(StreamDecoderTest, EachWrongStreamIsTold) {
  auto wrong = [](auto change) {
    std::vector<Vp8Picture> pictures = Pictures(12);
    change(pictures);
    std::string all;
    for (const std::string& error : Decode(pictures).errors) all += error + '\n';
    return all;
  };
  using Stream = std::vector<Vp8Picture>;
  EXPECT_THAT(wrong([](Stream& s) { s[5].picture ^= 1; }), HasSubstr("picture id"));
  EXPECT_THAT(wrong([](Stream& s) { s[4].tl0 += 1; }), HasSubstr("TL0PICIDX"));
  EXPECT_THAT(wrong([](Stream& s) { s[5].timestamp = 1; }), HasSubstr("backwards"));
  EXPECT_THAT(wrong([](Stream& s) { s[5].timestamp += 2'000'000; }), HasSubstr("jumps"));
  EXPECT_THAT(wrong([](Stream& s) { s[6].timestamp = s[5].timestamp; }), HasSubstr("after its marker"));
  EXPECT_THAT(wrong([](Stream& s) { s[6].number = s[5].number; }), HasSubstr("two packets"));
  EXPECT_THAT(wrong([](Stream& s) { s.erase(s.begin() + 6); }), HasSubstr("a gap"));
  EXPECT_THAT(wrong([](Stream& s) { s[0].key_frame = false; }), HasSubstr("cannot be decoded"));
}

TEST(StreamDecoderTest, PicturesWithoutAMarkerAreCounted) {
  std::vector<Vp8Picture> pictures = Pictures(12);
  EXPECT_EQ(Decode(pictures).unmarked, 0);
  pictures[5].marker = false;
  EXPECT_EQ(Decode(pictures).unmarked, 1);
}

TEST(StreamDecoderTest, GapsInPictureIdsAreCounted) {
  std::vector<Vp8Picture> pictures = Pictures(12);
  for (size_t i = 7; i < 12; ++i) ++pictures[i].picture;
  EXPECT_EQ(Decode(pictures).picture_gaps, 1);
}

TEST(StreamDecoderTest, ALayerThatBeginsWithoutASwitchingPointIsTold) {
  std::vector<Vp8Picture> pictures;
  uint16_t number = 0;
  for (Vp8Picture picture : Pictures(40)) {
    // Layer 2 is left out until the picture before its second, which refers to the first.
    if (picture.temporal == 2 && picture.timestamp < 3000u * 23) continue;
    picture.number = number;
    picture.picture = number++;
    pictures.push_back(picture);
  }
  std::string all;
  for (const std::string& error : Decode(pictures).errors) all += error + '\n';
  EXPECT_THAT(all, HasSubstr("begins where it cannot"));
}

TEST(StreamDecoderTest, WhatALossTakesWithItIsNotDecodable) {
  std::vector<Vp8Picture> pictures = Pictures(12);
  pictures.erase(pictures.begin() + 4);  // A picture of the base layer.
  const StreamReport report = Decode(pictures, /*tolerates_loss=*/true);
  EXPECT_EQ(report.missing, 1);
  EXPECT_EQ(report.frames, 11);
  EXPECT_EQ(report.decodable, 4);
}

}  // namespace
}  // namespace sluice::replay
