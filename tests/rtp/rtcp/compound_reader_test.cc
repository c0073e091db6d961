#include "rtp/rtcp/compound_reader.h"

#include <gtest/gtest.h>

#include "tests/rtp/rtcp/test_blocks.h"

namespace sluice::rtp::rtcp {
namespace {

TEST(CompoundReaderTest, WalksTheBlocksInOrder) {
  auto bytes = FromHex("80c9 0001 11111111  81ce 0002 11111111 22222222  80cb 0000");
  std::optional<CompoundReader> reader = CompoundReader::Parse(bytes);
  ASSERT_TRUE(reader);
  EXPECT_EQ(reader->Next()->kind(), BlockKind::kReceiverReport);
  std::optional<BlockView> pli = reader->Next();
  EXPECT_EQ(pli->kind(), BlockKind::kPli);
  EXPECT_EQ(pli->payload().size(), 8u);
  std::optional<BlockView> bye = reader->Next();
  EXPECT_EQ(bye->kind(), BlockKind::kBye);
  EXPECT_TRUE(bye->payload().empty());
  EXPECT_FALSE(reader->Next());
  EXPECT_FALSE(reader->Next());
}

TEST(CompoundReaderTest, ReducedSizeDatagramMayBeginWithFeedback) {
  auto bytes = FromHex("81ce 0002 11111111 22222222");
  EXPECT_EQ(FirstBlock(bytes)->kind(), BlockKind::kPli);
}

TEST(CompoundReaderTest, UnknownBlocksAreReportedAsSuch) {
  // An APP block, a feedback format nobody knows, a packet type nobody knows.
  auto bytes = FromHex("80cc 0002 11111111 41424344  9ecd 0002 11111111 22222222  80d2 0000");
  std::optional<CompoundReader> reader = CompoundReader::Parse(bytes);
  ASSERT_TRUE(reader);
  for (int i = 0; i < 3; ++i) EXPECT_EQ(reader->Next()->kind(), BlockKind::kUnknown);
  EXPECT_FALSE(reader->Next());
}

TEST(CompoundReaderTest, PaddingIsTakenOff) {
  auto bytes = FromHex("a1ce 0003 11111111 22222222 00000004");
  EXPECT_EQ(FirstBlock(bytes)->payload().size(), 8u);
}

TEST(CompoundReaderTest, PaddingInTheMiddleIsTakenOffToo) {
  // Transport feedback of libwebrtc is padded wherever it stands.
  auto bytes = FromHex("a1ce 0003 11111111 22222222 00000004  80cb 0000");
  std::optional<CompoundReader> reader = CompoundReader::Parse(bytes);
  ASSERT_TRUE(reader);
  EXPECT_EQ(reader->Next()->payload().size(), 8u);
  EXPECT_EQ(reader->Next()->kind(), BlockKind::kBye);
}

TEST(CompoundReaderTest, PaddingMayFillTheWholePayload) {
  auto bytes = FromHex("a0cb 0001 00000004");
  EXPECT_TRUE(FirstBlock(bytes)->payload().empty());
}

TEST(CompoundReaderTest, ImpossiblePaddingIsRefused) {
  EXPECT_FALSE(CompoundReader::Parse(FromHex("a1ce 0002 11111111 22222200")));  // None, yet announced.
  EXPECT_FALSE(CompoundReader::Parse(FromHex("a1ce 0002 11111111 22222209")));  // More than there is.
  EXPECT_FALSE(CompoundReader::Parse(FromHex("a0cb 0000")));                    // No room for its count.
}

TEST(CompoundReaderTest, TruncatedBlocksAreRefused) {
  auto whole = FromHex("80c9 0001 11111111  81ce 0002 11111111 22222222");
  for (size_t size = 0; size < whole.size(); ++size) {
    bool ends_with_a_block = size == 8;
    EXPECT_EQ(CompoundReader::Parse(Bytes(whole).first(size)).has_value(), ends_with_a_block) << size;
  }
}

TEST(CompoundReaderTest, OtherVersionsAreRefused) {
  EXPECT_FALSE(CompoundReader::Parse(FromHex("40cb 0000")));
  EXPECT_FALSE(CompoundReader::Parse(FromHex("c0cb 0000")));
  EXPECT_FALSE(CompoundReader::Parse(FromHex("80cb 0000 00cb 0000")));
}

TEST(CompoundReaderTest, TellsRtcpFromRtp) {
  EXPECT_TRUE(IsRtcp(FromHex("80c8")));
  EXPECT_TRUE(IsRtcp(FromHex("8fcf")));
  EXPECT_FALSE(IsRtcp(FromHex("8060")));  // Payload type 96.
  EXPECT_FALSE(IsRtcp(FromHex("80e0")));  // Payload type 96 with the marker.
  EXPECT_FALSE(IsRtcp(FromHex("80")));
}

}  // namespace
}  // namespace sluice::rtp::rtcp
