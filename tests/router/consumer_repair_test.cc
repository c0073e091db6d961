// A consumer's answers to NACK.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/router/consumer_fixture.h"

namespace sluice::router {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

constexpr TimeDelta kDefaultRoundTrip = TimeDelta::Millis(100);

class ConsumerRepairTest : public ConsumerFixture {
 protected:
  // Three frames, sent as 100, 101, 102.
  void Begin() {
    Frame(1, true);
    Frame(2);
    Frame(3);
    sent_ = port_.rtp;
    port_.Clear();
  }
  void Nack(uint16_t number) { consumer_->HandleNack(now_, SequenceNumber(number)); }

  std::vector<SentPacket> sent_;
};

TEST_F(ConsumerRepairTest, RepairsByRtxWithTheOriginalSequenceNumber) {
  Begin();
  Nack(101);
  Nack(100);
  ASSERT_EQ(port_.rtp.size(), 2u);
  const SentPacket& repair = port_.rtp[0];
  EXPECT_EQ(repair.ssrc, Ssrc(0xc1));
  EXPECT_EQ(repair.payload_type, kVp8Rtx);
  EXPECT_EQ(repair.sequence, 5000);
  EXPECT_EQ(repair.timestamp, sent_[1].timestamp);
  EXPECT_EQ(repair.payload, rtp::Concat({{0, 101}, sent_[1].payload}));
  EXPECT_EQ(port_.rtp[1].sequence, 5001);
  EXPECT_EQ(consumer_->statistics().nacked_packets, 2);
  EXPECT_EQ(consumer_->statistics().retransmitted_packets, 2);
  EXPECT_EQ(consumer_->statistics().packets, 3);
}

TEST_F(ConsumerRepairTest, DoesNotRepairAgainBeforeTheRepairCanHaveArrived) {
  Begin();
  Nack(101);
  Wait(kDefaultRoundTrip - TimeDelta::Micros(1));
  Nack(101);
  EXPECT_EQ(port_.rtp.size(), 1u);
  Wait(TimeDelta::Micros(1));
  Nack(101);
  EXPECT_EQ(port_.rtp.size(), 2u);
  EXPECT_EQ(consumer_->statistics().unrepairable_packets, 0);
}

TEST_F(ConsumerRepairTest, ASubscriberCannotTalkTheIntervalDownToNothing) {
  Begin();
  auto info = consumer_->MakeSenderInfo(now_, 0x1'0000'0000);
  ASSERT_TRUE(info);
  rtp::rtcp::ReportBlock block;
  block.source = Ssrc(0xc0);
  block.last_sender_report = rtp::rtcp::CompactNtp(info->ntp_time);
  block.delay_since_last_report = 0x7fff'0000;  // "I held it for hours."
  consumer_->HandleReportBlock(now_, block);
  for (int i = 0; i < 1000; ++i) Nack(101);
  Wait(TimeDelta::Millis(1));
  for (int i = 0; i < 1000; ++i) Nack(101);
  EXPECT_EQ(port_.rtp.size(), 1u);
}

TEST_F(ConsumerRepairTest, AskingForAllNumbersAtOnceBringsABoundedAnswer) {
  Frame(1, true);
  for (int64_t i = 2; i <= 2000; ++i) Frame(i);
  port_.Clear();
  for (int round = 0; round < 10; ++round) {
    for (uint16_t number = 100; number < 2100; ++number) Nack(number);
  }
  EXPECT_LE(port_.rtp.size(), 512u);
  EXPECT_GE(port_.rtp.size(), 256u);
}

TEST_F(ConsumerRepairTest, WithoutRtxTheSamePacketIsSentAgainToTheLastOctet) {
  ConsumerConfig config = VideoConsumer();
  config.rtx_ssrc.reset();
  config.rtx_payload_type.reset();
  config.extensions.Register(rtp::ExtensionKind::kMid, 1);
  config.extensions.Register(rtp::ExtensionKind::kAbsSendTime, 2);
  config.extensions.Register(rtp::ExtensionKind::kTransportSequenceNumber, 3);
  Reset(config);
  Begin();
  Wait(TimeDelta::Millis(333));
  for (uint16_t number : {100, 101, 102}) Nack(number);
  ASSERT_EQ(port_.rtp.size(), 3u);
  for (size_t i = 0; i < 3; ++i) EXPECT_EQ(port_.rtp[i].bytes, sent_[i].bytes);
}

TEST_F(ConsumerRepairTest, CountsWhatItCannotRepair) {
  Begin();
  Nack(99);   // Never sent.
  Nack(103);  // Not yet sent.
  EXPECT_EQ(consumer_->statistics().unrepairable_packets, 2);
  Wait(TimeDelta::Millis(2001));
  Nack(101);  // Too old.
  EXPECT_EQ(consumer_->statistics().unrepairable_packets, 3);
  EXPECT_THAT(port_.rtp, IsEmpty());
}

TEST_F(ConsumerRepairTest, RepairsWhatThePublisherSentLateWhileTheConsumerHadAGap) {
  Frame(1, true);
  Frame(3);
  port_.Clear();
  Nack(101);
  EXPECT_EQ(consumer_->statistics().unrepairable_packets, 1);
  Frame(2);
  EXPECT_THAT(port_.Sequences(), ElementsAre(101));
}

// Its number was kept for it while it was missing.
TEST_F(ConsumerRepairTest, WhatIsLateAndNotWantedIsReplacedByPadding) {
  Frame(1, true);
  Frame(3);
  port_.Clear();
  Receive({.sequence = 2, .payload_type = 50});  // Nothing that was negotiated.
  ASSERT_EQ(port_.rtp.size(), 1u);
  EXPECT_EQ(port_.rtp[0].sequence, 101);
  EXPECT_EQ(port_.rtp[0].payload_type, kVp8);
  EXPECT_THAT(port_.rtp[0].payload, IsEmpty());
  port_.Clear();
  Nack(101);
  ASSERT_EQ(port_.rtp.size(), 1u);
  EXPECT_EQ(port_.rtp[0].payload_type, kVp8Rtx);
  EXPECT_EQ(port_.rtp[0].payload, (rtp::Octets{0, 101}));
  Frame(4);
  EXPECT_EQ(port_.rtp.back().sequence, 103);
}

TEST_F(ConsumerRepairTest, RepairsInAPauseAndAcrossIt) {
  Begin();
  consumer_->Pause(now_);
  Nack(102);
  ASSERT_EQ(port_.rtp.size(), 1u);
  EXPECT_EQ(port_.rtp[0].payload, rtp::Concat({{0, 102}, sent_[2].payload}));
  Frame(4);
  Nack(103);  // Was not sent, and must not be.
  EXPECT_EQ(consumer_->statistics().unrepairable_packets, 1);

  consumer_->Resume(now_);
  port_.Clear();
  Frame(5, true);
  ASSERT_THAT(port_.Sequences(), ElementsAre(103));
  Nack(101);
  ASSERT_EQ(port_.rtp.size(), 2u);
  EXPECT_EQ(port_.rtp[1].payload, rtp::Concat({{0, 101}, sent_[1].payload}));
}

TEST_F(ConsumerRepairTest, SpacesByTheMeasuredRoundTrip) {
  Begin();
  auto info = consumer_->MakeSenderInfo(now_, 0x1234'0000'0000);
  ASSERT_TRUE(info);
  rtp::rtcp::ReportBlock block;
  block.source = Ssrc(0xc0);
  block.last_sender_report = rtp::rtcp::CompactNtp(info->ntp_time);
  block.delay_since_last_report = 65536 / 2;  // Half a second.
  Wait(TimeDelta::Millis(530));
  consumer_->HandleReportBlock(now_, block);
  EXPECT_EQ(consumer_->statistics().round_trip_time, TimeDelta::Millis(30));
  Nack(101);
  Wait(TimeDelta::Millis(29));
  Nack(101);
  EXPECT_EQ(port_.rtp.size(), 1u);
  Wait(TimeDelta::Millis(1));
  Nack(101);
  EXPECT_EQ(port_.rtp.size(), 2u);
}

}  // namespace
}  // namespace sluice::router
