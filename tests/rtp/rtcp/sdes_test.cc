#include "rtp/rtcp/sdes.h"

#include <gtest/gtest.h>

#include <string>

#include "tests/rtp/rtcp/test_blocks.h"

namespace sluice::rtp::rtcp {
namespace {

std::vector<std::pair<uint32_t, std::string>> Chunks(const Sdes& sdes) {
  std::vector<std::pair<uint32_t, std::string>> chunks;
  sdes.ForEachChunk(
      [&](const Sdes::Chunk& chunk) { chunks.emplace_back(chunk.source.value(), std::string(chunk.cname)); });
  return chunks;
}

using Expected = std::vector<std::pair<uint32_t, std::string>>;

TEST(SdesTest, RoundTripsNamesOfEveryLength) {
  for (size_t length = 0; length <= 255; ++length) {
    TestDatagram datagram;
    std::string cname(length, 'x');
    ASSERT_TRUE(WriteSdes(datagram.writer(), Ssrc(9), cname));
    std::optional<Sdes> sdes = ParseFirst<Sdes>(datagram.bytes());
    ASSERT_TRUE(sdes) << length;
    EXPECT_EQ(Chunks(*sdes), (Expected{{9, cname}}));
  }
}

TEST(SdesTest, HasItsWireFormat) {
  TestDatagram datagram;
  ASSERT_TRUE(WriteSdes(datagram.writer(), Ssrc(0x11223344), "ab"));
  EXPECT_EQ(datagram.copy(), FromHex("81ca 0003 11223344 01026162 00000000"));
}

TEST(SdesTest, NameThatIsTooLongIsRefused) {
  TestDatagram datagram;
  EXPECT_FALSE(WriteSdes(datagram.writer(), Ssrc(9), std::string(256, 'x')));
}

TEST(SdesTest, ReadsSeveralChunksAndSkipsOtherItems) {
  // NAME "n", then CNAME "abc"; a chunk with only a zero; CNAME "d".
  auto bytes = FromHex(
      "83ca 0008"
      "00000001 02016e 0103616263 00000000"
      "00000002 00000000"
      "00000003 01016400");
  std::optional<Sdes> sdes = ParseFirst<Sdes>(bytes);
  ASSERT_TRUE(sdes);
  EXPECT_EQ(Chunks(*sdes), (Expected{{1, "abc"}, {2, ""}, {3, "d"}}));
}

TEST(SdesTest, ItemsThatRunOutAreRefused) {
  EXPECT_FALSE(Parses<Sdes>(FromHex("81ca 0002 00000001 01ff6162")));  // Longer than the block.
  EXPECT_FALSE(Parses<Sdes>(FromHex("81ca 0002 00000001 01026162")));  // No zero at the end.
  EXPECT_FALSE(Parses<Sdes>(FromHex("82ca 0002 00000001 00000000")));  // Second chunk missing.
  EXPECT_FALSE(Parses<Sdes>(FromHex("81ca 0000")));
}

}  // namespace
}  // namespace sluice::rtp::rtcp
