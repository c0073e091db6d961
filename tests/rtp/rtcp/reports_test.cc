// Sender and receiver reports, and the report block they share.
#include <gtest/gtest.h>

#include "rtp/rtcp/receiver_report.h"
#include "rtp/rtcp/sender_report.h"
#include "tests/rtp/rtcp/test_blocks.h"

namespace sluice::rtp::rtcp {
namespace {

ReportBlock Example() {
  ReportBlock block;
  block.source = Ssrc(0x23456789);
  block.fraction_lost = 55;
  block.cumulative_lost = 0x111213;
  block.highest_sequence = 0x22232425;
  block.jitter = 0x33343536;
  block.last_sender_report = 0x44454647;
  block.delay_since_last_report = 0x55565758;
  return block;
}

TEST(ReportBlockTest, StoresEveryFieldInItsPlace) {
  std::vector<uint8_t> wire(ReportBlock::kSize);
  Example().Store(wire.data());
  EXPECT_EQ(wire, FromHex("23456789 37111213 22232425 33343536 44454647 55565758"));
  EXPECT_EQ(ReportBlock::Load(wire.data()), Example());
}

TEST(ReportBlockTest, CumulativeLossIsSigned) {
  for (int32_t lost : {0, 1, -1, 0x7fffff, -0x800000}) {
    ReportBlock block;
    block.cumulative_lost = lost;
    uint8_t wire[ReportBlock::kSize];
    block.Store(wire);
    EXPECT_EQ(ReportBlock::Load(wire).cumulative_lost, lost);
  }
}

TEST(ReportBlockTest, CumulativeLossBeyond24BitsIsClamped) {
  uint8_t wire[ReportBlock::kSize];
  ReportBlock block;
  block.cumulative_lost = 0x800000;
  block.Store(wire);
  EXPECT_EQ(ReportBlock::Load(wire).cumulative_lost, ReportBlock::kMaxCumulativeLost);
  block.cumulative_lost = -0x800001;
  block.Store(wire);
  EXPECT_EQ(ReportBlock::Load(wire).cumulative_lost, ReportBlock::kMinCumulativeLost);
}

TEST(SenderReportTest, RoundTrips) {
  TestDatagram datagram;
  SenderInfo info{Ssrc(0x12345678), 0x1112131421222324, 0x33343536, 0x44454647, 0x55565758};
  ReportBlock blocks[] = {Example(), Example()};
  blocks[1].source = Ssrc(7);
  ASSERT_TRUE(WriteSenderReport(datagram.writer(), info, blocks));
  std::optional<SenderReport> report = ParseFirst<SenderReport>(datagram.bytes());
  ASSERT_TRUE(report);
  EXPECT_EQ(report->info, info);
  ASSERT_EQ(report->report_blocks.size(), 2u);
  EXPECT_EQ(report->report_blocks[0], blocks[0]);
  EXPECT_EQ(report->report_blocks[1], blocks[1]);
}

TEST(SenderReportTest, HasItsWireFormat) {
  TestDatagram datagram;
  ASSERT_TRUE(WriteSenderReport(datagram.writer(), {Ssrc(0x12345678), 0x1112131421222324, 1, 2, 3}));
  EXPECT_EQ(datagram.copy(), FromHex("80c8 0006 12345678 11121314 21222324 00000001 00000002 00000003"));
}

TEST(SenderReportTest, CompactNtpIsItsMiddle) { EXPECT_EQ(CompactNtp(0x1112131421222324), 0x13142122u); }

TEST(SenderReportTest, ProfileSpecificExtensionIsSkipped) {
  auto bytes = FromHex("80c8 0007 12345678 11121314 21222324 00000001 00000002 00000003 99999999");
  std::optional<SenderReport> report = ParseFirst<SenderReport>(bytes);
  ASSERT_TRUE(report);
  EXPECT_TRUE(report->report_blocks.empty());
}

TEST(SenderReportTest, MissingBlocksAreRefused) {
  EXPECT_FALSE(
      Parses<SenderReport>(FromHex("81c8 0006 12345678 11121314 21222324 00000001 00000002 00000003")));
  EXPECT_FALSE(Parses<SenderReport>(FromHex("80c8 0005 12345678 11121314 21222324 00000001 00000002")));
}

TEST(ReceiverReportTest, RoundTripsAsManyBlocksAsItCanCount) {
  for (size_t count : {0u, 1u, 31u}) {
    TestDatagram datagram;
    std::vector<ReportBlock> blocks(count, Example());
    for (size_t i = 0; i < count; ++i) blocks[i].source = Ssrc(static_cast<uint32_t>(i));
    ASSERT_TRUE(WriteReceiverReport(datagram.writer(), Ssrc(5), blocks));
    std::optional<ReceiverReport> report = ParseFirst<ReceiverReport>(datagram.bytes());
    ASSERT_TRUE(report);
    EXPECT_EQ(report->sender, Ssrc(5));
    EXPECT_EQ(std::vector<ReportBlock>(report->report_blocks.begin(), report->report_blocks.end()), blocks);
  }
}

TEST(ReceiverReportTest, MoreBlocksThanItCanCountAreRefused) {
  TestDatagram datagram;
  std::vector<ReportBlock> blocks(kMaxReportBlocks + 1);
  EXPECT_FALSE(WriteReceiverReport(datagram.writer(), Ssrc(5), blocks));
  EXPECT_FALSE(WriteSenderReport(datagram.writer(), SenderInfo(), blocks));
  EXPECT_TRUE(datagram.writer().empty());
}

TEST(ReceiverReportTest, MissingBlocksAreRefused) {
  EXPECT_FALSE(
      Parses<ReceiverReport>(FromHex("82c9 0007 00000005"
                                     "23456789 37111213 22232425 33343536 44454647 55565758")));
  EXPECT_FALSE(Parses<ReceiverReport>(FromHex("80c9 0000")));
}

TEST(ReceiverReportTest, IsNotASenderReport) {
  TestDatagram datagram;
  ASSERT_TRUE(WriteReceiverReport(datagram.writer(), Ssrc(5)));
  EXPECT_FALSE(ParseFirst<SenderReport>(datagram.bytes()));
}

}  // namespace
}  // namespace sluice::rtp::rtcp
