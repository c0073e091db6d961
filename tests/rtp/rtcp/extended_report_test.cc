#include "rtp/rtcp/extended_report.h"

#include <gtest/gtest.h>

#include "tests/rtp/rtcp/test_blocks.h"

namespace sluice::rtp::rtcp {
namespace {

TEST(ExtendedReportTest, RoundTripsTheReferenceTime) {
  TestDatagram datagram;
  ASSERT_TRUE(WriteExtendedReport(datagram.writer(), Ssrc(0x11111111), 0x1112131421222324));
  EXPECT_EQ(datagram.copy(), FromHex("80cf 0004 11111111 04000002 11121314 21222324"));
  std::optional<ExtendedReport> report = ParseFirst<ExtendedReport>(datagram.bytes());
  ASSERT_TRUE(report);
  EXPECT_EQ(report->sender, Ssrc(0x11111111));
  EXPECT_EQ(report->receiver_reference_time, 0x1112131421222324u);
  EXPECT_TRUE(report->dlrr.empty());
}

TEST(ExtendedReportTest, RoundTripsBothTogether) {
  TestDatagram datagram;
  DlrrEntry entries[] = {{Ssrc(2), 3, 4}, {Ssrc(5), 6, 7}};
  ASSERT_TRUE(WriteExtendedReport(datagram.writer(), Ssrc(1), 99, entries));
  std::optional<ExtendedReport> report = ParseFirst<ExtendedReport>(datagram.bytes());
  ASSERT_TRUE(report);
  EXPECT_EQ(report->receiver_reference_time, 99u);
  ASSERT_EQ(report->dlrr.size(), 2u);
  EXPECT_EQ(report->dlrr[0], entries[0]);
  EXPECT_EQ(report->dlrr[1], entries[1]);
}

TEST(ExtendedReportTest, SkipsBlocksItDoesNotKnow) {
  // Chromium's target bitrate (42) before DLRR.
  auto bytes = FromHex("80cf 0007 11111111 2a000001 00000300 05000003 00000002 00000003 00000004");
  std::optional<ExtendedReport> report = ParseFirst<ExtendedReport>(bytes);
  ASSERT_TRUE(report);
  EXPECT_FALSE(report->receiver_reference_time);
  ASSERT_EQ(report->dlrr.size(), 1u);
  EXPECT_EQ(report->dlrr[0], (DlrrEntry{Ssrc(2), 3, 4}));
}

TEST(ExtendedReportTest, SkipsKnownBlocksOfAWrongLength) {
  auto bytes = FromHex("80cf 0006 11111111 04000001 00000300 05000002 00000002 00000003");
  std::optional<ExtendedReport> report = ParseFirst<ExtendedReport>(bytes);
  ASSERT_TRUE(report);
  EXPECT_FALSE(report->receiver_reference_time);
  EXPECT_TRUE(report->dlrr.empty());
}

TEST(ExtendedReportTest, BlocksThatRunOutAreRefused) {
  EXPECT_FALSE(Parses<ExtendedReport>(FromHex("80cf 0003 11111111 04000002 11121314")));
  EXPECT_FALSE(Parses<ExtendedReport>(FromHex("80cf 0002 11111111 2affffff")));
  EXPECT_FALSE(Parses<ExtendedReport>(FromHex("80cf 0000")));
}

TEST(ExtendedReportTest, NothingToSayIsNotWritten) {
  TestDatagram datagram;
  EXPECT_FALSE(WriteExtendedReport(datagram.writer(), Ssrc(1), std::nullopt));
  TestDatagram full(/*capacity=*/19);
  EXPECT_FALSE(WriteExtendedReport(full.writer(), Ssrc(1), 99));
}

}  // namespace
}  // namespace sluice::rtp::rtcp
