#include "rtp/rtcp/bye.h"

#include <gtest/gtest.h>

#include <string>

#include "tests/rtp/rtcp/test_blocks.h"

namespace sluice::rtp::rtcp {
namespace {

TEST(ByeTest, RoundTripsSourcesAndReason) {
  for (size_t length = 0; length <= 255; ++length) {
    TestDatagram datagram;
    Ssrc sources[] = {Ssrc(1), Ssrc(0xffffffff)};
    std::string reason(length, 'r');
    ASSERT_TRUE(WriteBye(datagram.writer(), sources, reason));
    std::optional<Bye> bye = ParseFirst<Bye>(datagram.bytes());
    ASSERT_TRUE(bye);
    EXPECT_EQ(std::vector<Ssrc>(bye->sources.begin(), bye->sources.end()),
              (std::vector<Ssrc>{Ssrc(1), Ssrc(0xffffffff)}));
    EXPECT_EQ(bye->reason, reason);
  }
}

TEST(ByeTest, MayNameNoSource) {
  TestDatagram datagram;
  ASSERT_TRUE(WriteBye(datagram.writer(), {}));
  std::optional<Bye> bye = ParseFirst<Bye>(datagram.bytes());
  ASSERT_TRUE(bye);
  EXPECT_TRUE(bye->sources.empty());
  EXPECT_TRUE(bye->reason.empty());
}

TEST(ByeTest, MoreThanItCanCountIsRefused) {
  TestDatagram datagram;
  EXPECT_FALSE(WriteBye(datagram.writer(), std::vector<Ssrc>(32)));
  EXPECT_FALSE(WriteBye(datagram.writer(), {}, std::string(256, 'r')));
}

TEST(ByeTest, MissingSourcesAndReasonAreRefused) {
  EXPECT_FALSE(Parses<Bye>(FromHex("82cb 0001 00000001")));
  EXPECT_FALSE(Parses<Bye>(FromHex("81cb 0002 00000001 04616263")));
}

}  // namespace
}  // namespace sluice::rtp::rtcp
