// RtpSession as the receiver of a publisher's streams: what it accepts, and what it answers.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "rtp/rtcp/extended_report.h"
#include "rtp/rtcp/fir.h"
#include "rtp/rtcp/nack.h"
#include "rtp/rtcp/pli.h"
#include "rtp/rtcp/receiver_report.h"
#include "rtp/rtcp/remb.h"
#include "rtp/rtcp/sender_report.h"
#include "rtp/rtcp/transport_feedback.h"
#include "tests/router/session_fixture.h"

namespace sluice::router {
namespace {

namespace rtcp = rtp::rtcp;
using rtcp::BlockKind;
using ::testing::ElementsAre;

class RtpSessionReceivingTest : public SessionFixture {
 protected:
  void AddVideo(ProducerConfig config = VideoProducer()) {
    session_.AddProducer(now_, config)->AddSink(&sink_);
  }
  std::vector<uint16_t> Nacked() const {
    std::vector<uint16_t> lost;
    for (const auto& nack : Sent<rtcp::Nack>(BlockKind::kNack)) {
      EXPECT_EQ(nack.sender, kOurs);
      EXPECT_EQ(nack.media, kVideoSsrc);
      nack.ForEachSequence([&](SequenceNumber number) { lost.push_back(number.value()); });
    }
    return lost;
  }

  RecordingSink sink_;
};

TEST_F(RtpSessionReceivingTest, DropsAndCountsWhatNoProducerWants) {
  AddVideo();
  Receive({1, 2, 3});
  Receive(rtp::RtpPacket{.ssrc = 999}.Encode());
  Receive(rtp::RtpPacket{.payload_type = 50, .ssrc = kVideoSsrc.value()}.Encode());
  Video(1);
  Video(1);
  Video(20'000);
  Receive(rtp::RtpPacket{.payload_type = kVp8Rtx, .ssrc = kVideoRtxSsrc.value(), .payload = {}}.Encode());
  EXPECT_EQ(session_.drops().rtp_malformed, 1);
  EXPECT_EQ(session_.drops().rtp_unknown_source, 1);
  EXPECT_EQ(session_.drops().rtp_unknown_payload_type, 1);
  EXPECT_EQ(session_.drops().rtp_duplicate, 1);
  EXPECT_EQ(session_.drops().rtp_invalid_sequence, 1);
  EXPECT_EQ(session_.counters().probe_packets_received, 1);
  EXPECT_EQ(session_.counters().rtp_packets_received, 7);
  EXPECT_EQ(sink_.packets.size(), 1u);
}

TEST_F(RtpSessionReceivingTest, FindsTheProducerByItsMid) {
  ProducerConfig config = VideoProducer();
  config.encodings = {{}};
  AddVideo(config);
  Receive(
      rtp::RtpPacket{.ssrc = 777, .profile = 0xbede, .extension = {0x10, 'v', 0, 0}, .payload = DeltaFrame()}
          .Encode());
  Receive(rtp::RtpPacket{.sequence = 0x1235, .ssrc = 777, .payload = DeltaFrame()}.Encode());
  EXPECT_EQ(sink_.packets.size(), 2u);
  Receive(rtp::RtpPacket{.ssrc = 778, .payload = DeltaFrame()}.Encode());
  EXPECT_EQ(session_.drops().rtp_unknown_source, 1);
}

TEST_F(RtpSessionReceivingTest, ARemovedProducersPacketsAreUnsolicited) {
  AddVideo();
  Video(1);
  session_.RemoveProducer(kVideoProducer);
  session_.RemoveProducer(kVideoProducer);
  Video(2);
  EXPECT_EQ(session_.drops().rtp_unknown_source, 1);
  EXPECT_EQ(session_.FindProducer(kVideoProducer), nullptr);
  EXPECT_EQ(sink_.packets.size(), 1u);
}

TEST_F(RtpSessionReceivingTest, AsksForWhatIsMissingUntilItComes) {
  AddVideo();
  Video(10, true);
  port_.Clear();
  Video(13);
  EXPECT_EQ(session_.NextTimeout(), now_ + rtp::NackGenerator::kReorderDelay);
  Wait(TimeDelta::Millis(10));
  EXPECT_THAT(Nacked(), ElementsAre(11, 12));
  Video(12);
  port_.Clear();
  Wait(rtp::NackGenerator::kDefaultRtt);
  EXPECT_THAT(Nacked(), ElementsAre(11));
  Receive(rtp::RtpPacket{
      .payload_type = kVp8Rtx, .ssrc = kVideoRtxSsrc.value(), .payload = rtp::Concat({{0, 11}, DeltaFrame()})}
              .Encode());
  port_.Clear();
  Wait(TimeDelta::Seconds(1));
  EXPECT_THAT(Nacked(), ElementsAre());
  EXPECT_EQ(sink_.packets.size(), 4u);
  EXPECT_EQ(session_.FindProducer(kVideoProducer)->streams()[0].counters().nacked_packets, 3);
}

TEST_F(RtpSessionReceivingTest, ALongListOfMissingPacketsIsSplitOverPackets) {
  AddVideo();
  Video(1, true);
  // Every third: each needs an item of its own but for those that its bits can name.
  for (int i = 1; i <= 900; ++i) Video(static_cast<uint16_t>(1 + 3 * i));
  port_.Clear();
  Wait(TimeDelta::Millis(10));
  EXPECT_EQ(session_.FindProducer(kVideoProducer)->streams()[0].nack().missing() > 0, !Nacked().empty());
  for (const Octets& packet : port_.rtcp) EXPECT_LE(packet.size(), rtcp::CompoundWriter::kMaxSize);
}

TEST_F(RtpSessionReceivingTest, TooMuchLossMeansAKeyFrame) {
  AddVideo();
  Video(1, true);
  Video(2000);
  Wait(TimeDelta::Millis(20));
  EXPECT_THAT(Nacked(), ElementsAre());
  ASSERT_EQ(Sent<rtcp::Pli>(BlockKind::kPli).size(), 1u);
  EXPECT_EQ(Sent<rtcp::Pli>(BlockKind::kPli)[0].media, kVideoSsrc);
}

TEST_F(RtpSessionReceivingTest, RequestsKeyFramesByPliUntilOneComes) {
  AddVideo();
  Video(1);
  Wait(TimeDelta::Millis(2500));
  auto plis = Sent<rtcp::Pli>(BlockKind::kPli);
  ASSERT_EQ(plis.size(), 3u);  // At 0, 1 and 2 s.
  EXPECT_EQ(plis[0].sender, kOurs);
  EXPECT_EQ(plis[0].media, kVideoSsrc);
  Video(2, true);
  port_.Clear();
  Wait(TimeDelta::Seconds(5));
  EXPECT_TRUE(Sent<rtcp::Pli>(BlockKind::kPli).empty());
}

TEST_F(RtpSessionReceivingTest, RequestsKeyFramesByFirWhereThereIsNoPli) {
  ProducerConfig config = VideoProducer();
  config.pli = false;
  config.fir = true;
  AddVideo(config);
  Producer* producer = session_.FindProducer(kVideoProducer);
  session_.HandleKeyFrameRequest(now_, producer, 0);
  Wait(TimeDelta::Millis(1500));
  auto firs = Sent<rtcp::Fir>(BlockKind::kFir);
  ASSERT_EQ(firs.size(), 2u);
  EXPECT_EQ(firs[0].entries[0].media, kVideoSsrc);
  EXPECT_EQ(firs[1].entries[0].request, firs[0].entries[0].request + 1);
  EXPECT_EQ(producer->streams()[0].counters().fir, 2);
}

TEST_F(RtpSessionReceivingTest, ASimulcastIsAskedForOneKeyFrameAfterAnother) {
  ProducerConfig config = VideoProducer();
  config.encodings.push_back({.ssrc = Ssrc(0x777)});
  AddVideo(config);
  Producer* producer = session_.FindProducer(kVideoProducer);
  session_.HandleKeyFrameRequest(now_, producer, 0);
  Wait(TimeDelta::Millis(100));
  session_.HandleKeyFrameRequest(now_, producer, 1);
  Wait(TimeDelta::Millis(200));
  EXPECT_EQ(Sent<rtcp::Pli>(BlockKind::kPli).size(), 1u);
  Wait(TimeDelta::Millis(100));
  auto plis = Sent<rtcp::Pli>(BlockKind::kPli);
  ASSERT_EQ(plis.size(), 2u);
  EXPECT_EQ(plis[1].media, Ssrc(0x777));
}

TEST_F(RtpSessionReceivingTest, AKeyFrameRequestWakesTheSessionAtOnce) {
  AddVideo();
  Video(1, true);
  Wait(TimeDelta::Millis(20));
  port_.Clear();
  session_.HandleKeyFrameRequest(now_, session_.FindProducer(kVideoProducer), 0);
  EXPECT_LE(session_.NextTimeout(), now_);
  session_.HandleTimeout(now_);
  EXPECT_EQ(Sent<rtcp::Pli>(BlockKind::kPli).size(), 1u);
}

// However many consumers ask, and though key frames come between.
TEST_F(RtpSessionReceivingTest, AKeyFrameRequestDelaySpacesRequests) {
  ProducerConfig config = VideoProducer();
  config.key_frame_request_delay = TimeDelta::Millis(2500);
  AddVideo(config);
  Producer* producer = session_.FindProducer(kVideoProducer);
  session_.HandleKeyFrameRequest(now_, producer, 0);
  Wait(TimeDelta::Millis(10));
  Video(1, true);
  ASSERT_EQ(Sent<rtcp::Pli>(BlockKind::kPli).size(), 1u);
  for (int i = 0; i < 20; ++i) {
    session_.HandleKeyFrameRequest(now_, producer, 0);
    Wait(TimeDelta::Millis(100));
  }
  EXPECT_EQ(Sent<rtcp::Pli>(BlockKind::kPli).size(), 1u);
  Wait(TimeDelta::Millis(490));
  EXPECT_EQ(Sent<rtcp::Pli>(BlockKind::kPli).size(), 2u);
}

TEST_F(RtpSessionReceivingTest, AResumedProducerIsAskedForAKeyFrame) {
  AddVideo();
  Video(1, true);
  Producer* producer = session_.FindProducer(kVideoProducer);
  producer->Pause();
  Wait(TimeDelta::Seconds(3));
  port_.Clear();
  session_.ResumeProducer(now_, producer);
  session_.HandleTimeout(now_);
  EXPECT_EQ(Sent<rtcp::Pli>(BlockKind::kPli).size(), 1u);
}

TEST_F(RtpSessionReceivingTest, ReportsEachStreamAboutOnceASecond) {
  AddVideo();
  session_.AddProducer(now_, AudioProducer());
  for (uint16_t i = 1; i <= 500; ++i) {
    if (i % 4 != 0) Video(i, i == 1);
    Audio(i);
    Wait(TimeDelta::Millis(20));
  }
  auto reports = Sent<rtcp::ReceiverReport>(BlockKind::kReceiverReport);
  EXPECT_GE(reports.size(), 7u);  // Half to one and a half seconds apart, for ten seconds.
  EXPECT_LE(reports.size(), 20u);
  const auto& last = reports.back();
  EXPECT_EQ(last.sender, kOurs);
  ASSERT_EQ(last.report_blocks.size(), 2u);
  for (const auto& block : last.report_blocks) {
    EXPECT_NEAR(block.fraction_lost, block.source == kVideoSsrc ? 64 : 0, 6);
  }
}

TEST_F(RtpSessionReceivingTest, ReportsNothingOfStreamsThatHaveNotBegun) {
  AddVideo();
  Wait(TimeDelta::Seconds(5));
  EXPECT_TRUE(port_.rtcp.empty());
}

TEST_F(RtpSessionReceivingTest, ReportsNothingWhileItCannotBeEncrypted) {
  session_.SetWritable(now_, false);
  AddVideo();
  Video(1, true);
  Wait(TimeDelta::Seconds(5));
  EXPECT_TRUE(Sent<rtcp::ReceiverReport>(BlockKind::kReceiverReport).empty());
}

TEST_F(RtpSessionReceivingTest, SplitsTheReportsOfManyStreams) {
  for (uint32_t i = 0; i < 70; ++i) {
    ProducerConfig config = AudioProducer();
    config.handle = ProducerHandle(100 + i);
    config.encodings[0].ssrc = Ssrc(1000 + i);
    session_.AddProducer(now_, config);
    Receive(rtp::RtpPacket{.payload_type = kOpus, .ssrc = 1000 + i}.Encode());
  }
  Wait(TimeDelta::Millis(300));
  size_t blocks = 0;
  for (const auto& report : Sent<rtcp::ReceiverReport>(BlockKind::kReceiverReport)) {
    EXPECT_LE(report.report_blocks.size(), rtcp::kMaxReportBlocks);
    blocks += report.report_blocks.size();
  }
  EXPECT_EQ(blocks, 70u);
}

TEST_F(RtpSessionReceivingTest, MeasuresTheRoundTripByExtendedReports) {
  AddVideo();
  Video(1, true);
  Wait(TimeDelta::Millis(300));
  auto reports = Sent<rtcp::ExtendedReport>(BlockKind::kExtendedReport);
  ASSERT_EQ(reports.size(), 1u);
  ASSERT_TRUE(reports[0].receiver_reference_time);
  EXPECT_EQ(*reports[0].receiver_reference_time, rtp::NtpTime::At(clock_, now_).value());
  // Held for half a second, 40 ms on the way.
  const rtcp::DlrrEntry entries[] = {
      {Ssrc(4711), rtcp::CompactNtp(*reports[0].receiver_reference_time), 1},  // Somebody else's.
      {kOurs, rtcp::CompactNtp(*reports[0].receiver_reference_time), 65536 / 2}};
  now_ += TimeDelta::Millis(540);
  ReceiveRtcp([&](auto& writer) { return rtcp::WriteExtendedReport(writer, kVideoSsrc, {}, entries); });
  ASSERT_TRUE(session_.round_trip_time());
  EXPECT_NEAR(static_cast<double>(session_.round_trip_time()->us()), 40'000, 50);
}

TEST_F(RtpSessionReceivingTest, AnswersThePeersReferenceTime) {
  AddVideo();
  ReceiveRtcp(
      [](auto& writer) { return rtcp::WriteExtendedReport(writer, Ssrc(55), 0x1111'2222'3333'4444, {}); });
  Wait(TimeDelta::Millis(300));
  auto reports = Sent<rtcp::ExtendedReport>(BlockKind::kExtendedReport);
  ASSERT_EQ(reports.size(), 1u);
  EXPECT_FALSE(reports[0].receiver_reference_time);  // Nothing is received whose round trip matters.
  ASSERT_EQ(reports[0].dlrr.size(), 1u);
  EXPECT_EQ(reports[0].dlrr[0].receiver, Ssrc(55));
  EXPECT_EQ(reports[0].dlrr[0].last_receiver_report, 0x2222'3333u);
  EXPECT_NEAR(reports[0].dlrr[0].delay_since_last_report, 0.3 * 65536, 1);
}

// Little arrives, so feedback is as rare as it gets: every 250 ms.
TEST_F(RtpSessionReceivingTest, SendsTransportFeedbackAtIntervals) {
  ProducerConfig config = VideoProducer();
  config.transport_cc = true;
  config.remb = true;  // Not beside transport-wide feedback.
  AddVideo(config);
  for (uint16_t i = 0; i < 200; ++i) {
    if (i % 10 != 3) {
      Video(i, i == 0, {0x31, static_cast<uint8_t>(i >> 8), static_cast<uint8_t>(i), 0});
    }
    Wait(TimeDelta::Millis(10));
  }
  Wait(TimeDelta::Millis(100));
  auto feedback = Sent<rtcp::TransportFeedback>(BlockKind::kTransportFeedback);
  EXPECT_NEAR(static_cast<double>(feedback.size()), 9, 1);
  EXPECT_EQ(session_.counters().transport_feedback_sent, static_cast<int64_t>(feedback.size()));
  int received = 0;
  int expected_next = feedback.at(0).base_sequence();
  for (const auto& block : feedback) {
    EXPECT_EQ(block.sender(), kOurs);
    EXPECT_EQ(block.media(), kVideoSsrc);
    EXPECT_GE(block.base_sequence(), expected_next);
    expected_next = block.base_sequence() + block.packet_count();
    block.ForEachPacket([&](const auto& packet) {
      EXPECT_EQ(packet.received, packet.sequence % 10 != 3);
      received += packet.received ? 1 : 0;
    });
  }
  EXPECT_EQ(received, 180);
  EXPECT_TRUE(Sent<rtcp::Remb>(BlockKind::kRemb).empty());
  EXPECT_EQ(session_.counters().remb_sent, 0);
}

TEST_F(RtpSessionReceivingTest, SendsItsEstimateToPublishersThatWantRemb) {
  ProducerConfig config = VideoProducer();
  config.remb = true;
  AddVideo(config);
  for (uint16_t i = 0; i < 500; ++i) {
    const uint32_t time = rtp::AbsSendTime::At(now_).value();
    Video(i, i == 0,
          {0x22, static_cast<uint8_t>(time >> 16), static_cast<uint8_t>(time >> 8),
           static_cast<uint8_t>(time)});
    Wait(TimeDelta::Millis(10));
  }
  auto rembs = Sent<rtcp::Remb>(BlockKind::kRemb);
  ASSERT_GE(rembs.size(), 4u);
  EXPECT_LE(rembs.size(), 7u);
  EXPECT_EQ(rembs[0].sender, kOurs);
  ASSERT_EQ(rembs[0].media.size(), 1u);
  EXPECT_EQ(rembs[0].media[0], kVideoSsrc);
  EXPECT_GE(rembs.back().bitrate, DataRate::KilobitsPerSec(30));
  EXPECT_EQ(session_.counters().remb_sent, static_cast<int64_t>(rembs.size()));
}

TEST_F(RtpSessionReceivingTest, TellsTheLimitOverAndOverAndLiftsItOnce) {
  ProducerConfig config = VideoProducer();
  config.transport_cc = true;
  AddVideo(config);
  session_.SetMaxIncomingBitrate(DataRate::KilobitsPerSec(512));
  Wait(TimeDelta::Millis(3100));
  auto rembs = Sent<rtcp::Remb>(BlockKind::kRemb);
  ASSERT_EQ(rembs.size(), 3u);  // At 0, 1.5 and 3 s.
  for (const auto& remb : rembs) EXPECT_EQ(remb.bitrate, DataRate::KilobitsPerSec(512));

  port_.Clear();
  session_.SetMaxIncomingBitrate(DataRate::Infinite());
  Wait(TimeDelta::Seconds(10));
  rembs = Sent<rtcp::Remb>(BlockKind::kRemb);
  ASSERT_EQ(rembs.size(), 1u);
  EXPECT_GE(rembs[0].bitrate, DataRate::KilobitsPerSec(900'000));
}

TEST_F(RtpSessionReceivingTest, ALimitBoundsTheEstimate) {
  ProducerConfig config = VideoProducer();
  config.remb = true;
  AddVideo(config);
  session_.SetMaxIncomingBitrate(DataRate::KilobitsPerSec(100));
  for (uint16_t i = 0; i < 300; ++i) {
    const uint32_t time = rtp::AbsSendTime::At(now_).value();
    Video(i, i == 0,
          {0x22, static_cast<uint8_t>(time >> 16), static_cast<uint8_t>(time >> 8),
           static_cast<uint8_t>(time)});
    Wait(TimeDelta::Millis(10));
  }
  auto rembs = Sent<rtcp::Remb>(BlockKind::kRemb);
  ASSERT_FALSE(rembs.empty());
  for (const auto& remb : rembs) EXPECT_LE(remb.bitrate, DataRate::KilobitsPerSec(100));
}

TEST_F(RtpSessionReceivingTest, PassesSenderReportsToTheSinks) {
  AddVideo();
  Video(1, true);
  for (Ssrc source : {kVideoSsrc, kVideoRtxSsrc, Ssrc(999)}) {
    ReceiveRtcp([&](auto& writer) {
      return rtcp::WriteSenderReport(writer, {.sender = source, .ntp_time = 77, .rtp_timestamp = 88});
    });
  }
  ASSERT_EQ(sink_.reports.size(), 1u);
  EXPECT_EQ(sink_.reports[0].second.source, kVideoSsrc);
  EXPECT_EQ(sink_.reports[0].second.ntp, 77u);
  EXPECT_EQ(sink_.reports[0].second.arrival, now_);
  EXPECT_EQ(session_.drops().rtcp_unknown_source, 1);
}

TEST_F(RtpSessionReceivingTest, WithoutMemoryItTriesAgainAndDoesNotSpin) {
  ProducerConfig config = VideoProducer();
  config.transport_cc = true;
  AddVideo(config);
  Video(0, true, {0x31, 0, 0, 0});
  std::vector<SlabRef> all;
  while (SlabRef slab = pool_.Acquire()) all.push_back(slab);
  EXPECT_LT(Wait(TimeDelta::Seconds(2)), 300);
  EXPECT_TRUE(port_.rtcp.empty());
  all.clear();
  Wait(TimeDelta::Millis(20));
  EXPECT_EQ(Sent<rtcp::TransportFeedback>(BlockKind::kTransportFeedback).size(), 1u);
}

TEST_F(RtpSessionReceivingTest, RestsWithoutProducersAndConsumers) {
  EXPECT_TRUE(session_.NextTimeout().IsNever());
  AddVideo();
  EXPECT_FALSE(session_.NextTimeout().IsNever());
  session_.RemoveProducer(kVideoProducer);
  Wait(TimeDelta::Seconds(2));
  EXPECT_TRUE(session_.NextTimeout().IsNever());
}

}  // namespace
}  // namespace sluice::router
