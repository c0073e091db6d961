// The reports of a session against RFC 3550: what each packet begins with, whose name is beside whose report,
// and what the numbers mean after switches, wraps and loss.
#include <gmock/gmock.h>

#include <array>
#include <memory>
#include <string>
#include <vector>

#include "rtp/rtcp/extended_report.h"
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
using ::testing::AnyOf;
using ::testing::IsEmpty;
using ::testing::SizeIs;

class RtpSessionReportsTest : public SessionFixture {
 protected:
  ~RtpSessionReportsTest() override {
    for (uint32_t i = 0; i < consumers_; ++i) session_.RemoveConsumer(ConsumerHandle(i));
  }
  Consumer* AddConsumer(FanOut& fan_out, uint8_t encodings = 1) {
    ConsumerConfig config = VideoConsumer();
    config.handle = ConsumerHandle(consumers_);
    config.ssrc = Ssrc(1000 + 2 * consumers_);
    config.rtx_ssrc = Ssrc(1001 + 2 * consumers_);
    config.cname = std::string(100, 'n') + std::to_string(consumers_);
    config.encodings = encodings;
    ++consumers_;
    return session_.AddConsumer(now_, config, &fan_out);
  }
  void Publish(FanOut& fan_out, ForwardedMedia media) {
    media.arrival = now_;
    media.payload = media.key_frame ? KeyFrame() : DeltaFrame();
    fan_out.HandlePacket(now_, media.In(pool_));
  }
  // The blocks of each packet that was sent.
  std::vector<std::vector<rtcp::BlockView>> Packets() const {
    std::vector<std::vector<rtcp::BlockView>> packets;
    for (const Octets& packet : port_.rtcp) {
      auto reader = rtcp::CompoundReader::Parse(packet);
      EXPECT_TRUE(reader);
      packets.emplace_back();
      while (auto block = reader->Next()) packets.back().push_back(*block);
    }
    return packets;
  }
  static void ExpectNamed(Ssrc source, const rtcp::BlockView& block) {
    auto sdes = rtcp::Sdes::Parse(block);
    ASSERT_TRUE(sdes);
    sdes->ForEachChunk([&](const rtcp::Sdes::Chunk& chunk) {
      EXPECT_EQ(chunk.source, source);
      EXPECT_EQ(chunk.cname, std::string(100, 'n') + std::to_string((source.value() - 1000) / 2));
    });
  }

  FanOut fan_out_{kVideoProducer, MediaKind::kVideo, 1, &link_};
  uint32_t consumers_ = 0;
};

// RFC 3550 §6.1: a report first, and the CNAME of its source in the same packet.
TEST_F(RtpSessionReportsTest, EveryPacketBeginsWithAReportAndNamesItsSenders) {
  for (int i = 0; i < 40; ++i) AddConsumer(fan_out_);
  session_.AddProducer(now_, VideoProducer());
  Publish(fan_out_, {.sequence = 1, .key_frame = true});
  ReceiveRtcp([](auto& w) { return rtcp::WriteExtendedReport(w, Ssrc(55), 0x1111'2222'3333'4444, {}); });
  port_.Clear();
  Wait(TimeDelta::Millis(300));
  int named = 0;
  EXPECT_GT(port_.rtcp.size(), 3u);
  for (const Octets& packet : port_.rtcp) EXPECT_LE(packet.size(), rtcp::CompoundWriter::kMaxSize);
  for (const std::vector<rtcp::BlockView>& blocks : Packets()) {
    EXPECT_THAT(blocks[0].kind(), AnyOf(BlockKind::kSenderReport, BlockKind::kReceiverReport));
    for (size_t i = 0; i < blocks.size(); ++i) {
      if (blocks[i].kind() != BlockKind::kSenderReport) continue;
      ASSERT_LT(i + 1, blocks.size());
      ExpectNamed(rtcp::SenderReport::Parse(blocks[i])->info.sender, blocks[i + 1]);
      ++named;
    }
  }
  EXPECT_EQ(named, 40);
}

TEST_F(RtpSessionReportsTest, AnExtendedReportAloneHasAReceiverReportBeforeIt) {
  session_.AddProducer(now_, VideoProducer());
  ReceiveRtcp([](auto& w) { return rtcp::WriteExtendedReport(w, Ssrc(55), 0x1111'2222'3333'4444, {}); });
  Wait(TimeDelta::Millis(300));
  const auto packets = Packets();
  ASSERT_THAT(packets, SizeIs(1));
  ASSERT_THAT(packets[0], SizeIs(2));
  EXPECT_EQ(packets[0][0].kind(), BlockKind::kReceiverReport);
  EXPECT_EQ(packets[0][1].kind(), BlockKind::kExtendedReport);
}

// §6.4.1: NTP and RTP timestamp name the same instant, on one line before and after a switch of encodings.
TEST_F(RtpSessionReportsTest, ASubscribersClockStaysWhereItIsWhenTheEncodingChanges) {
  FanOut simulcast(kVideoProducer, MediaKind::kVideo, 2, &link_);
  Consumer* consumer = AddConsumer(simulcast, 2);
  consumer->SetPreferredLayers(now_, {0, 0});
  // The encodings' timestamps begin anywhere, and the second wraps soon.
  constexpr uint64_t kNtp = 0xe000'0000'0000'0000;
  constexpr std::array<uint32_t, 2> kOrigins = {777'000, 0xffff'0000};
  for (uint8_t encoding : {0, 1}) {
    simulcast.HandleSenderReport(
        encoding,
        {.source = Ssrc(encoding + 1u), .ntp = kNtp, .rtp_timestamp = kOrigins[encoding], .arrival = now_});
  }
  const Timestamp start = now_;
  std::vector<rtcp::SenderInfo> reports;
  for (int frame = 0; frame < 90; ++frame) {
    if (frame == 45) consumer->SetPreferredLayers(now_, {1, 0});
    for (uint8_t encoding : {0, 1}) {
      Publish(simulcast, {.sequence = frame,
                          .key_frame = frame % 30 == 0,
                          .encoding = encoding,
                          .ssrc = encoding + 1u,
                          .timestamp = kOrigins[encoding] + 3'000u * static_cast<uint32_t>(frame)});
    }
    Wait(TimeDelta::Micros(33'333));
    for (const auto& report : Sent<rtcp::SenderReport>(BlockKind::kSenderReport))
      reports.push_back(report.info);
    port_.rtcp.clear();
  }
  EXPECT_EQ(consumer->current_encoding(), 1);
  ASSERT_GE(reports.size(), 3u);
  for (const rtcp::SenderInfo& report : reports) {
    const double seconds = static_cast<double>(report.ntp_time - kNtp) / 4294967296.0;
    EXPECT_NEAR(static_cast<double>(report.rtp_timestamp - kOrigins[0]), seconds * 90'000, 10);
    EXPECT_LE(seconds, (now_ - start).seconds());
  }
  // The picture at the switch was sent of both encodings, one right behind the other.
  EXPECT_EQ(port_.rtp.back().timestamp, kOrigins[0] + 3'000u * 89 + 1);
  session_.RemoveConsumer(ConsumerHandle(0));
}

// §6.4.1 and A.3: the cycles are in the extended highest number, the fraction is the interval's.
TEST_F(RtpSessionReportsTest, AReportBlockCountsCyclesAndTheIntervalsLoss) {
  ProducerConfig config = VideoProducer();
  config.nack = false;
  session_.AddProducer(now_, config);
  ReceiveRtcp([](auto& w) {
    return rtcp::WriteSenderReport(w, {.sender = kVideoSsrc, .ntp_time = 0x1111'2222'3333'4444});
  });
  const Timestamp reported = now_;
  Video(65'530, true);
  for (int i = 65'531; i < 65'540; ++i) Video(static_cast<uint16_t>(i));
  Wait(TimeDelta::Millis(300));
  auto reports = Sent<rtcp::ReceiverReport>(BlockKind::kReceiverReport);
  ASSERT_THAT(reports, SizeIs(1));
  rtcp::ReportBlock block = *reports[0].report_blocks.begin();
  EXPECT_EQ(block.source, kVideoSsrc);
  EXPECT_EQ(block.fraction_lost, 0);
  EXPECT_EQ(block.highest_sequence, 0x1'0003u);
  EXPECT_EQ(block.last_sender_report, 0x2222'3333u);
  EXPECT_NEAR(block.delay_since_last_report, (now_ - reported).seconds() * 65'536, 2);

  // Every fourth is lost.
  for (uint16_t i = 4; i < 44; ++i) {
    if (i % 4 != 0) Video(i);
  }
  port_.Clear();
  Wait(TimeDelta::Millis(1'500));
  reports = Sent<rtcp::ReceiverReport>(BlockKind::kReceiverReport);
  ASSERT_FALSE(reports.empty());
  block = *reports[0].report_blocks.begin();
  EXPECT_EQ(block.fraction_lost, 64);
  EXPECT_EQ(block.cumulative_lost, 10);
  EXPECT_EQ(block.highest_sequence, 0x1'002bu);
}

// §6.4.1: 24 bits, signed; who duplicates everything does not make it wrap.
TEST_F(RtpSessionReportsTest, DuplicatesMakeTheCumulativeLossNegative) {
  session_.AddProducer(now_, VideoProducer());
  for (uint16_t i = 0; i < 10; ++i) {
    Video(i, i == 0);
    Video(i);
    Video(i);
  }
  Wait(TimeDelta::Millis(300));
  auto reports = Sent<rtcp::ReceiverReport>(BlockKind::kReceiverReport);
  ASSERT_THAT(reports, SizeIs(1));
  EXPECT_EQ((*reports[0].report_blocks.begin()).cumulative_lost, -20);
  EXPECT_EQ((*reports[0].report_blocks.begin()).fraction_lost, 0);
}

// A minute: once a second on average, never twice within half of one, never nothing for longer than one and a
// half.
TEST_F(RtpSessionReportsTest, ReportsComeBetweenHalfASecondAndOneAndAHalf) {
  AddConsumer(fan_out_);
  Publish(fan_out_, {.sequence = 1, .key_frame = true});
  Wait(TimeDelta::Millis(300));
  Timestamp last = now_;
  int reports = 0;
  port_.Clear();
  while (now_ < Timestamp::Seconds(1'060)) {
    now_ = session_.NextTimeout();
    session_.HandleTimeout(now_);
    if (Sent<rtcp::SenderReport>(BlockKind::kSenderReport).empty()) continue;
    EXPECT_GE(now_ - last, TimeDelta::Millis(500));
    EXPECT_LE(now_ - last, TimeDelta::Millis(1'500));
    last = now_;
    ++reports;
    port_.Clear();
  }
  EXPECT_NEAR(reports, 60, 8);
}

// The round trip by XR is that between two requests for the same packet.
TEST_F(RtpSessionReportsTest, RequestsForAPacketAreARoundTripApart) {
  session_.AddProducer(now_, VideoProducer());
  Video(1, true);
  Wait(TimeDelta::Millis(300));
  auto reference = Sent<rtcp::ExtendedReport>(BlockKind::kExtendedReport).at(0).receiver_reference_time;
  const rtcp::DlrrEntry entries[] = {{kOurs, rtcp::CompactNtp(*reference), 0}};
  now_ += TimeDelta::Millis(250);
  ReceiveRtcp([&](auto& w) { return rtcp::WriteExtendedReport(w, kVideoSsrc, {}, entries); });
  Video(3);
  std::vector<Timestamp> asked;
  const Timestamp end = now_ + TimeDelta::Seconds(5);
  while (session_.NextTimeout() < end) {
    now_ = session_.NextTimeout();
    port_.Clear();
    session_.HandleTimeout(now_);
    if (!Sent<rtcp::Nack>(BlockKind::kNack).empty()) asked.push_back(now_);
  }
  ASSERT_THAT(asked, SizeIs(10)) << "then it is given up";
  for (size_t i = 1; i < asked.size(); ++i) {
    EXPECT_NEAR(static_cast<double>((asked[i] - asked[i - 1]).us()), 250'000, 200);
  }
}

// All consumers' requests are one PLI, which is repeated until the key frame is there.
TEST_F(RtpSessionReportsTest, KeyFrameRequestsOfManyConsumersAreOneUntilOneArrives) {
  Producer* producer = session_.AddProducer(now_, VideoProducer());
  producer->AddSink(&fan_out_);
  Video(1);
  session_.HandleTimeout(now_);
  EXPECT_THAT(Sent<rtcp::Pli>(BlockKind::kPli), SizeIs(1));
  for (int i = 0; i < 20; ++i) session_.HandleKeyFrameRequest(now_ + TimeDelta::Millis(i), producer, 0);
  Wait(TimeDelta::Millis(900));
  EXPECT_LE(Sent<rtcp::Pli>(BlockKind::kPli).size(), 2u);
  Wait(TimeDelta::Millis(3'100));
  EXPECT_THAT(Sent<rtcp::Pli>(BlockKind::kPli), AnyOf(SizeIs(5), SizeIs(6)));
  Video(2, true);
  port_.Clear();
  Wait(TimeDelta::Seconds(10));
  EXPECT_THAT(Sent<rtcp::Pli>(BlockKind::kPli), IsEmpty());
  producer->RemoveSink(&fan_out_);
}

TEST_F(RtpSessionReportsTest, TimestampsWrapWithThePublishers) {
  AddConsumer(fan_out_);
  for (uint32_t i = 0; i < 10; ++i) {
    Publish(fan_out_, {.sequence = i, .key_frame = i == 0 || i == 7, .timestamp = 0xffff'f000u + 3'000 * i});
    Wait(TimeDelta::Millis(33));
    if (i == 5) session_.FindConsumer(ConsumerHandle(0))->Pause(now_);
    if (i == 6) session_.FindConsumer(ConsumerHandle(0))->Resume(now_);
  }
  ASSERT_THAT(port_.rtp, SizeIs(9));
  EXPECT_EQ(port_.rtp[0].timestamp, 0xffff'f000u);
  EXPECT_EQ(port_.rtp[8].timestamp, 0xffff'f000u + 27'000u);
}

}  // namespace
}  // namespace sluice::router
