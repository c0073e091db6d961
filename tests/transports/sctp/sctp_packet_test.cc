#include "transports/sctp/sctp_packet.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/transports/sctp/sctp_packets.h"

namespace sluice::transports {
namespace {

using ::testing::ElementsAre;
using ::testing::ElementsAreArray;
using Type = SctpChunkType;
using Value = std::vector<uint8_t>;

constexpr uint32_t kTag = 0x01020304;

std::vector<uint8_t> With(Type type, const Value& value) {
  return SctpPacketBuilder(kTag).Chunk(type, value).Build();
}
bool Parses(Type type, const Value& value) { return SctpPacket::Parse(With(type, value)).has_value(); }

TEST(SctpPacketTest, ReadsHeaderAndChunks) {
  Value data(13, 1);
  auto packet =
      SctpPacketBuilder(kTag, 5001, 5002).Chunk(Type::kCookieAck, {}).Chunk(Type::kData, data, 3).Build();
  auto view = SctpPacket::Parse(packet);
  ASSERT_TRUE(view);
  EXPECT_EQ(view->source_port(), 5001);
  EXPECT_EQ(view->destination_port(), 5002);
  EXPECT_EQ(view->verification_tag(), kTag);
  ASSERT_EQ(view->chunks().size(), 2u);
  EXPECT_EQ(view->chunks()[0].type, Type::kCookieAck);
  EXPECT_EQ(view->chunks()[1].flags, 3);
  EXPECT_THAT(view->chunks()[1].value, ElementsAreArray(data));
}

TEST(SctpPacketTest, LastChunksPaddingMayBeMissing) {
  auto packet = With(Type::kData, Value(13, 1));
  packet.resize(packet.size() - 3);
  EXPECT_TRUE(SctpPacket::Parse(packet));
}

TEST(SctpPacketTest, RefusesWhatIsTooShort) {
  auto packet = With(Type::kCookieAck, {});
  for (size_t size = 0; size < packet.size(); ++size) {
    EXPECT_FALSE(SctpPacket::Parse(Bytes(packet).first(size))) << size;
  }
}

TEST(SctpPacketTest, RefusesChunksThatLieAboutTheirLength) {
  for (uint8_t length : {0, 1, 2, 3, 21, 255}) {
    auto packet = With(Type::kData, Value(13, 1));
    packet[15] = length;
    EXPECT_FALSE(SctpPacket::Parse(packet)) << int{length};
  }
}

TEST(SctpPacketTest, HoldsChunksToTheirShapes) {
  EXPECT_FALSE(Parses(Type::kData, Value(12)));  // No user data.
  EXPECT_TRUE(Parses(Type::kSack, Value(12)));
  EXPECT_FALSE(Parses(Type::kSack, Value(11)));
  EXPECT_FALSE(Parses(Type::kSack, {0, 0, 0, 0, 0, 0, 0, 0, 0, 1, 0, 0}));  // A gap block that is not there.
  EXPECT_TRUE(Parses(Type::kShutdown, Value(4)));
  EXPECT_FALSE(Parses(Type::kShutdown, Value(8)));
  EXPECT_FALSE(Parses(Type::kCookieAck, Value(1)));
  EXPECT_FALSE(Parses(Type::kCookieEcho, {}));
  EXPECT_TRUE(Parses(Type::kForwardTsn, Value(8)));
  EXPECT_FALSE(Parses(Type::kForwardTsn, Value(6)));
  EXPECT_FALSE(Parses(Type::kHeartbeat, {}));
  EXPECT_FALSE(Parses(Type::kHeartbeat, {0, 1, 0, 9, 0}));  // Longer than the chunk.
  EXPECT_TRUE(Parses(Type::kAbort, {}));
  EXPECT_FALSE(Parses(Type::kAbort, {0, 3, 0, 2}));  // Shorter than its own header.
  EXPECT_TRUE(Parses(Type{200}, Value(5)));
}

TEST(SctpPacketTest, HoldsInitsToTheirShape) {
  EXPECT_TRUE(Parses(Type::kInit, InitValue(1)));
  EXPECT_FALSE(Parses(Type::kInit, InitValue(0)));
  EXPECT_FALSE(Parses(Type::kInit, InitValue(1, {}, /*streams=*/0)));
  Value truncated = InitValue(1);
  truncated.pop_back();
  EXPECT_FALSE(Parses(Type::kInit, truncated));
  Value parameter = InitValue(1, {{0xc000, {1, 2}}});
  parameter[19] = 30;
  EXPECT_FALSE(Parses(Type::kInitAck, parameter));
}

TEST(SctpPacketTest, HoldsReconfigurationsToTheirShape) {
  EXPECT_TRUE(Parses(Type::kReconfig, {0, 13, 0, 18, 0, 0, 0, 1, 0, 0, 0, 2, 0, 0, 0, 3, 0, 7}));
  EXPECT_FALSE(Parses(Type::kReconfig, {0, 13, 0, 12, 0, 0, 0, 1, 0, 0, 0, 2}));
  EXPECT_FALSE(Parses(Type::kReconfig, {0, 16, 0, 8, 0, 0, 0, 1}));
  EXPECT_FALSE(Parses(Type::kReconfig, {}));
}

TEST(SctpPacketTest, RefusesBundlesThatMustNotBe) {
  EXPECT_FALSE(SctpPacket::Parse(
      SctpPacketBuilder(0).Chunk(Type::kInit, InitValue(1)).Chunk(Type::kCookieAck, {}).Build()));
  EXPECT_FALSE(SctpPacket::Parse(
      SctpPacketBuilder(kTag).Chunk(Type::kCookieAck, {}).Chunk(Type::kCookieEcho, {1}).Build()));
}

TEST(SctpPacketTest, FindsParametersOfAnInit) {
  auto packet = With(Type::kInitAck, InitValue(9, {{0xc000, {}}, {SctpPacket::kStateCookie, {1, 2, 3}}}));
  auto view = SctpPacket::Parse(packet);
  ASSERT_TRUE(view);
  EXPECT_EQ(InitiateTag(view->chunks()[0]), 9u);
  EXPECT_THAT(FindParameter(InitParameters(view->chunks()[0]), SctpPacket::kStateCookie).value(),
              ElementsAre(1, 2, 3));
  EXPECT_FALSE(FindParameter(InitParameters(view->chunks()[0]), 8));
}

TEST(SctpPacketTest, EveryBitIsInTheChecksum) {
  auto packet = With(Type::kData, Value(13, 1));
  EXPECT_TRUE(SctpChecksumMatches(packet));
  for (size_t bit = 0; bit < packet.size() * 8; ++bit) {
    auto damaged = packet;
    damaged[bit / 8] ^= static_cast<uint8_t>(1 << bit % 8);
    EXPECT_FALSE(SctpChecksumMatches(damaged)) << bit;
  }
}

}  // namespace
}  // namespace sluice::transports
