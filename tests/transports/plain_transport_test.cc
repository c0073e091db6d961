#include "transports/plain_transport.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "tests/transports/srtp/test_packets.h"

namespace sluice::transports {
namespace {

constexpr Ssrc kSsrc(0x11223344);
constexpr uint16_t kRtp = PlainTransport::kRtpSocket;
constexpr uint16_t kRtcp = PlainTransport::kRtcpSocket;

Endpoint Peer(uint16_t port) { return {IpAddress::V4({192, 0, 2, 1}), port}; }
Path From(const Endpoint& remote, uint16_t socket = kRtp) { return {Protocol::kUdp, socket, remote}; }

PlainTransport::Received Handle(PlainTransport& transport, const Path& from, TestPacket packet) {
  return transport.HandleDatagram(from, packet.storage, packet.size);
}

TestPacket SctpPacket(size_t size = 16) {
  std::vector<uint8_t> bytes(size);
  StoreU16(&bytes[0], 5000);
  StoreU16(&bytes[2], 5000);
  return WithTrailerRoom(std::move(bytes));
}

int64_t DropsOf(const PlainTransport& transport, const std::string& reason) {
  std::vector<std::pair<std::string, int64_t>> drops;
  transport.AppendDrops(&drops);
  for (const auto& [name, count] : drops) {
    if (name == reason) return count;
  }
  ADD_FAILURE() << "no reason " << reason;
  return -1;
}

TEST(PlainTransportTest, AFixedRemoteIsHeardAndNobodyElse) {
  PlainTransport transport({});
  EXPECT_EQ(Handle(transport, From(Peer(5004)), RtpPacket(kSsrc, SequenceNumber(1))).content,
            PlainContent::kNone);
  EXPECT_EQ(DropsOf(transport, "notConnected"), 1);
  EXPECT_FALSE(transport.writable());

  transport.Connect({.rtp = Peer(5004), .rtcp = std::nullopt, .keys = std::nullopt});
  EXPECT_TRUE(transport.writable());
  TestPacket rtp = RtpPacket(kSsrc, SequenceNumber(1));
  PlainTransport::Received received = Handle(transport, From(Peer(5004)), rtp);
  EXPECT_EQ(received.content, PlainContent::kRtp);
  EXPECT_EQ(received.size, rtp.size);
  EXPECT_EQ(Handle(transport, From(Peer(5004)), RtcpPacket(kSsrc)).content, PlainContent::kRtcp);
  EXPECT_EQ(Handle(transport, From(Peer(5006)), rtp).content, PlainContent::kNone);
  EXPECT_EQ(Handle(transport, From({IpAddress::V4({192, 0, 2, 2}), 5004}), rtp).content, PlainContent::kNone);
  EXPECT_EQ(DropsOf(transport, "unknownRemote"), 2);
  EXPECT_EQ(transport.Poll(), std::nullopt);
}

TEST(PlainTransportTest, RtcpOfItsOwnSocketHasItsOwnRemote) {
  PlainTransport transport({.rtcp_mux = false});
  transport.Connect({.rtp = Peer(5004), .rtcp = Peer(5005), .keys = std::nullopt});
  EXPECT_EQ(transport.rtcp_remote(), Peer(5005));
  EXPECT_EQ(Handle(transport, From(Peer(5005), kRtcp), RtcpPacket(kSsrc)).content, PlainContent::kRtcp);
  EXPECT_EQ(Handle(transport, From(Peer(5004), kRtcp), RtcpPacket(kSsrc)).content, PlainContent::kNone);
  EXPECT_EQ(DropsOf(transport, "unknownRemote"), 1);
}

// With the marker, payload types from 64 to 95 look like RTCP (RFC 5761 §4).
TEST(PlainTransportTest, WithoutRtcpBesideItRtpMayUseAllPayloadTypes) {
  TestPacket packet = RtpPacket(kSsrc, SequenceNumber(1));
  packet.storage[1] = 0x80 | 72;
  PlainTransport muxed({});
  muxed.Connect({.rtp = Peer(5004), .rtcp = std::nullopt, .keys = std::nullopt});
  EXPECT_EQ(Handle(muxed, From(Peer(5004)), packet).content, PlainContent::kRtcp);
  PlainTransport apart({.rtcp_mux = false});
  apart.Connect({.rtp = Peer(5004), .rtcp = Peer(5005), .keys = std::nullopt});
  EXPECT_EQ(Handle(apart, From(Peer(5004)), packet).content, PlainContent::kRtp);
}

class ComediaTest : public ::testing::TestWithParam<PlainContent> {
 protected:
  static TestPacket Packet() {
    if (GetParam() == PlainContent::kRtp) return RtpPacket(kSsrc, SequenceNumber(1));
    return GetParam() == PlainContent::kRtcp ? RtcpPacket(kSsrc) : SctpPacket();
  }
};

TEST_P(ComediaTest, TheFirstPacketSaysWhereThePeerIsAndItStaysThere) {
  PlainTransport transport({.comedia = true});
  EXPECT_FALSE(transport.writable());
  EXPECT_EQ(Handle(transport, From(Peer(7000)), Packet()).content, GetParam());
  std::optional<PlainTransport::RemoteLearnt> learnt = transport.Poll();
  ASSERT_TRUE(learnt);
  EXPECT_EQ(learnt->socket, kRtp);
  EXPECT_EQ(learnt->remote, Peer(7000));
  EXPECT_EQ(transport.rtp_remote(), Peer(7000));
  EXPECT_EQ(transport.rtcp_remote(), Peer(7000));
  EXPECT_TRUE(transport.writable());

  EXPECT_EQ(Handle(transport, From(Peer(7002)), Packet()).content, PlainContent::kNone);
  EXPECT_EQ(DropsOf(transport, "unknownRemote"), 1);
  EXPECT_EQ(transport.rtp_remote(), Peer(7000));
  EXPECT_EQ(Handle(transport, From(Peer(7000)), Packet()).content, GetParam());
  EXPECT_EQ(transport.Poll(), std::nullopt);
}

INSTANTIATE_TEST_SUITE_P(Contents, ComediaTest,
                         testing::Values(PlainContent::kRtp, PlainContent::kRtcp, PlainContent::kSctp));

TEST(PlainTransportTest, ComediaLearnsTheTwoSocketsApart) {
  PlainTransport transport({.rtcp_mux = false, .comedia = true});
  EXPECT_EQ(Handle(transport, From(Peer(7001), kRtcp), RtcpPacket(kSsrc)).content, PlainContent::kRtcp);
  EXPECT_EQ(transport.Poll()->socket, kRtcp);
  EXPECT_FALSE(transport.writable());
  EXPECT_EQ(Handle(transport, From(Peer(7000)), RtpPacket(kSsrc, SequenceNumber(1))).content,
            PlainContent::kRtp);
  EXPECT_EQ(transport.Poll()->socket, kRtp);
  EXPECT_EQ(transport.rtp_remote(), Peer(7000));
  EXPECT_EQ(transport.rtcp_remote(), Peer(7001));
}

TEST(PlainTransportTest, NothingIsLearntFromAPacketThatIsNotWhole) {
  PlainTransport transport({.comedia = true});
  TestPacket rtp = RtpPacket(kSsrc, SequenceNumber(1), 0);
  rtp.storage[0] |= 15;  // CSRCs that are not there.
  TestPacket rtcp = RtcpPacket(kSsrc);
  StoreU16(&rtcp.storage[2], 100);
  TestPacket odd = SctpPacket(17);
  TestPacket dtls = WithTrailerRoom({22, 254, 253});
  for (const TestPacket& packet : {rtp, rtcp, odd, dtls}) {
    EXPECT_EQ(Handle(transport, From(Peer(7000)), packet).content, PlainContent::kNone);
  }
  EXPECT_EQ(DropsOf(transport, "malformed"), 2);
  EXPECT_EQ(DropsOf(transport, "unknownProtocol"), 2);
  EXPECT_EQ(transport.rtp_remote(), std::nullopt);
  EXPECT_EQ(transport.Poll(), std::nullopt);
}

class PlainSrtpTest : public ::testing::TestWithParam<SrtpProfile> {
 protected:
  static SrtpKeys Keys(bool reverse = false) {
    SrtpKeys keys{GetParam(), TestKey(GetParam(), 1), TestKey(GetParam(), 100)};
    if (reverse) std::swap(keys.local, keys.remote);
    return keys;
  }
  // What the peer sends.
  TestPacket Sent(TestPacket packet, bool rtcp = false) {
    std::optional<size_t> size =
        rtcp ? peer_.ProtectRtcp(packet.storage, packet.size) : peer_.ProtectRtp(packet.storage, packet.size);
    EXPECT_TRUE(size);
    packet.size = size.value_or(0);
    return packet;
  }

  PlainSrtpTest() { EXPECT_TRUE(peer_.Start(Keys(/*reverse=*/true))); }
  SrtpAssociation peer_;
};

INSTANTIATE_TEST_SUITE_P(AllProfiles, PlainSrtpTest, testing::ValuesIn(kAllSrtpProfiles),
                         [](const auto& test) { return std::string(SrtpProfileName(test.param)); });

TEST_P(PlainSrtpTest, PacketsAreProtectedBothWays) {
  PlainTransport transport({.srtp = true});
  transport.Connect({.rtp = Peer(5004), .rtcp = std::nullopt, .keys = Keys()});
  TestPacket plain = RtpPacket(kSsrc, SequenceNumber(7));
  TestPacket received = Sent(plain);
  PlainTransport::Received result =
      transport.HandleDatagram(From(Peer(5004)), received.storage, received.size);
  EXPECT_EQ(result.content, PlainContent::kRtp);
  EXPECT_EQ(result.size, plain.size);
  received.size = result.size;
  EXPECT_EQ(received.copy(), plain.copy());
  EXPECT_EQ(Handle(transport, From(Peer(5004)), Sent(RtcpPacket(kSsrc), true)).content, PlainContent::kRtcp);

  TestPacket sent = RtpPacket(Ssrc(5), SequenceNumber(1));
  std::optional<size_t> size = transport.ProtectRtp(sent.storage, sent.size);
  ASSERT_TRUE(size);
  EXPECT_GT(*size, sent.size);
  EXPECT_EQ(peer_.UnprotectRtp(MutableBytes(sent.storage).first(*size)), sent.size);
  TestPacket report = RtcpPacket(Ssrc(5));
  size = transport.ProtectRtcp(report.storage, report.size);
  ASSERT_TRUE(size);
  EXPECT_EQ(peer_.UnprotectRtcp(MutableBytes(report.storage).first(*size)), report.size);
}

TEST_P(PlainSrtpTest, ForgedReplayedAndPlainPacketsAreDropped) {
  PlainTransport transport({.srtp = true});
  transport.Connect({.rtp = Peer(5004), .rtcp = std::nullopt, .keys = Keys()});
  TestPacket good = Sent(RtpPacket(kSsrc, SequenceNumber(1)));
  TestPacket forged = Sent(RtpPacket(kSsrc, SequenceNumber(2)));
  forged.storage[forged.size - 1] ^= 1;
  EXPECT_EQ(Handle(transport, From(Peer(5004)), good).content, PlainContent::kRtp);
  for (const TestPacket& packet : {good, forged, RtpPacket(kSsrc, SequenceNumber(3))}) {
    EXPECT_EQ(Handle(transport, From(Peer(5004)), packet).content, PlainContent::kNone);
  }
  EXPECT_EQ(DropsOf(transport, "srtpReplayed"), 1);
  EXPECT_EQ(DropsOf(transport, "srtpAuthentication"), 2);
}

TEST_P(PlainSrtpTest, ComediaLearnsOnlyFromWhoHasTheKeys) {
  PlainTransport transport({.comedia = true, .srtp = true});
  TestPacket early = Sent(RtpPacket(kSsrc, SequenceNumber(1)));
  EXPECT_EQ(Handle(transport, From(Peer(7000)), early).content, PlainContent::kNone);
  EXPECT_EQ(DropsOf(transport, "srtpBeforeKeys"), 1);

  transport.Connect({.rtp = std::nullopt, .rtcp = std::nullopt, .keys = Keys()});
  EXPECT_FALSE(transport.writable());
  TestPacket forged = Sent(RtpPacket(kSsrc, SequenceNumber(2)));
  forged.storage[20] ^= 1;
  EXPECT_EQ(Handle(transport, From(Peer(6666)), forged).content, PlainContent::kNone);
  EXPECT_EQ(Handle(transport, From(Peer(6666)), SctpPacket()).content, PlainContent::kNone);
  EXPECT_EQ(DropsOf(transport, "notConnected"), 1);
  EXPECT_EQ(transport.rtp_remote(), std::nullopt);

  TestPacket authentic = Sent(RtpPacket(kSsrc, SequenceNumber(3)));
  EXPECT_EQ(Handle(transport, From(Peer(7000)), authentic).content, PlainContent::kRtp);
  EXPECT_EQ(transport.rtp_remote(), Peer(7000));
  EXPECT_TRUE(transport.writable());
  EXPECT_EQ(Handle(transport, From(Peer(7000)), SctpPacket()).content, PlainContent::kSctp);
}

TEST(PlainTransportTest, WithoutKeysNothingLeavesInTheClear) {
  PlainTransport transport({.srtp = true});
  TestPacket packet = RtpPacket(kSsrc, SequenceNumber(1));
  EXPECT_EQ(transport.ProtectRtp(packet.storage, packet.size), std::nullopt);
  EXPECT_EQ(transport.ProtectRtcp(packet.storage, packet.size), std::nullopt);
  EXPECT_EQ(DropsOf(transport, "unencryptable"), 2);
  EXPECT_FALSE(transport.writable());
}

TEST(PlainTransportTest, AStreamThatIsRemovedMayBeginAnew) {
  constexpr SrtpProfile kProfile = SrtpProfile::kAeadAes128Gcm;
  PlainTransport transport({.srtp = true});
  transport.Connect({.rtp = Peer(5004),
                     .rtcp = std::nullopt,
                     .keys = SrtpKeys{kProfile, TestKey(kProfile, 1), TestKey(kProfile, 2)}});
  auto send = [&](uint16_t sequence_number) {
    TestPacket packet = RtpPacket(kSsrc, SequenceNumber(sequence_number));
    return transport.ProtectRtp(packet.storage, packet.size).has_value();
  };
  EXPECT_TRUE(send(5000));
  EXPECT_FALSE(send(1));  // Older than the replay window.
  transport.RemoveOutgoingStream(kSsrc);
  EXPECT_TRUE(send(1));
}

}  // namespace
}  // namespace sluice::transports
