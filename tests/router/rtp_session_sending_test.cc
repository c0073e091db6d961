// RtpSession as the sender of streams to a subscriber, and what it makes of the subscriber's RTCP.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <random>

#include "rtp/rtcp/fir.h"
#include "rtp/rtcp/nack.h"
#include "rtp/rtcp/pli.h"
#include "rtp/rtcp/receiver_report.h"
#include "rtp/rtcp/sdes.h"
#include "rtp/rtcp/sender_report.h"
#include "tests/router/consumer_fixture.h"
#include "tests/router/session_fixture.h"

namespace sluice::router {
namespace {

namespace rtcp = rtp::rtcp;
using rtcp::BlockKind;
using ::testing::ElementsAre;
using ::testing::IsEmpty;

constexpr ConsumerHandle kVideoConsumer(7), kAudioConsumer(8);

class RtpSessionSendingTest : public SessionFixture {
 protected:
  RtpSessionSendingTest() {
    ConsumerConfig config = VideoConsumer();
    config.handle = kVideoConsumer;
    video_ = session_.AddConsumer(now_, config, &video_source_);
  }
  ~RtpSessionSendingTest() override {
    session_.RemoveConsumer(kVideoConsumer);
    session_.RemoveConsumer(kAudioConsumer);
  }

  void Frame(int64_t sequence, bool key_frame = false) {
    video_source_.HandlePacket(now_, ForwardedMedia{.sequence = sequence,
                                                    .key_frame = key_frame,
                                                    .timestamp = static_cast<uint32_t>(3000 * sequence),
                                                    .arrival = now_,
                                                    .payload = key_frame ? KeyFrame() : DeltaFrame()}
                                         .In(pool_));
  }
  void Nack(Ssrc media, std::vector<SequenceNumber> lost) {
    ReceiveRtcp([&](auto& writer) { return rtcp::WriteNack(writer, Ssrc(5), media, lost) == lost.size(); });
  }

  FanOut video_source_{kVideoProducer, MediaKind::kVideo, 1, &link_};
  FanOut audio_source_{kAudioProducer, MediaKind::kAudio, 1, &link_};
  Consumer* video_ = nullptr;
};

TEST_F(RtpSessionSendingTest, ANewConsumerAsksForAKeyFrame) {
  EXPECT_THAT(link_.requests, ElementsAre(0));
  EXPECT_EQ(session_.FindConsumer(kVideoConsumer), video_);
}

TEST_F(RtpSessionSendingTest, AConsumerOfATransportThatCannotSendYetAsksLater) {
  session_.SetWritable(now_, false);
  link_.requests.clear();
  Frame(1, true);
  EXPECT_THAT(port_.rtp, IsEmpty());
  session_.SetWritable(now_, true);
  EXPECT_THAT(link_.requests, ElementsAre(0));
  session_.SetWritable(now_, true);
  EXPECT_THAT(link_.requests, ElementsAre(0));
}

TEST_F(RtpSessionSendingTest, RemovingAConsumerAnswersItsFanOut) {
  EXPECT_EQ(session_.RemoveConsumer(kVideoConsumer), &video_source_);
  EXPECT_TRUE(video_source_.empty());
  EXPECT_EQ(session_.RemoveConsumer(kVideoConsumer), nullptr);
  EXPECT_EQ(session_.FindConsumer(kVideoConsumer), nullptr);
  Nack(Ssrc(0xc0), {SequenceNumber(100)});
  EXPECT_EQ(session_.drops().rtcp_unknown_source, 1);
}

TEST_F(RtpSessionSendingTest, SendsSenderReportsWithTheCname) {
  Frame(1, true);
  Wait(TimeDelta::Millis(300));
  auto reports = Sent<rtcp::SenderReport>(BlockKind::kSenderReport);
  ASSERT_EQ(reports.size(), 1u);
  EXPECT_EQ(reports[0].info.sender, Ssrc(0xc0));
  EXPECT_EQ(reports[0].info.packet_count, 1u);
  EXPECT_EQ(reports[0].info.ntp_time, rtp::NtpTime::At(clock_, now_).value());
  auto descriptions = Sent<rtcp::Sdes>(BlockKind::kSourceDescription);
  ASSERT_EQ(descriptions.size(), 1u);
  descriptions[0].ForEachChunk([](const rtcp::Sdes::Chunk& chunk) {
    EXPECT_EQ(chunk.source, Ssrc(0xc0));
    EXPECT_EQ(chunk.cname, "c");
  });

  port_.Clear();
  Wait(TimeDelta::Seconds(10));
  const size_t later = Sent<rtcp::SenderReport>(BlockKind::kSenderReport).size();
  EXPECT_GE(later, 7u);
  EXPECT_LE(later, 20u);
}

TEST_F(RtpSessionSendingTest, SendsNoReportOfWhatItHasNotSent) {
  Wait(TimeDelta::Seconds(3));
  EXPECT_THAT(port_.rtcp, IsEmpty());
}

TEST_F(RtpSessionSendingTest, RepairsOnNack) {
  Frame(1, true);
  Frame(2);
  Frame(3);
  port_.Clear();
  Nack(Ssrc(0xc0), {SequenceNumber(100), SequenceNumber(102)});
  ASSERT_EQ(port_.rtp.size(), 2u);
  EXPECT_EQ(port_.rtp[0].ssrc, Ssrc(0xc1));
  EXPECT_EQ(video_->statistics().nack_messages, 1);
  EXPECT_EQ(video_->statistics().nacked_packets, 2);
}

TEST_F(RtpSessionSendingTest, ANackForTheRepairStreamIsNotAnswered) {
  Frame(1, true);
  Nack(Ssrc(0xc0), {SequenceNumber(100)});
  port_.Clear();
  Nack(Ssrc(0xc1), {SequenceNumber(5000)});
  EXPECT_THAT(port_.rtp, IsEmpty());
  EXPECT_EQ(session_.drops().rtcp_unknown_source, 0);
}

TEST_F(RtpSessionSendingTest, PassesKeyFrameRequestsOn) {
  link_.requests.clear();
  ReceiveRtcp([](auto& w) { return rtcp::WritePli(w, {.sender = Ssrc(5), .media = Ssrc(0xc0)}); });
  const rtcp::FirEntry entries[] = {{Ssrc(0xc0), 1}, {Ssrc(999), 1}};
  ReceiveRtcp([&](auto& w) { return rtcp::WriteFir(w, Ssrc(5), entries); });
  EXPECT_THAT(link_.requests, ElementsAre(0, 0));
  EXPECT_EQ(video_->statistics().pli, 1);
  EXPECT_EQ(video_->statistics().fir, 1);
  EXPECT_EQ(session_.drops().rtcp_unknown_source, 1);
}

TEST_F(RtpSessionSendingTest, MeasuresEachConsumersRoundTripFromReportBlocks) {
  Frame(1, true);
  Wait(TimeDelta::Millis(300));
  const Timestamp sent = now_;
  auto report = Sent<rtcp::SenderReport>(BlockKind::kSenderReport).at(0);
  now_ = sent + TimeDelta::Millis(275);
  rtcp::ReportBlock block;
  block.source = Ssrc(0xc0);
  block.fraction_lost = 9;
  block.last_sender_report = rtcp::CompactNtp(report.info.ntp_time);
  block.delay_since_last_report = 65536 / 4;
  rtcp::ReportBlock of_repairs = block;
  of_repairs.source = Ssrc(0xc1);
  of_repairs.fraction_lost = 200;
  const rtcp::ReportBlock blocks[] = {block, of_repairs};
  ReceiveRtcp([&](auto& w) { return rtcp::WriteReceiverReport(w, Ssrc(5), blocks); });
  EXPECT_EQ(video_->statistics().round_trip_time, TimeDelta::Millis(25));
  EXPECT_EQ(video_->statistics().fraction_lost, 9);
}

TEST_F(RtpSessionSendingTest, AudioAndVideoHaveReportsOfTheirOwn) {
  ConsumerConfig config = AudioConsumer();
  config.handle = kAudioConsumer;
  session_.AddConsumer(now_, config, &audio_source_);
  Frame(1, true);
  audio_source_.HandlePacket(now_,
                             ForwardedMedia{.sequence = 1, .arrival = now_, .payload_type = kOpus}.In(pool_));
  Wait(TimeDelta::Millis(300));
  EXPECT_EQ(Sent<rtcp::SenderReport>(BlockKind::kSenderReport).size(), 2u);
  EXPECT_EQ(port_.rtcp.size(), 1u);  // In one packet.
}

TEST_F(RtpSessionSendingTest, CountsRtcpThatIsNone) {
  session_.HandleRtcp(now_, Octets({1, 2, 3}));
  EXPECT_EQ(session_.drops().rtcp_malformed, 1);
  session_.HandleRtcp(now_, Octets({0x81, 205, 0, 0}));  // A NACK without SSRCs.
  EXPECT_EQ(session_.drops().rtcp_malformed, 2);
}

TEST_F(RtpSessionSendingTest, SurvivesRandomBlocksOfEveryType) {
  std::mt19937 random(7);
  Frame(1, true);
  for (int i = 0; i < 20'000; ++i) {
    Octets packet(4 * (2 + random() % 12));
    for (uint8_t& octet : packet) octet = static_cast<uint8_t>(random());
    packet[0] = static_cast<uint8_t>(0x80 | (packet[0] & 0x1f));
    packet[1] = static_cast<uint8_t>(200 + packet[1] % 8);
    StoreU16(&packet[2], static_cast<uint16_t>(packet.size() / 4 - 1));
    if (packet.size() >= 12) StoreU32(&packet[8], 0xc0);  // So that feedback finds its consumer.
    session_.HandleRtcp(now_, packet);
    Wait(TimeDelta::Millis(1));
  }
  EXPECT_GT(session_.drops().rtcp_malformed, 0);
  EXPECT_GT(video_->statistics().nack_messages, 0);
}

// 16 packets of history, asked for 300 times over in one datagram.
TEST_F(RtpSessionSendingTest, AHostileNackIsNotAnAmplifier) {
  for (int64_t i = 0; i < 16; ++i) Frame(i, i == 0);
  port_.Clear();
  ReceiveRtcp([](rtcp::CompoundWriter& writer) {
    uint8_t* payload = writer.Append(rtcp::PacketType::kTransportFeedback, rtcp::kNackFormat, 8 + 4 * 300);
    StoreU32(payload, 5);
    StoreU32(payload + 4, 0xc0);
    for (int i = 0; i < 300; ++i) StoreU32(payload + 8 + 4 * i, (100u << 16) | 0xffff);
    return true;
  });
  EXPECT_EQ(port_.rtp.size(), 16u);
}

}  // namespace
}  // namespace sluice::router
