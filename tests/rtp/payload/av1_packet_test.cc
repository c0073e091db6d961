#include "rtp/payload/av1_packet.h"

#include <gmock/gmock.h>

#include "tests/rtp/rtp_packets.h"

namespace sluice::rtp {
namespace {

using ::testing::Optional;

constexpr uint8_t kZ = 0x80, kY = 0x40, kW1 = 0x10, kW2 = 0x20, kW3 = 0x30, kN = 0x08;
// OBU headers.
constexpr uint8_t kSequence = 1 << 3, kTileGroup = 4 << 3, kFrame = 6 << 3, kExtended = 0x04;

TEST(Av1PacketTest, AKeyFrameAsChromiumSendsIt) {
  auto packet = Av1Packet::Parse(Octets{kY | kW2 | kN, 3, kSequence, 1, 2, kFrame, 9, 9, 9});
  ASSERT_TRUE(packet);
  EXPECT_TRUE(packet->new_coded_sequence);
  EXPECT_TRUE(packet->has_sequence_header);
  EXPECT_TRUE(packet->frame_start);
  EXPECT_FALSE(packet->continues_obu);
  EXPECT_TRUE(packet->obu_continues);
  EXPECT_EQ(packet->temporal_layer, std::nullopt);
}

TEST(Av1PacketTest, ContinuationsShowNeitherTypeNorLayer) {
  auto packet = Av1Packet::Parse(Octets{kZ | kW1, kSequence | kExtended, 0xff});
  ASSERT_TRUE(packet);
  EXPECT_TRUE(packet->continues_obu);
  EXPECT_FALSE(packet->frame_start);
  EXPECT_FALSE(packet->has_sequence_header);
  EXPECT_EQ(packet->temporal_layer, std::nullopt);
}

TEST(Av1PacketTest, ATileGroupOfItsOwnStartsNoFrame) {
  EXPECT_FALSE(Av1Packet::Parse(Octets{kW1, kTileGroup, 1})->frame_start);
  EXPECT_TRUE(Av1Packet::Parse(Octets{kW1, kFrame, 1})->frame_start);
}

TEST(Av1PacketTest, LayersAreThoseOfTheFirstObuThatSays) {
  auto packet =
      Av1Packet::Parse(Octets{kW3, 1, kSequence, 3, kFrame | kExtended, 0x48, 0, kFrame | kExtended, 0xff});
  ASSERT_TRUE(packet);
  EXPECT_THAT(packet->temporal_layer, Optional(2));
  EXPECT_THAT(packet->spatial_layer, Optional(1));
}

TEST(Av1PacketTest, WithoutACountEveryElementHasASize) {
  auto packet = Av1Packet::Parse(Octets{0, 0x82, 0x00, kFrame, 1, 1, kSequence});  // A size in two octets.
  ASSERT_TRUE(packet);
  EXPECT_TRUE(packet->has_sequence_header);
  EXPECT_FALSE(Av1Packet::Parse(Octets{0, 2, kFrame}));
}

TEST(Av1PacketTest, RefusesWhatIsCutOffOrContradictsItself) {
  EXPECT_FALSE(Av1Packet::Parse({}));
  EXPECT_FALSE(Av1Packet::Parse(Octets{kW1}));
  EXPECT_FALSE(Av1Packet::Parse(Octets{kW2, 9, kFrame}));
  EXPECT_FALSE(Av1Packet::Parse(Octets{kW2, 0x80}));
  EXPECT_FALSE(Av1Packet::Parse(Octets{kZ | kN | kW1, kFrame}));
}

TEST(Av1PacketTest, RefusesSizesOutsideLeb128) {
  const Octets rest(300, 0);
  EXPECT_FALSE(Av1Packet::Parse(Concat({{kW2}, Octets(8, 0x80), {1}, rest})));            // Nine octets.
  EXPECT_FALSE(Av1Packet::Parse(Concat({{kW2}, {0xff, 0xff, 0xff, 0xff, 0x7f}, rest})));  // Above 32 bits.
  EXPECT_TRUE(Av1Packet::Parse(Concat({{kW2}, {0x81, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0}, rest})));
}

}  // namespace
}  // namespace sluice::rtp
