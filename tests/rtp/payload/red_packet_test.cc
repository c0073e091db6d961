#include "rtp/payload/red_packet.h"

#include <gtest/gtest.h>

#include "tests/rtp/rtp_packets.h"

namespace sluice::rtp {
namespace {

constexpr uint8_t kOpus = 111;

// The header of a redundant block: 960 units ago, `size` octets.
Octets Redundant(uint16_t size, uint8_t payload_type = kOpus) {
  const uint32_t rest = 960u << 10 | size;
  return {static_cast<uint8_t>(0x80 | payload_type), static_cast<uint8_t>(rest >> 16),
          static_cast<uint8_t>(rest >> 8), static_cast<uint8_t>(rest)};
}

TEST(RedPacketTest, PrimaryBlockAlone) {
  auto red = RedPacket::Parse(Octets{kOpus, 1, 2, 3});
  ASSERT_TRUE(red);
  EXPECT_EQ(red->redundant_blocks, 0);
  EXPECT_EQ(red->primary_payload_type, PayloadType(kOpus));
  EXPECT_EQ(red->primary_size, 3);
}

TEST(RedPacketTest, PrimaryBlockIsWhatIsLeftBehindTheRedundantOnes) {
  const Octets payload =
      Concat({Redundant(600, 9), Redundant(2, 8), {kOpus}, Octets(600, 7), Octets(2, 8), {1, 2, 3, 4}});
  auto red = RedPacket::Parse(payload);
  ASSERT_TRUE(red);
  EXPECT_EQ(red->redundant_blocks, 2);
  EXPECT_EQ(red->primary_payload_type, PayloadType(kOpus));
  EXPECT_EQ(red->primary_size, 4);
  EXPECT_EQ(payload[RedPacket::HeaderOffset(0)], 0x80 | 9);
  EXPECT_EQ(payload[RedPacket::HeaderOffset(1)], 0x80 | 8);
  EXPECT_EQ(payload[RedPacket::HeaderOffset(2)], kOpus);
}

TEST(RedPacketTest, RedundantBlocksMayBeEmpty) {
  auto red = RedPacket::Parse(Concat({Redundant(0), {kOpus, 5}}));
  ASSERT_TRUE(red);
  EXPECT_EQ(red->redundant_blocks, 1);
  EXPECT_EQ(red->primary_size, 1);
}

TEST(RedPacketTest, WhatIsCutOffIsRefusedWhereverItIsCut) {
  const Octets whole = Concat({Redundant(3), {kOpus}, {1, 2, 3}, {4}});
  ASSERT_TRUE(RedPacket::Parse(whole));
  for (size_t size = 0; size < whole.size(); ++size) {
    EXPECT_FALSE(RedPacket::Parse(Bytes(whole).first(size))) << size;
  }
}

TEST(RedPacketTest, PrimaryBlockMustNotBeEmpty) {
  EXPECT_FALSE(RedPacket::Parse(Octets{kOpus}));
  EXPECT_FALSE(RedPacket::Parse(Concat({Redundant(2), {kOpus, 1, 2}})));
}

TEST(RedPacketTest, RedundantBlocksCannotBeLongerThanThePacket) {
  EXPECT_FALSE(RedPacket::Parse(Concat({Redundant(1023), Redundant(1023), {kOpus}, Octets(1500)})));
}

TEST(RedPacketTest, BlocksAreBounded) {
  Octets headers;
  for (int i = 0; i < RedPacket::kMaxRedundantBlocks; ++i) headers = Concat({headers, Redundant(0)});
  EXPECT_TRUE(RedPacket::Parse(Concat({headers, {kOpus, 1}})));
  EXPECT_FALSE(RedPacket::Parse(Concat({headers, Redundant(0), {kOpus, 1}})));
}

}  // namespace
}  // namespace sluice::rtp
