#include "transports/sctp/sctp_guard.h"

#include <gtest/gtest.h>

#include "tests/transports/sctp/sctp_packets.h"

namespace sluice::transports {
namespace {

using Type = SctpChunkType;
using Packet = std::vector<uint8_t>;

constexpr uint32_t kOurTag = 0x0a0b0c0d;
const Packet kCookie = {9, 8, 7, 6, 5};

Packet InitAck(uint32_t tag, const Packet& cookie) {
  return SctpPacketBuilder(77)
      .Chunk(Type::kInitAck, InitValue(tag, {{SctpPacket::kStateCookie, cookie}}))
      .Build();
}
Packet CookieEcho(uint32_t tag, const Packet& cookie) {
  return SctpPacketBuilder(tag).Chunk(Type::kCookieEcho, cookie).Build();
}

// A guard whose association has answered an INIT.
class SctpGuardTest : public ::testing::Test {
 protected:
  SctpGuardTest() { guard.NoteSent(InitAck(kOurTag, kCookie)); }

  std::optional<SctpDrop> DropOf(const Packet& packet) {
    auto verdict = guard.Check(packet);
    const auto* drop = std::get_if<SctpDrop>(&verdict);
    return drop ? std::optional(*drop) : std::nullopt;
  }

  SctpGuard guard{5000, 5000};
};

TEST_F(SctpGuardTest, PassesWhatHasOurTag) {
  EXPECT_EQ(DropOf(SctpPacketBuilder(kOurTag).Chunk(Type::kCookieAck, {}).Build()), std::nullopt);
}

TEST_F(SctpGuardTest, SaysWhatBeginsAndEndsAnAssociation) {
  auto init = guard.Check(SctpPacketBuilder(0).Chunk(Type::kInit, InitValue(3)).Build());
  EXPECT_TRUE(std::get<SctpGuard::Passed>(init).init);
  auto abort = guard.Check(SctpPacketBuilder(kOurTag).Chunk(Type::kAbort, {}).Build());
  EXPECT_TRUE(std::get<SctpGuard::Passed>(abort).abort);
}

TEST_F(SctpGuardTest, DropsOtherTags) {
  EXPECT_EQ(DropOf(SctpPacketBuilder(kOurTag + 1).Chunk(Type::kCookieAck, {}).Build()), SctpDrop::kWrongTag);
  EXPECT_EQ(DropOf(SctpPacketBuilder(0).Chunk(Type::kCookieAck, {}).Build()), SctpDrop::kWrongTag);
  EXPECT_EQ(DropOf(SctpPacketBuilder(kOurTag).Chunk(Type::kInit, InitValue(3)).Build()), SctpDrop::kWrongTag);
}

TEST_F(SctpGuardTest, LeavesReflectedTagsToTheAssociation) {
  EXPECT_EQ(DropOf(SctpPacketBuilder(5).Chunk(Type::kAbort, {}, 1).Build()), std::nullopt);
  EXPECT_EQ(DropOf(SctpPacketBuilder(5).Chunk(Type::kAbort, {}, 0).Build()), SctpDrop::kWrongTag);
}

TEST_F(SctpGuardTest, DropsDamagedPackets) {
  Packet packet = SctpPacketBuilder(kOurTag).Chunk(Type::kCookieAck, {}).Build();
  packet[8] ^= 1;
  EXPECT_EQ(DropOf(packet), SctpDrop::kBadChecksum);
  packet.pop_back();
  EXPECT_EQ(DropOf(packet), SctpDrop::kMalformed);
}

TEST_F(SctpGuardTest, DropsOtherPorts) {
  EXPECT_EQ(DropOf(SctpPacketBuilder(kOurTag, 5001).Chunk(Type::kCookieAck, {}).Build()),
            SctpDrop::kWrongPort);
  EXPECT_EQ(DropOf(SctpPacketBuilder(kOurTag, 5000, 1).Chunk(Type::kCookieAck, {}).Build()),
            SctpDrop::kWrongPort);
}

TEST_F(SctpGuardTest, DropsExtensionsThatWeDoNotOffer) {
  EXPECT_EQ(DropOf(SctpPacketBuilder(kOurTag).Chunk(Type{0xc1}, Packet(8)).Build()),
            SctpDrop::kUnsupportedChunk);
  EXPECT_EQ(DropOf(SctpPacketBuilder(kOurTag).Chunk(Type{0x3f}, Packet(8)).Build()), std::nullopt);
}

TEST_F(SctpGuardTest, DropsForgedCookies) {
  EXPECT_EQ(DropOf(CookieEcho(kOurTag, kCookie)), std::nullopt);
  Packet forged = kCookie;
  forged.back() ^= 1;
  EXPECT_EQ(DropOf(CookieEcho(kOurTag, forged)), SctpDrop::kForgedCookie);
  forged = kCookie;
  forged.push_back(0);
  EXPECT_EQ(DropOf(CookieEcho(kOurTag, forged)), SctpDrop::kForgedCookie);
}

TEST_F(SctpGuardTest, RemembersTheLastFewCookies) {
  for (uint8_t i = 0; i < 4; ++i) guard.NoteSent(InitAck(kOurTag, {i}));
  EXPECT_EQ(DropOf(CookieEcho(kOurTag, kCookie)), SctpDrop::kForgedCookie);
  for (uint8_t i = 0; i < 4; ++i) EXPECT_EQ(DropOf(CookieEcho(kOurTag, {i})), std::nullopt);
}

TEST_F(SctpGuardTest, AFloodOfInitsDoesNotLockTheTagInUseOut) {
  const uint32_t restarted = 99;
  guard.NoteSent(InitAck(restarted, {1}));
  EXPECT_EQ(DropOf(CookieEcho(restarted, {1})), std::nullopt);
  for (uint32_t tag = 1000; tag < 1100; ++tag) guard.NoteSent(InitAck(tag, {2}));
  EXPECT_EQ(DropOf(SctpPacketBuilder(restarted).Chunk(Type::kCookieAck, {}).Build()), std::nullopt);
  EXPECT_EQ(DropOf(SctpPacketBuilder(1000).Chunk(Type::kCookieAck, {}).Build()), SctpDrop::kWrongTag);
}

}  // namespace
}  // namespace sluice::transports
