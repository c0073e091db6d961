#include "transports/srtp/srtp_session.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <utility>
#include <vector>

#include "tests/transports/srtp/test_packets.h"

namespace sluice::transports {
namespace {

constexpr Ssrc kSsrc(0x12345678);

class SrtpSessionTest : public testing::TestWithParam<SrtpProfile> {
 protected:
  SrtpProfile profile() const { return GetParam(); }
  size_t rtp_tag() const {
    if (profile() == SrtpProfile::kAesCm128HmacSha1_80) return 10;
    return profile() == SrtpProfile::kAesCm128HmacSha1_32 ? 4 : 16;
  }
  size_t rtcp_trailer() const {
    bool gcm = SrtpMasterSaltLength(profile()) == 12;
    return 4 + (gcm ? 16 : 10);
  }

  static SrtpSession Make(SrtpProfile profile, SrtpDirection direction,
                          size_t max_inbound = SrtpSession::kDefaultMaxInboundStreams) {
    return *SrtpSession::Create(profile, direction, TestKey(profile), max_inbound);
  }
  TestPacket ProtectedRtp(Ssrc ssrc, SequenceNumber sequence_number, size_t payload = 100) {
    TestPacket packet = RtpPacket(ssrc, sequence_number, payload);
    std::optional<size_t> size = sender_.ProtectRtp(packet.storage, packet.size);
    EXPECT_TRUE(size);
    packet.size = size.value_or(0);
    return packet;
  }
  TestPacket ProtectedRtcp(Ssrc ssrc, size_t blocks = 1) {
    TestPacket packet = RtcpPacket(ssrc, blocks);
    std::optional<size_t> size = sender_.ProtectRtcp(packet.storage, packet.size);
    EXPECT_TRUE(size);
    packet.size = size.value_or(0);
    return packet;
  }
  SrtpStatus Receive(TestPacket packet) { return receiver_.UnprotectRtp(packet.mutable_bytes()).status; }
  SrtpStatus ReceiveRtcp(TestPacket packet) { return receiver_.UnprotectRtcp(packet.mutable_bytes()).status; }

  SrtpSession sender_ = Make(GetParam(), SrtpDirection::kOutbound);
  SrtpSession receiver_ = Make(GetParam(), SrtpDirection::kInbound);
};

INSTANTIATE_TEST_SUITE_P(AllProfiles, SrtpSessionTest, testing::ValuesIn(kAllSrtpProfiles),
                         [](const auto& test) { return std::string(SrtpProfileName(test.param)); });

TEST_P(SrtpSessionTest, RtpRoundTrip) {
  for (size_t payload : {0, 1, 15, 16, 17, 160, 1200, 1460}) {
    SequenceNumber sequence_number(static_cast<uint16_t>(payload + 1));
    TestPacket plain = RtpPacket(kSsrc, sequence_number, payload);
    TestPacket packet = ProtectedRtp(kSsrc, sequence_number, payload);
    EXPECT_EQ(packet.size, plain.size + rtp_tag());
    if (payload >= 15) {
      EXPECT_FALSE(std::equal(&packet.storage[12], &packet.storage[12 + payload], &plain.storage[12]));
    }
    SrtpResult result = receiver_.UnprotectRtp(packet.mutable_bytes());
    EXPECT_EQ(result.status, SrtpStatus::kOk) << payload;
    ASSERT_EQ(result.size, plain.size);
    packet.size = result.size;
    EXPECT_EQ(packet.copy(), plain.copy());
  }
}

TEST_P(SrtpSessionTest, HeaderCsrcsAndExtensionStayReadable) {
  std::vector<uint8_t> bytes(12 + 8 + 4 + 8 + 50, 0x42);
  bytes[0] = 0x80 | 0x10 | 2;
  StoreU16(&bytes[20], 0xbede);
  StoreU16(&bytes[22], 2);
  TestPacket plain = WithTrailerRoom(bytes);
  TestPacket packet = plain;
  std::optional<size_t> size = sender_.ProtectRtp(packet.storage, packet.size);
  ASSERT_TRUE(size);
  EXPECT_TRUE(std::equal(plain.storage.begin(), plain.storage.begin() + 32, packet.storage.begin()));
  EXPECT_FALSE(
      std::equal(plain.storage.begin() + 32, plain.storage.begin() + 82, packet.storage.begin() + 32));
  packet.size = *size;
  EXPECT_EQ(receiver_.UnprotectRtp(packet.mutable_bytes()).status, SrtpStatus::kOk);
}

TEST_P(SrtpSessionTest, RtcpRoundTrip) {
  for (size_t blocks : {0, 1, 4, 31}) {
    TestPacket plain = RtcpPacket(kSsrc, blocks);
    TestPacket packet = ProtectedRtcp(kSsrc, blocks);
    EXPECT_EQ(packet.size, plain.size + rtcp_trailer());
    SrtpResult result = receiver_.UnprotectRtcp(packet.mutable_bytes());
    EXPECT_EQ(result.status, SrtpStatus::kOk) << blocks;
    ASSERT_EQ(result.size, plain.size);
    packet.size = result.size;
    EXPECT_EQ(packet.copy(), plain.copy());
  }
}

TEST_P(SrtpSessionTest, EveryTamperedOctetIsNoticed) {
  const TestPacket rtp = ProtectedRtp(kSsrc, SequenceNumber(7), 40);
  for (size_t i = 0; i < rtp.size; ++i) {
    if (i == 0) continue;  // Version, padding, CSRC count: see below.
    TestPacket tampered = rtp;
    tampered.storage[i] ^= 0x01;
    EXPECT_NE(Receive(tampered), SrtpStatus::kOk) << i;
  }
  TestPacket padded = rtp;
  padded.storage[0] ^= 0x20;
  EXPECT_EQ(Receive(padded), SrtpStatus::kAuthenticationFailed);
  EXPECT_EQ(receiver_.stream_count(), 0u);
  EXPECT_EQ(Receive(rtp), SrtpStatus::kOk);  // None of it did harm.

  const TestPacket rtcp = ProtectedRtcp(kSsrc);
  for (size_t i = 1; i < rtcp.size; ++i) {
    TestPacket tampered = rtcp;
    tampered.storage[i] ^= 0x01;
    EXPECT_NE(ReceiveRtcp(tampered), SrtpStatus::kOk) << i;
  }
  EXPECT_EQ(ReceiveRtcp(rtcp), SrtpStatus::kOk);
}

TEST_P(SrtpSessionTest, AnotherKeyFails) {
  SrtpSession other =
      *SrtpSession::Create(profile(), SrtpDirection::kInbound, TestKey(profile(), /*first=*/2));
  TestPacket packet = ProtectedRtp(kSsrc, SequenceNumber(1));
  EXPECT_EQ(other.UnprotectRtp(packet.mutable_bytes()).status, SrtpStatus::kAuthenticationFailed);
}

TEST_P(SrtpSessionTest, ReplaysAreRefused) {
  TestPacket rtp = ProtectedRtp(kSsrc, SequenceNumber(1));
  EXPECT_EQ(Receive(rtp), SrtpStatus::kOk);
  EXPECT_EQ(Receive(rtp), SrtpStatus::kReplayed);
  TestPacket rtcp = ProtectedRtcp(kSsrc);
  EXPECT_EQ(ReceiveRtcp(rtcp), SrtpStatus::kOk);
  EXPECT_EQ(ReceiveRtcp(rtcp), SrtpStatus::kReplayed);
}

TEST_P(SrtpSessionTest, ReorderedPacketsPassWithinTheWindow) {
  TestPacket late = ProtectedRtp(kSsrc, SequenceNumber(1001));
  TestPacket too_late = ProtectedRtp(kSsrc, SequenceNumber(1000));
  EXPECT_EQ(Receive(ProtectedRtp(kSsrc, SequenceNumber(1000 + 1024))), SrtpStatus::kOk);
  EXPECT_EQ(Receive(late), SrtpStatus::kOk);
  EXPECT_EQ(Receive(late), SrtpStatus::kReplayed);
  EXPECT_EQ(Receive(too_late), SrtpStatus::kReplayed);
}

TEST_P(SrtpSessionTest, ProtectingASequenceNumberAgainGivesTheSamePacket) {
  TestPacket first = ProtectedRtp(kSsrc, SequenceNumber(5));
  ProtectedRtp(kSsrc, SequenceNumber(6));
  EXPECT_EQ(ProtectedRtp(kSsrc, SequenceNumber(5)).copy(), first.copy());
}

TEST_P(SrtpSessionTest, SequenceNumbersWrap) {
  // Three times around, with a gap now and then: the roll-over counter must follow on both sides.
  for (uint32_t i = 0; i < 3 * 65'536; i += 97)
    ASSERT_EQ(Receive(ProtectedRtp(kSsrc, SequenceNumber(static_cast<uint16_t>(i)), 10)), SrtpStatus::kOk)
        << i;
}

TEST_P(SrtpSessionTest, PacketFromBeforeTheWrapMayArriveAfterIt) {
  EXPECT_EQ(Receive(ProtectedRtp(kSsrc, SequenceNumber(65'533))), SrtpStatus::kOk);
  TestPacket before = ProtectedRtp(kSsrc, SequenceNumber(65'535));
  TestPacket after = ProtectedRtp(kSsrc, SequenceNumber(2));
  EXPECT_EQ(Receive(after), SrtpStatus::kOk);
  EXPECT_EQ(Receive(before), SrtpStatus::kOk);
}

TEST_P(SrtpSessionTest, HostileSizesAreMalformed) {
  const TestPacket good = ProtectedRtp(kSsrc, SequenceNumber(1), 20);
  for (size_t size = 0; size < 12 + rtp_tag(); ++size) {
    TestPacket truncated = good;
    truncated.size = size;
    EXPECT_EQ(Receive(truncated), SrtpStatus::kMalformed) << size;
  }
  for (size_t size = 12 + rtp_tag(); size < good.size; ++size) {
    TestPacket truncated = good;
    truncated.size = size;
    EXPECT_EQ(Receive(truncated), SrtpStatus::kAuthenticationFailed) << size;
  }
  const TestPacket rtcp = ProtectedRtcp(kSsrc, 0);
  for (size_t size = 0; size < rtcp.size; ++size) {
    TestPacket truncated = rtcp;
    truncated.size = size;
    EXPECT_EQ(ReceiveRtcp(truncated), SrtpStatus::kMalformed) << size;
  }
  std::vector<uint8_t> huge(70'000, 0x80);
  EXPECT_EQ(receiver_.UnprotectRtp(huge).status, SrtpStatus::kMalformed);
  EXPECT_EQ(receiver_.UnprotectRtcp(huge).status, SrtpStatus::kMalformed);
}

TEST_P(SrtpSessionTest, HeadersThatPromiseMoreThanThereIsAreMalformed) {
  TestPacket csrcs = ProtectedRtp(kSsrc, SequenceNumber(1), 20);
  csrcs.storage[0] |= 0x0f;
  EXPECT_EQ(Receive(csrcs), SrtpStatus::kMalformed);
  TestPacket extension = ProtectedRtp(kSsrc, SequenceNumber(2), 20);
  extension.storage[0] |= 0x10;
  StoreU16(&extension.storage[14], 0xffff);
  EXPECT_EQ(Receive(extension), SrtpStatus::kMalformed);
  TestPacket version = ProtectedRtp(kSsrc, SequenceNumber(3), 20);
  version.storage[0] = 0x40;
  EXPECT_EQ(Receive(version), SrtpStatus::kMalformed);
}

TEST_P(SrtpSessionTest, ProtectRefusesWhatIsNoPacketOrDoesNotFit) {
  TestPacket packet = RtpPacket(kSsrc, SequenceNumber(1), 20);
  EXPECT_FALSE(
      sender_.ProtectRtp(MutableBytes(packet.storage).first(packet.storage.size() - 1), packet.size));
  EXPECT_FALSE(sender_.ProtectRtp(packet.storage, packet.storage.size() + 1));
  EXPECT_FALSE(sender_.ProtectRtp(packet.storage, 11));
  EXPECT_FALSE(sender_.ProtectRtcp(packet.storage, 7));
  packet.storage[0] = 0;
  EXPECT_FALSE(sender_.ProtectRtp(packet.storage, packet.size));
  EXPECT_FALSE(sender_.ProtectRtcp(packet.storage, packet.size));
  std::vector<uint8_t> huge(70'000);
  huge[0] = 0x80;
  EXPECT_FALSE(sender_.ProtectRtp(huge, 65'530));
  EXPECT_EQ(sender_.stream_count(), 0u);
}

TEST_P(SrtpSessionTest, ManyStreamsAreIndependent) {
  constexpr uint32_t kStreams = 5 * SrtpSession::kStreamsPerShard + 1;
  for (int round = 0; round < 3; ++round) {
    for (uint32_t i = 0; i < kStreams; ++i) {
      SequenceNumber sequence_number(static_cast<uint16_t>(i * 400 + static_cast<uint32_t>(round)));
      ASSERT_EQ(Receive(ProtectedRtp(Ssrc(i), sequence_number)), SrtpStatus::kOk);
    }
  }
  EXPECT_EQ(sender_.stream_count(), kStreams);
  EXPECT_EQ(receiver_.stream_count(), kStreams);
}

TEST_P(SrtpSessionTest, RemovedStreamStartsOver) {
  // Only a stream that starts over takes a sequence number that is far behind.
  for (Ssrc ssrc : {Ssrc(1), kSsrc}) {
    EXPECT_EQ(Receive(ProtectedRtp(ssrc, SequenceNumber(5000))), SrtpStatus::kOk);
    TestPacket behind = RtpPacket(ssrc, SequenceNumber(100));
    EXPECT_FALSE(sender_.ProtectRtp(behind.storage, behind.size));
  }
  sender_.RemoveStream(kSsrc);
  sender_.RemoveStream(kSsrc);  // Nothing left to remove.
  sender_.RemoveStream(Ssrc(99));
  EXPECT_EQ(sender_.stream_count(), 1u);
  TestPacket again = ProtectedRtp(kSsrc, SequenceNumber(100));
  EXPECT_EQ(Receive(again), SrtpStatus::kReplayed);
  receiver_.RemoveStream(kSsrc);
  EXPECT_EQ(Receive(again), SrtpStatus::kOk);
  TestPacket other_behind = RtpPacket(Ssrc(1), SequenceNumber(100));
  EXPECT_FALSE(
      sender_.ProtectRtp(other_behind.storage, other_behind.size));  // The other one was not touched.
}

TEST_P(SrtpSessionTest, ComingAndGoingStreamsLeaveNothingBehind) {
  for (uint32_t i = 0; i < 2000; ++i) {
    ASSERT_EQ(Receive(ProtectedRtp(Ssrc(i), SequenceNumber(1))), SrtpStatus::kOk);
    sender_.RemoveStream(Ssrc(i));
    receiver_.RemoveStream(Ssrc(i));
  }
  EXPECT_EQ(sender_.stream_count(), 0u);
  EXPECT_EQ(receiver_.stream_count(), 0u);
}

TEST_P(SrtpSessionTest, PeerCannotMakeMoreStreamsThanTheLimit) {
  receiver_ = Make(profile(), SrtpDirection::kInbound, /*max_inbound=*/40);
  for (uint32_t i = 0; i < 40; ++i)
    ASSERT_EQ(Receive(ProtectedRtp(Ssrc(i), SequenceNumber(1))), SrtpStatus::kOk);
  EXPECT_EQ(Receive(ProtectedRtp(Ssrc(40), SequenceNumber(1))), SrtpStatus::kTooManyStreams);
  EXPECT_EQ(ReceiveRtcp(ProtectedRtcp(Ssrc(41))), SrtpStatus::kTooManyStreams);
  EXPECT_EQ(Receive(ProtectedRtp(Ssrc(39), SequenceNumber(2))), SrtpStatus::kOk);
  receiver_.RemoveStream(Ssrc(3));
  EXPECT_EQ(Receive(ProtectedRtp(Ssrc(40), SequenceNumber(2))), SrtpStatus::kOk);
}

TEST_P(SrtpSessionTest, UnauthenticSsrcsAreNotRemembered) {
  for (uint32_t i = 0; i < 100; ++i) {
    TestPacket forged = RtpPacket(Ssrc(i), SequenceNumber(1));
    EXPECT_EQ(Receive(forged), SrtpStatus::kAuthenticationFailed);
  }
  EXPECT_EQ(receiver_.stream_count(), 0u);
}

TEST_P(SrtpSessionTest, MovesWithItsStreams) {
  ProtectedRtp(kSsrc, SequenceNumber(5000));
  SrtpSession moved = std::move(sender_);
  EXPECT_EQ(moved.stream_count(), 1u);
  sender_ = std::move(moved);
  TestPacket behind = RtpPacket(kSsrc, SequenceNumber(100));
  EXPECT_FALSE(sender_.ProtectRtp(behind.storage, behind.size));
}

TEST_P(SrtpSessionTest, KeyOfAnotherLengthIsRefused) {
  std::vector<uint8_t> key = TestKey(profile());
  key.push_back(0);
  EXPECT_FALSE(SrtpSession::Create(profile(), SrtpDirection::kInbound, key));
  key.resize(key.size() - 2);
  EXPECT_FALSE(SrtpSession::Create(profile(), SrtpDirection::kOutbound, key));
  EXPECT_FALSE(SrtpSession::Create(profile(), SrtpDirection::kOutbound, {}));
}

}  // namespace
}  // namespace sluice::transports
