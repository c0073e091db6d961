#include "rtp/rtcp/compound_writer.h"

#include <gtest/gtest.h>

#include <algorithm>

#include "rtp/rtcp/bye.h"
#include "rtp/rtcp/pli.h"
#include "tests/rtp/rtcp/test_blocks.h"

namespace sluice::rtp::rtcp {
namespace {

TEST(CompoundWriterTest, WritesBlocksOneBehindTheOther) {
  TestDatagram datagram;
  ASSERT_TRUE(WritePli(datagram.writer(), {Ssrc(0x11111111), Ssrc(0x22222222)}));
  ASSERT_TRUE(WriteBye(datagram.writer(), {}));
  EXPECT_EQ(datagram.copy(), FromHex("81ce 0002 11111111 22222222  80cb 0000"));
}

TEST(CompoundWriterTest, RefusesWhatDoesNotFitAndKeepsTheRest) {
  TestDatagram datagram(/*capacity=*/20);
  ASSERT_TRUE(WritePli(datagram.writer(), {Ssrc(1), Ssrc(2)}));
  EXPECT_FALSE(WritePli(datagram.writer(), {Ssrc(1), Ssrc(2)}));
  EXPECT_EQ(datagram.bytes().size(), 12u);
  EXPECT_TRUE(WriteBye(datagram.writer(), {}));  // Something smaller still goes in.
  EXPECT_EQ(FirstBlock(datagram.bytes())->kind(), BlockKind::kPli);
}

TEST(CompoundWriterTest, AnEmptyBufferRefusesEverything) {
  CompoundWriter writer{MutableBytes()};
  EXPECT_EQ(writer.Append(PacketType::kBye, 0, 0), nullptr);
  EXPECT_EQ(writer.PayloadRoom(), 0u);
  EXPECT_TRUE(writer.empty());
}

TEST(CompoundWriterTest, PayloadRoomIsWhatFitsExactly) {
  for (size_t capacity = 0; capacity < 40; ++capacity) {
    TestDatagram fits(capacity);
    size_t room = fits.writer().PayloadRoom();
    EXPECT_EQ(fits.writer().Append(PacketType::kBye, 0, room) != nullptr, capacity >= 4) << capacity;
    TestDatagram exceeds(capacity);
    EXPECT_EQ(exceeds.writer().Append(PacketType::kBye, 0, room + 1), nullptr) << capacity;
  }
}

TEST(CompoundWriterTest, OddPayloadSizesArePadded) {
  for (size_t size = 1; size <= 8; ++size) {
    TestDatagram datagram;
    uint8_t* payload = datagram.writer().Append(PacketType::kApplication, 3, size);
    ASSERT_NE(payload, nullptr);
    std::fill_n(payload, size, 0xab);
    EXPECT_EQ(datagram.bytes().size() % 4, 0u);
    std::optional<BlockView> block = FirstBlock(datagram.bytes());
    ASSERT_TRUE(block);
    EXPECT_EQ(block->count(), 3);
    EXPECT_EQ(block->payload().size(), size);
  }
}

TEST(CompoundWriterTest, StartsOverAfterClear) {
  TestDatagram datagram;
  ASSERT_TRUE(WritePli(datagram.writer(), {Ssrc(1), Ssrc(2)}));
  datagram.writer().Clear();
  EXPECT_TRUE(datagram.writer().empty());
  EXPECT_TRUE(datagram.bytes().empty());
}

}  // namespace
}  // namespace sluice::rtp::rtcp
