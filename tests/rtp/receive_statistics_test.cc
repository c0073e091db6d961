#include "rtp/receive_statistics.h"

#include <gtest/gtest.h>

namespace sluice::rtp {
namespace {

constexpr Timestamp kStart = Timestamp::Seconds(1'000);
constexpr uint32_t kClockRate = 90'000;

class ReceiveStatisticsTest : public testing::Test {
 protected:
  std::optional<int64_t> Receive(int sequence, Timestamp arrival = kStart, uint32_t rtp_timestamp = 0) {
    return statistics_.HandlePacket(arrival, SequenceNumber(static_cast<uint16_t>(sequence)), rtp_timestamp,
                                    1'000);
  }
  void ReceiveRange(int from, int to) {
    for (int i = from; i < to; ++i) ASSERT_TRUE(Receive(i)) << i;
  }
  rtcp::ReportBlock Report(Timestamp now = kStart) { return statistics_.MakeReportBlock(now, Ssrc(7)); }

  ReceiveStatistics statistics_{kClockRate};
};

TEST_F(ReceiveStatisticsTest, ReportsNothingBeforeTheFirstPacket) {
  rtcp::ReportBlock expected;
  expected.source = Ssrc(7);
  EXPECT_EQ(Report(), expected);
  EXPECT_FALSE(statistics_.started());
  EXPECT_EQ(statistics_.cumulative_lost(), 0);
}

TEST_F(ReceiveStatisticsTest, UnwrapsOverManyCycles) {
  int64_t expected = 65'000;
  for (int i = 0; i < 200'000; ++i, ++expected) {
    ASSERT_EQ(Receive(static_cast<int>(expected & 0xffff)), expected);
  }
  EXPECT_EQ(Report().highest_sequence, static_cast<uint32_t>(expected - 1));
  EXPECT_EQ(statistics_.cumulative_lost(), 0);
}

TEST_F(ReceiveStatisticsTest, UnwrapsReorderedPacketsAcrossTheWrap) {
  EXPECT_EQ(Receive(65'534), 65'534);
  EXPECT_EQ(Receive(1), 65'537);
  EXPECT_EQ(Receive(65'535), 65'535);
  EXPECT_EQ(Receive(0), 65'536);
  EXPECT_EQ(statistics_.highest_sequence(), 65'537);
  EXPECT_EQ(statistics_.cumulative_lost(), 0);
}

TEST_F(ReceiveStatisticsTest, PacketBeforeTheFirstIsUnwrappedBelowIt) {
  EXPECT_EQ(Receive(0), 0);
  EXPECT_EQ(Receive(65'535), -1);
}

TEST_F(ReceiveStatisticsTest, CountsLoss) {
  ReceiveRange(0, 10);
  ReceiveRange(15, 20);
  rtcp::ReportBlock report = Report();
  EXPECT_EQ(report.cumulative_lost, 5);
  EXPECT_EQ(report.fraction_lost, 5 * 256 / 20);
  EXPECT_EQ(report.highest_sequence, 19u);
  EXPECT_EQ(statistics_.packets(), 15u);
  EXPECT_EQ(statistics_.bytes(), 15'000u);
}

TEST_F(ReceiveStatisticsTest, FractionLostIsThatOfItsInterval) {
  ReceiveRange(0, 10);
  ReceiveRange(20, 30);
  EXPECT_GT(Report().fraction_lost, 0);
  ReceiveRange(30, 40);
  EXPECT_EQ(Report().fraction_lost, 0);
  EXPECT_EQ(statistics_.fraction_lost(), 0);
  EXPECT_EQ(statistics_.cumulative_lost(), 10);
}

TEST_F(ReceiveStatisticsTest, FractionLostWithoutAPacketIsZero) {
  ReceiveRange(0, 10);
  Report();
  EXPECT_EQ(Report().fraction_lost, 0);
}

TEST_F(ReceiveStatisticsTest, LatePacketsMakeLossGood) {
  ReceiveRange(0, 10);
  ReceiveRange(11, 20);
  EXPECT_EQ(statistics_.cumulative_lost(), 1);
  Receive(10);
  EXPECT_EQ(statistics_.cumulative_lost(), 0);
}

TEST_F(ReceiveStatisticsTest, DuplicatesMakeTheLossNegative) {
  ReceiveRange(0, 10);
  ReceiveRange(0, 10);
  rtcp::ReportBlock report = Report();
  EXPECT_EQ(report.cumulative_lost, -10);
  EXPECT_EQ(report.fraction_lost, 0);
}

TEST_F(ReceiveStatisticsTest, StrayPacketsAreRefused) {
  ReceiveRange(10'000, 10'010);
  EXPECT_FALSE(Receive(20'000));
  EXPECT_FALSE(Receive(30'000));
  EXPECT_FALSE(Receive(8'000));
  EXPECT_TRUE(Receive(10'010));
  EXPECT_EQ(statistics_.packets(), 11u);
  EXPECT_EQ(statistics_.cumulative_lost(), 0);
}

TEST_F(ReceiveStatisticsTest, AcceptsUpToTheLimitsOfDropoutAndMisorder) {
  Receive(10'000);
  EXPECT_FALSE(Receive(10'000 + ReceiveStatistics::kMaxDropout));
  EXPECT_TRUE(Receive(10'000 + ReceiveStatistics::kMaxDropout - 1));
  EXPECT_TRUE(Receive(10'000 + ReceiveStatistics::kMaxDropout - 1 - ReceiveStatistics::kMaxMisorder));
  EXPECT_FALSE(Receive(10'000 + ReceiveStatistics::kMaxDropout - 2 - ReceiveStatistics::kMaxMisorder));
}

TEST_F(ReceiveStatisticsTest, TwoPacketsInSequenceRestartTheStreamAboveWhatWas) {
  ReceiveRange(10'000, 10'010);
  ReceiveRange(10'020, 10'030);
  EXPECT_FALSE(Receive(500));
  EXPECT_FALSE(statistics_.restarted());
  EXPECT_EQ(Receive(501), 65'536 + 501);
  EXPECT_TRUE(statistics_.restarted());
  EXPECT_EQ(Receive(502), 65'536 + 502);
  EXPECT_FALSE(statistics_.restarted());
  EXPECT_EQ(statistics_.cumulative_lost(), 10);  // What was lost stays lost.
  EXPECT_EQ(Report().fraction_lost, 0);
}

TEST_F(ReceiveStatisticsTest, StrayPacketsThatDoNotFollowEachOtherDoNotRestart) {
  ReceiveRange(10'000, 10'010);
  for (int i = 0; i < 20; ++i) EXPECT_FALSE(Receive(30'000 + 2 * i));
  EXPECT_FALSE(Receive(40'000));
  EXPECT_TRUE(Receive(10'010));
  EXPECT_FALSE(Receive(40'001));  // An accepted packet between them: no restart.
}

TEST_F(ReceiveStatisticsTest, JitterOfASteadyStreamIsZero) {
  for (int i = 0; i < 100; ++i) {
    Receive(i, kStart + TimeDelta::Millis(20 * i), static_cast<uint32_t>(20 * 90 * i));
  }
  EXPECT_EQ(statistics_.jitter(), 0u);
}

TEST_F(ReceiveStatisticsTest, JitterApproachesTheMeanDeviation) {
  // Every other packet is 10 ms late: each transit differs from the last by 900 units.
  for (int i = 0; i < 500; ++i) {
    Receive(i, kStart + TimeDelta::Millis(20 * i + (i % 2) * 10), static_cast<uint32_t>(20 * 90 * i));
  }
  EXPECT_NEAR(statistics_.jitter(), 900, 10);
  EXPECT_EQ(Report().jitter, statistics_.jitter());
}

TEST_F(ReceiveStatisticsTest, JitterCrossesTheWrapOfTheTimestamp) {
  for (int i = 0; i < 100; ++i) {
    Receive(i, kStart + TimeDelta::Millis(20 * i), 0xffffff00 + static_cast<uint32_t>(20 * 90 * i));
  }
  EXPECT_EQ(statistics_.jitter(), 0u);
}

TEST_F(ReceiveStatisticsTest, LatePacketsAndJumpsOfTheMediaClockAreNotJitter) {
  Receive(0, kStart, 0);
  Receive(2, kStart + TimeDelta::Millis(20), 1'800);
  Receive(1, kStart + TimeDelta::Millis(300), 900);
  Receive(3, kStart + TimeDelta::Millis(40), 0x80000000);
  Receive(4, kStart + TimeDelta::Millis(60), 0x80000000 + 1'800);
  EXPECT_EQ(statistics_.jitter(), 0u);
}

TEST_F(ReceiveStatisticsTest, EchoesTheLastSenderReport) {
  Receive(0);
  EXPECT_EQ(Report().last_sender_report, 0u);
  statistics_.HandleSenderReport(kStart, 0x1112131421222324);
  rtcp::ReportBlock report = Report(kStart + TimeDelta::Millis(1'500));
  EXPECT_EQ(report.last_sender_report, 0x13142122u);
  EXPECT_EQ(report.delay_since_last_report, 98'304u);
}

TEST_F(ReceiveStatisticsTest, SenderReportMayComeBeforeTheFirstPacket) {
  statistics_.HandleSenderReport(kStart, 0x1112131421222324);
  EXPECT_EQ(Report(kStart + TimeDelta::Seconds(1)).delay_since_last_report, 65'536u);
}

TEST_F(ReceiveStatisticsTest, DelayThatDoesNotFitStaysBelowTheWrap) {
  statistics_.HandleSenderReport(kStart, 1ull << 40);
  EXPECT_EQ(Report(kStart + TimeDelta::Seconds(100'000)).delay_since_last_report, 0xffff0000u);
  EXPECT_EQ(Report(kStart - TimeDelta::Seconds(1)).delay_since_last_report, 0u);
}

TEST_F(ReceiveStatisticsTest, MeasuresTheBitrate) {
  for (int i = 0; i < 300; ++i) Receive(i, kStart + TimeDelta::Millis(10 * i));
  Timestamp now = kStart + TimeDelta::Seconds(3);
  EXPECT_NEAR(static_cast<double>(statistics_.bitrate(now).bps()), 800'000, 20'000);
  EXPECT_EQ(statistics_.last_arrival(), now - TimeDelta::Millis(10));
}

TEST_F(ReceiveStatisticsTest, UnknownClockRateMeansNoJitter) {
  ReceiveStatistics statistics(0);
  for (int i = 0; i < 10; ++i) {
    statistics.HandlePacket(kStart + TimeDelta::Millis(i), SequenceNumber(static_cast<uint16_t>(i)),
                            static_cast<uint32_t>(i * 1'000'000), 100);
  }
  EXPECT_EQ(statistics.jitter(), 0u);
}

}  // namespace
}  // namespace sluice::rtp
