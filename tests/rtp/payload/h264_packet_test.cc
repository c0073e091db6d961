#include "rtp/payload/h264_packet.h"

#include <gmock/gmock.h>

#include "tests/rtp/rtp_packets.h"

namespace sluice::rtp {
namespace {

// NAL unit headers with NRI 3.
constexpr uint8_t kSlice = 0x61, kIdr = 0x65, kSei = 0x66, kSps = 0x67, kPps = 0x68, kStapA = 0x78,
                  kFuA = 0x7c;
constexpr uint8_t kFirst = 0x88;  // A slice header that begins with first_mb_in_slice 0.
constexpr uint8_t kLater = 0x40;

TEST(H264PacketTest, SingleNalUnits) {
  auto sps = H264Packet::Parse(Octets{kSps, 0x42, 0xc0, 0x1f});
  ASSERT_TRUE(sps);
  EXPECT_TRUE(sps->has_sps);
  EXPECT_FALSE(sps->has_idr_start);
  EXPECT_TRUE(sps->access_unit_start);

  auto idr = H264Packet::Parse(Octets{kIdr, kFirst});
  EXPECT_TRUE(idr->has_idr_start);
  EXPECT_TRUE(idr->access_unit_start);

  auto slice = H264Packet::Parse(Octets{kSlice, kFirst});
  EXPECT_FALSE(slice->has_idr_start);
  EXPECT_TRUE(slice->access_unit_start);
}

TEST(H264PacketTest, LaterSlicesStartNothing) {
  for (uint8_t type : {kSlice, kIdr}) {
    auto later = H264Packet::Parse(Octets{type, kLater});
    ASSERT_TRUE(later);
    EXPECT_FALSE(later->has_idr_start);
    EXPECT_FALSE(later->access_unit_start);
    EXPECT_FALSE(H264Packet::Parse(Octets{type})->access_unit_start);  // Nothing to see.
  }
}

TEST(H264PacketTest, StapALooksIntoEveryUnit) {
  const Octets octets = {kStapA, 0, 2, kSei, 1, 0, 3, kSps, 0x42, 0, 0, 1, kPps, 0, 2, kIdr, kFirst};
  auto packet = H264Packet::Parse(octets);
  ASSERT_TRUE(packet);
  EXPECT_TRUE(packet->has_sps);
  EXPECT_TRUE(packet->has_idr_start);
  EXPECT_TRUE(packet->access_unit_start);
}

TEST(H264PacketTest, StapAStartsAnAccessUnitOnlyWithItsFirstUnit) {
  auto packet = H264Packet::Parse(Octets{kStapA, 0, 2, kSlice, kLater, 0, 2, kSlice, kFirst});
  ASSERT_TRUE(packet);
  EXPECT_FALSE(packet->access_unit_start);
}

TEST(H264PacketTest, RefusesAStapAThatIsCutOffOrEmpty) {
  const Octets octets = {kStapA, 0, 2, kSps, 1, 0, 1, kPps};
  for (size_t size = 0; size <= octets.size(); ++size) {
    bool whole = size == octets.size() || size == 5;  // Between two units the cut does not show.
    EXPECT_EQ(H264Packet::Parse(Bytes(octets).first(size)).has_value(), whole) << size;
  }
  EXPECT_FALSE(H264Packet::Parse(Octets{kStapA, 0, 0}));
}

TEST(H264PacketTest, FuAShowsItsUnitInTheFirstFragment) {
  auto start = H264Packet::Parse(Octets{kFuA, 0x85, kFirst});
  ASSERT_TRUE(start);
  EXPECT_TRUE(start->has_idr_start);
  EXPECT_TRUE(start->access_unit_start);
  EXPECT_TRUE(H264Packet::Parse(Octets{kFuA, 0x87, 0x42})->has_sps);
  auto middle = H264Packet::Parse(Octets{kFuA, 0x05, kFirst});
  ASSERT_TRUE(middle);
  EXPECT_FALSE(middle->has_idr_start);
  EXPECT_FALSE(middle->access_unit_start);
  EXPECT_FALSE(H264Packet::Parse(Octets{kFuA, 0x45, kFirst})->has_idr_start);  // The last.
  EXPECT_FALSE(H264Packet::Parse(Octets{kFuA}));
}

TEST(H264PacketTest, KnowsPicturesThatNothingRefersTo) {
  EXPECT_TRUE(H264Packet::Parse(Octets{0x01, kLater})->is_no_reference);
  EXPECT_FALSE(H264Packet::Parse(Octets{kSlice, kLater})->is_no_reference);
  EXPECT_FALSE(H264Packet::Parse(Octets{0x06, 1})->is_no_reference);            // SEI is no picture.
  EXPECT_TRUE(H264Packet::Parse(Octets{0x1c, 0x01, kLater})->is_no_reference);  // Any fragment.
  EXPECT_FALSE(H264Packet::Parse(Octets{kFuA, 0x01, kLater})->is_no_reference);
  EXPECT_TRUE(H264Packet::Parse(Octets{0x18, 0, 2, 0x06, 1, 0, 2, 0x01, kFirst})->is_no_reference);
  EXPECT_FALSE(H264Packet::Parse(Octets{kStapA, 0, 2, 0x01, kFirst, 0, 2, kSlice, kLater})->is_no_reference);
}

TEST(H264PacketTest, APrefixTellsTheTemporalLayer) {
  auto prefix = H264Packet::Parse(Octets{0x6e, 0x80, 0x00, 0x47});
  ASSERT_TRUE(prefix);
  EXPECT_EQ(prefix->temporal_layer, 2);
  EXPECT_TRUE(prefix->access_unit_start);
  EXPECT_FALSE(H264Packet::Parse(Octets{0x6e, 0x80, 0x00})->temporal_layer);
  EXPECT_EQ(
      H264Packet::Parse(Octets{kStapA, 0, 4, 0x6e, 0x80, 0x00, 0x27, 0, 2, kSlice, kFirst})->temporal_layer,
      1);
}

TEST(H264PacketTest, RefusesTypesThatAreNotForWebRtc) {
  for (uint8_t type : {0, 25, 26, 27, 29, 30, 31})
    EXPECT_FALSE(H264Packet::Parse(Octets{type, 0, 0})) << int{type};
  EXPECT_FALSE(H264Packet::Parse({}));
}

}  // namespace
}  // namespace sluice::rtp
