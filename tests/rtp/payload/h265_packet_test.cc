#include "rtp/payload/h265_packet.h"

#include <gmock/gmock.h>

#include "tests/rtp/rtp_packets.h"

namespace sluice::rtp {
namespace {

using ::testing::Optional;

constexpr uint8_t kTrail = 1, kTsa = 3, kStsa = 5, kIdr = 19, kCra = 21, kVps = 32, kSps = 33, kPps = 34,
                  kDelimiter = 35, kPrefixSei = 39, kSuffixSei = 40, kAp = 48, kFu = 49, kPaci = 50;
constexpr uint8_t kFirst = 0x80, kLater = 0x00;  // first_slice_segment_in_pic_flag

// A NAL unit, or a packet, of the type and temporal layer.
Octets Nal(uint8_t type, const Octets& body, uint8_t layer = 0) {
  return Concat({{static_cast<uint8_t>(type << 1), static_cast<uint8_t>(layer + 1)}, body});
}
Octets Aggregate(std::initializer_list<Octets> units) {
  Octets out = Nal(kAp, {});
  for (const Octets& unit : units) {
    out.push_back(0);
    out.push_back(static_cast<uint8_t>(unit.size()));
    out.insert(out.end(), unit.begin(), unit.end());
  }
  return out;
}

TEST(H265PacketTest, SingleNalUnits) {
  auto idr = H265Packet::Parse(Nal(kIdr, {kFirst}));
  ASSERT_TRUE(idr);
  EXPECT_TRUE(idr->has_key_picture_start);
  EXPECT_TRUE(idr->access_unit_start);
  EXPECT_TRUE(H265Packet::Parse(Nal(kCra, {kFirst}))->has_key_picture_start);

  auto slice = H265Packet::Parse(Nal(kTrail, {kFirst}, 2));
  EXPECT_FALSE(slice->has_key_picture_start);
  EXPECT_TRUE(slice->access_unit_start);
  EXPECT_EQ(slice->temporal_layer, 2);

  for (uint8_t type : {kVps, kSps}) EXPECT_TRUE(H265Packet::Parse(Nal(type, {1}))->has_parameter_set);
  for (uint8_t type : {kVps, kSps, kPps, kDelimiter, kPrefixSei})
    EXPECT_TRUE(H265Packet::Parse(Nal(type, {1}))->access_unit_start);
  EXPECT_FALSE(H265Packet::Parse(Nal(kSuffixSei, {1}))->access_unit_start);
}

TEST(H265PacketTest, LaterSlicesStartNothing) {
  for (uint8_t type : {kTrail, kIdr}) {
    auto later = H265Packet::Parse(Nal(type, {kLater}));
    ASSERT_TRUE(later);
    EXPECT_FALSE(later->has_key_picture_start);
    EXPECT_FALSE(later->access_unit_start);
    EXPECT_FALSE(H265Packet::Parse(Nal(type, {}))->access_unit_start);  // Nothing to see.
  }
}

TEST(H265PacketTest, SwitchingPoints) {
  EXPECT_TRUE(H265Packet::Parse(Nal(kTsa, {kLater}))->switch_to_all);
  EXPECT_TRUE(H265Packet::Parse(Nal(kStsa, {kLater}))->switch_to_layer);
  EXPECT_TRUE(H265Packet::Parse(Nal(kFu, {kTsa, 0}))->switch_to_all);  // Any fragment.
  EXPECT_FALSE(H265Packet::Parse(Nal(kTrail, {kLater}))->switch_to_all);
  EXPECT_THAT(H265Packet::Parse(Nal(kSps, {0x01}))->temporal_nesting, Optional(true));
  EXPECT_THAT(H265Packet::Parse(Nal(kSps, {0x06}))->temporal_nesting, Optional(false));
  EXPECT_FALSE(H265Packet::Parse(Nal(kSps, {}))->temporal_nesting);
}

TEST(H265PacketTest, AnAggregateLooksIntoEveryUnit) {
  const Octets octets = Aggregate({Nal(kVps, {1}), Nal(kSps, {1, 2}), Nal(kPps, {3}), Nal(kIdr, {kFirst})});
  auto packet = H265Packet::Parse(octets);
  ASSERT_TRUE(packet);
  EXPECT_TRUE(packet->has_parameter_set);
  EXPECT_TRUE(packet->has_key_picture_start);
  EXPECT_TRUE(packet->access_unit_start);
  // Its start is its first unit's.
  EXPECT_FALSE(
      H265Packet::Parse(Aggregate({Nal(kTrail, {kLater}), Nal(kTrail, {kFirst})}))->access_unit_start);
}

TEST(H265PacketTest, RefusesAnAggregateThatIsCutOffOrEmpty) {
  const Octets octets = Aggregate({Nal(kSps, {1}), Nal(kPps, {})});
  for (size_t size = 0; size <= octets.size(); ++size) {
    const bool whole = size == octets.size() || size == 7;  // Between two units the cut does not show.
    EXPECT_EQ(H265Packet::Parse(Bytes(octets).first(size)).has_value(), whole) << size;
  }
  EXPECT_FALSE(H265Packet::Parse(Aggregate({{1}})));
}

TEST(H265PacketTest, AFragmentShowsItsUnitInTheFirst) {
  auto start = H265Packet::Parse(Nal(kFu, {0x80 | kIdr, kFirst}));
  ASSERT_TRUE(start);
  EXPECT_TRUE(start->has_key_picture_start);
  EXPECT_TRUE(start->access_unit_start);
  auto middle = H265Packet::Parse(Nal(kFu, {kIdr, kFirst}));
  ASSERT_TRUE(middle);
  EXPECT_FALSE(middle->has_key_picture_start);
  EXPECT_FALSE(middle->access_unit_start);
  EXPECT_FALSE(H265Packet::Parse(Nal(kFu, {0x40 | kIdr, kFirst}))->has_key_picture_start);  // The last.
  EXPECT_FALSE(H265Packet::Parse(Nal(kFu, {})));
}

TEST(H265PacketTest, RefusesWhatIsNoNalUnit) {
  EXPECT_FALSE(H265Packet::Parse(Octets{}));
  EXPECT_FALSE(H265Packet::Parse(Octets{0x02}));
  EXPECT_FALSE(H265Packet::Parse(Octets{0x02, 0x00, kFirst}));  // TID 0 is forbidden.
  EXPECT_FALSE(H265Packet::Parse(Nal(kPaci, {1, 2, 3})));
}

}  // namespace
}  // namespace sluice::rtp
