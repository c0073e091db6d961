// The two ways to ask for a key frame: PLI and FIR.
#include <gtest/gtest.h>

#include "rtp/rtcp/fir.h"
#include "rtp/rtcp/pli.h"
#include "tests/rtp/rtcp/test_blocks.h"

namespace sluice::rtp::rtcp {
namespace {

TEST(PliTest, RoundTrips) {
  TestDatagram datagram;
  ASSERT_TRUE(WritePli(datagram.writer(), {Ssrc(0x11111111), Ssrc(0x22222222)}));
  std::optional<Pli> pli = ParseFirst<Pli>(datagram.bytes());
  ASSERT_TRUE(pli);
  EXPECT_EQ(pli->sender, Ssrc(0x11111111));
  EXPECT_EQ(pli->media, Ssrc(0x22222222));
}

TEST(PliTest, TruncatedIsRefused) { EXPECT_FALSE(Parses<Pli>(FromHex("81ce 0001 11111111"))); }

TEST(FirTest, RoundTripsSeveralEntries) {
  TestDatagram datagram;
  FirEntry entries[] = {{Ssrc(0x22222222), 255}, {Ssrc(0x33333333), 0}};
  ASSERT_TRUE(WriteFir(datagram.writer(), Ssrc(0x11111111), entries));
  EXPECT_EQ(datagram.copy(), FromHex("84ce 0006 11111111 00000000 22222222 ff000000 33333333 00000000"));
  std::optional<Fir> fir = ParseFirst<Fir>(datagram.bytes());
  ASSERT_TRUE(fir);
  EXPECT_EQ(fir->sender, Ssrc(0x11111111));
  ASSERT_EQ(fir->entries.size(), 2u);
  EXPECT_EQ(fir->entries[0].media, Ssrc(0x22222222));
  EXPECT_EQ(fir->entries[0].request, 255);
  EXPECT_EQ(fir->entries[1].media, Ssrc(0x33333333));
}

TEST(FirTest, WithoutAnEntryIsNeitherWrittenNorRead) {
  TestDatagram datagram;
  EXPECT_FALSE(WriteFir(datagram.writer(), Ssrc(1), {}));
  EXPECT_FALSE(Parses<Fir>(FromHex("84ce 0002 11111111 00000000")));
}

TEST(FirTest, HalfAnEntryAtTheEndIsLeftOut) {
  auto bytes = FromHex("84ce 0005 11111111 00000000 22222222 05000000 33333333");
  EXPECT_EQ(ParseFirst<Fir>(bytes)->entries.size(), 1u);
}

TEST(FirTest, IsNotAPli) {
  TestDatagram datagram;
  ASSERT_TRUE(WritePli(datagram.writer(), {Ssrc(1), Ssrc(2)}));
  EXPECT_FALSE(ParseFirst<Fir>(datagram.bytes()));
}

}  // namespace
}  // namespace sluice::rtp::rtcp
