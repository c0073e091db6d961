// What a consumer tells its subscriber in sender reports, and learns from its receiver reports.
#include <gtest/gtest.h>

#include "rtp/ntp_time.h"
#include "tests/router/consumer_fixture.h"

namespace sluice::router {
namespace {

constexpr uint64_t kNtpNow = uint64_t{3'900'000'000} << 32;

class ConsumerReportTest : public ConsumerFixture {};

TEST_F(ConsumerReportTest, SaysNothingBeforeAnythingWasSent) {
  EXPECT_FALSE(consumer_->MakeSenderInfo(now_, kNtpNow));
  Frame(1);  // Waits for a key frame.
  EXPECT_FALSE(consumer_->MakeSenderInfo(now_, kNtpNow));
  Frame(2, true);
  EXPECT_TRUE(consumer_->MakeSenderInfo(now_, kNtpNow));
  consumer_->Pause(now_);
  EXPECT_FALSE(consumer_->MakeSenderInfo(now_, kNtpNow));
}

TEST_F(ConsumerReportTest, CountsPacketsAndPayloadOctets) {
  Frame(1, true);
  Frame(2);
  auto info = consumer_->MakeSenderInfo(now_, kNtpNow);
  ASSERT_TRUE(info);
  EXPECT_EQ(info->packet_count, 2u);
  EXPECT_EQ(info->octet_count, KeyFrame().size() + DeltaFrame().size());
}

TEST_F(ConsumerReportTest, UsesThePublishersClockMovedToNow) {
  const uint64_t publisher_ntp = uint64_t{12'345} << 32;
  fan_out_->HandleSenderReport(
      0, {.source = Ssrc(1), .ntp = publisher_ntp, .rtp_timestamp = 50'000, .arrival = now_});
  Frame(1, true);
  Wait(TimeDelta::Millis(1500));
  auto info = consumer_->MakeSenderInfo(now_, kNtpNow);
  ASSERT_TRUE(info);
  EXPECT_EQ(info->ntp_time, publisher_ntp + (uint64_t{3} << 31));
  EXPECT_EQ(info->rtp_timestamp, 50'000u + 135'000);
}

TEST_F(ConsumerReportTest, UsesItsOwnClockWhileThePublisherHasNotReported) {
  Receive({.sequence = 1, .key_frame = true, .timestamp = 4000, .payload = KeyFrame()});
  Wait(TimeDelta::Millis(100));
  auto info = consumer_->MakeSenderInfo(now_, kNtpNow);
  ASSERT_TRUE(info);
  EXPECT_EQ(info->ntp_time, kNtpNow);
  EXPECT_EQ(info->rtp_timestamp, 4000u + 9000);
}

TEST_F(ConsumerReportTest, DoesNotUseTheReportOfASourceThatIsGone) {
  fan_out_->HandleSenderReport(0, {.source = Ssrc(99), .ntp = 7, .rtp_timestamp = 1, .arrival = now_});
  Receive({.sequence = 1, .key_frame = true, .timestamp = 4000, .payload = KeyFrame()});
  EXPECT_EQ(consumer_->MakeSenderInfo(now_, kNtpNow)->ntp_time, kNtpNow);
}

TEST_F(ConsumerReportTest, KeepsWhatTheSubscriberReports) {
  rtp::rtcp::ReportBlock block;
  block.source = Ssrc(0xc0);
  block.cumulative_lost = 17;
  block.fraction_lost = 25;
  block.jitter = 300;
  consumer_->HandleReportBlock(now_, block);
  EXPECT_EQ(consumer_->statistics().packets_lost, 17);
  EXPECT_EQ(consumer_->statistics().fraction_lost, 25);
  EXPECT_EQ(consumer_->statistics().jitter, 300u);
  EXPECT_EQ(consumer_->statistics().round_trip_time, TimeDelta::Zero());
}

TEST_F(ConsumerReportTest, MeasuresTheRoundTripOfTheReportsItSent) {
  Frame(1, true);
  auto info = consumer_->MakeSenderInfo(now_, kNtpNow);
  ASSERT_TRUE(info);
  Wait(TimeDelta::Millis(280));
  rtp::rtcp::ReportBlock block;
  block.source = Ssrc(0xc0);
  block.last_sender_report = rtp::rtcp::CompactNtp(info->ntp_time);
  block.delay_since_last_report = 65536 / 4;
  consumer_->HandleReportBlock(now_, block);
  EXPECT_EQ(consumer_->statistics().round_trip_time, TimeDelta::Millis(30));

  block.last_sender_report ^= 1;  // A report that was never sent.
  block.delay_since_last_report = 0;
  consumer_->HandleReportBlock(now_, block);
  EXPECT_EQ(consumer_->statistics().round_trip_time, TimeDelta::Millis(30));
}

TEST_F(ConsumerReportTest, BoundsWhatAHostileDelayMakesOfTheRoundTrip) {
  Frame(1, true);
  auto info = consumer_->MakeSenderInfo(now_, kNtpNow);
  ASSERT_TRUE(info);
  rtp::rtcp::ReportBlock block;
  block.source = Ssrc(0xc0);
  block.last_sender_report = rtp::rtcp::CompactNtp(info->ntp_time);
  for (uint32_t delay : {0x7fff'ffffu, 0x8000'0000u, 0xffff'ffffu, 1u}) {
    block.delay_since_last_report = delay;
    consumer_->HandleReportBlock(now_, block);
    EXPECT_GT(consumer_->statistics().round_trip_time, TimeDelta::Zero());
    EXPECT_LE(consumer_->statistics().round_trip_time, TimeDelta::Seconds(10));
  }
}

TEST_F(ConsumerReportTest, ScoresWhatGetsAcross) {
  rtp::rtcp::ReportBlock block;
  block.source = Ssrc(0xc0);
  Frame(1, true);
  for (int64_t i = 2; i <= 100; ++i) Frame(i);
  EXPECT_FALSE(consumer_->HandleReportBlock(now_, block));
  EXPECT_EQ(consumer_->score(), 10);
  for (int64_t i = 101; i <= 200; ++i) Frame(i);
  block.cumulative_lost = 100;
  EXPECT_TRUE(consumer_->HandleReportBlock(now_, block));
  EXPECT_EQ(consumer_->score(), 3);
  // Nothing was sent: nothing is worse.
  EXPECT_TRUE(consumer_->HandleReportBlock(now_, block));
  EXPECT_EQ(consumer_->score(), 7);
}

TEST_F(ConsumerReportTest, CountsRepairsThatGotAcrossInTheScore) {
  Frame(1, true);
  for (int64_t i = 2; i <= 100; ++i) Frame(i);
  for (uint16_t i = 0; i < 5; ++i)
    consumer_->HandleNack(now_, SequenceNumber(static_cast<uint16_t>(150 + i)));
  EXPECT_EQ(consumer_->statistics().repaired_packets, 5);
  rtp::rtcp::ReportBlock block;
  block.source = Ssrc(0xc0);
  block.cumulative_lost = 5;
  EXPECT_FALSE(consumer_->HandleReportBlock(now_, block));
  EXPECT_EQ(consumer_->score(), 10);
}

}  // namespace
}  // namespace sluice::router
