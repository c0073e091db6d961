#include "rtp/rtcp/remb.h"

#include <gtest/gtest.h>

#include "tests/rtp/rtcp/test_blocks.h"

namespace sluice::rtp::rtcp {
namespace {

TEST(RembTest, HasItsWireFormat) {
  TestDatagram datagram;
  Ssrc media[] = {Ssrc(0x22222222)};
  ASSERT_TRUE(WriteRemb(datagram.writer(), Ssrc(0x11111111), DataRate::BitsPerSec(0x3fb93 * 2), media));
  EXPECT_EQ(datagram.copy(), FromHex("8fce 0005 11111111 00000000 52454d42 0107fb93 22222222"));
}

TEST(RembTest, RatesOf18BitsAreExact) {
  for (int64_t bps : {0, 1, 30'000, 0x3ffff, 0x3ffff << 10}) {
    TestDatagram datagram;
    ASSERT_TRUE(WriteRemb(datagram.writer(), Ssrc(1), DataRate::BitsPerSec(bps), {}));
    EXPECT_EQ(ParseFirst<Remb>(datagram.bytes())->bitrate.bps(), bps);
  }
}

TEST(RembTest, LargeRatesAreRoundedDownALittle) {
  for (int64_t bps : {int64_t{123'456'789}, int64_t{9'876'543'210}, INT64_MAX}) {
    TestDatagram datagram;
    ASSERT_TRUE(WriteRemb(datagram.writer(), Ssrc(1), DataRate::BitsPerSec(bps), {}));
    int64_t read = ParseFirst<Remb>(datagram.bytes())->bitrate.bps();
    EXPECT_LE(read, bps);
    EXPECT_GE(read, bps - (bps >> 17));
  }
}

TEST(RembTest, NegativeRatesAndTooManySsrcsAreNotWritten) {
  TestDatagram datagram;
  EXPECT_FALSE(WriteRemb(datagram.writer(), Ssrc(1), DataRate::BitsPerSec(-1), {}));
  EXPECT_FALSE(WriteRemb(datagram.writer(), Ssrc(1), DataRate::Zero(), std::vector<Ssrc>(256)));
}

TEST(RembTest, KeepsItsSsrcs) {
  TestDatagram datagram;
  std::vector<Ssrc> media;
  for (uint32_t i = 0; i < 255; ++i) media.emplace_back(i);
  ASSERT_TRUE(WriteRemb(datagram.writer(), Ssrc(1), DataRate::KilobitsPerSec(1), media));
  std::optional<Remb> remb = ParseFirst<Remb>(datagram.bytes());
  ASSERT_TRUE(remb);
  EXPECT_EQ(std::vector<Ssrc>(remb->media.begin(), remb->media.end()), media);
}

TEST(RembTest, RatesBeyond63BitsAreRefused) {
  EXPECT_TRUE(Parses<Remb>(FromHex("8fce 0004 11111111 00000000 52454d42 00b7ffff")));   // 2^18-1 << 45
  EXPECT_FALSE(Parses<Remb>(FromHex("8fce 0004 11111111 00000000 52454d42 00bbffff")));  // << 46
  EXPECT_FALSE(Parses<Remb>(FromHex("8fce 0004 11111111 00000000 52454d42 00ffffff")));  // << 63
  auto zero = FromHex("8fce 0004 11111111 00000000 52454d42 00fc0000");
  EXPECT_EQ(ParseFirst<Remb>(zero)->bitrate.bps(), 0);
}

TEST(RembTest, OtherApplicationFeedbackIsRefused) {
  EXPECT_FALSE(Parses<Remb>(FromHex("8fce 0004 11111111 00000000 41424344 0007fb93")));
  EXPECT_FALSE(Parses<Remb>(FromHex("8fce 0003 11111111 00000000 52454d42")));
  EXPECT_FALSE(Parses<Remb>(FromHex("8fce 0004 11111111 00000000 52454d42 0107fb93")));  // SSRC missing.
}

}  // namespace
}  // namespace sluice::rtp::rtcp
