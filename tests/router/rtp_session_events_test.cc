// What an RTP session tells besides packets: scores, orientation, traces; and how streams say goodbye.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <variant>

#include "rtp/rtcp/bye.h"
#include "rtp/rtcp/fir.h"
#include "rtp/rtcp/nack.h"
#include "rtp/rtcp/pli.h"
#include "rtp/rtcp/receiver_report.h"
#include "rtp/rtcp/sender_report.h"
#include "tests/router/consumer_fixture.h"
#include "tests/router/session_fixture.h"

namespace sluice::router {
namespace {

namespace rtcp = rtp::rtcp;
using rtcp::BlockKind;
using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::SizeIs;

constexpr ConsumerHandle kConsumer(7);
constexpr uint8_t kOrientationId = 4;

TraceKinds Kinds(std::initializer_list<TraceKind> kinds) {
  TraceKinds made;
  for (TraceKind kind : kinds) made.Add(kind);
  return made;
}

class RtpSessionEventsTest : public SessionFixture {
 protected:
  RtpSessionEventsTest() {
    ProducerConfig producer = VideoProducer();
    producer.extensions.Register(rtp::ExtensionKind::kVideoOrientation, kOrientationId);
    session_.AddProducer(now_, producer);
  }
  ~RtpSessionEventsTest() override { session_.RemoveConsumer(kConsumer); }

  void Consume() {
    ConsumerConfig config = VideoConsumer();
    config.handle = kConsumer;
    config.extensions.Register(rtp::ExtensionKind::kMid, 1);
    config.extensions.Register(rtp::ExtensionKind::kTransportSequenceNumber, 3);
    session_.AddConsumer(now_, config, &source_);
    session_.FindProducer(kVideoProducer)->AddSink(&source_);
  }
  void RtxOf(uint16_t original) {
    Receive(rtp::RtpPacket{
        .payload_type = kVp8Rtx,
        .sequence = next_rtx_++,
        .timestamp = original * 3000u,
        .ssrc = kVideoRtxSsrc.value(),
        .payload = rtp::Concat(
            {{static_cast<uint8_t>(original >> 8), static_cast<uint8_t>(original)}, DeltaFrame()})}
                .Encode());
  }
  // The traces since the last time.
  std::vector<Trace> Traces() {
    std::vector<Trace> traces;
    for (const SessionEvent& event : std::exchange(events_.events, {})) {
      if (const auto* of_producer = std::get_if<ProducerTraced>(&event)) {
        EXPECT_EQ(of_producer->producer, kVideoProducer);
        traces.push_back(of_producer->trace);
      } else if (const auto* of_consumer = std::get_if<ConsumerTraced>(&event)) {
        EXPECT_EQ(of_consumer->consumer, kConsumer);
        traces.push_back(of_consumer->trace);
      }
    }
    return traces;
  }
  static std::vector<TraceKind> KindsOf(const std::vector<Trace>& traces) {
    std::vector<TraceKind> kinds;
    for (const Trace& trace : traces) kinds.push_back(trace.kind);
    return kinds;
  }

  FanOut source_{kVideoProducer, MediaKind::kVideo, 1, &link_};
  uint16_t next_rtx_ = 900;
};

TEST_F(RtpSessionEventsTest, WhatSubscribersWantIsToldMoreAtOnceAndLessAfterAWhile) {
  Producer* producer = session_.FindProducer(kVideoProducer);
  Wait(LayerDemand::kPatience);
  auto told = events_.Take<WantedLayersChanged>();
  ASSERT_THAT(told, SizeIs(1));
  EXPECT_EQ(told[0].producer, kVideoProducer);
  EXPECT_TRUE(told[0].wanted.empty());

  Consume();
  session_.SetWanted(now_, producer, &source_, source_.wanted());
  told = events_.Take<WantedLayersChanged>();
  ASSERT_THAT(told, SizeIs(1));
  EXPECT_EQ(told[0].wanted.Of(0), (rtp::Layers{0, 0}));

  session_.PauseProducer(now_, producer);
  Wait(LayerDemand::kPatience - TimeDelta::Millis(1));
  EXPECT_THAT(events_.Take<WantedLayersChanged>(), IsEmpty());
  Wait(TimeDelta::Millis(1));
  told = events_.Take<WantedLayersChanged>();
  ASSERT_THAT(told, SizeIs(1));
  EXPECT_TRUE(told[0].wanted.empty());
  session_.ResumeProducer(now_, producer);
  EXPECT_THAT(events_.Take<WantedLayersChanged>(), SizeIs(1));
}

TEST_F(RtpSessionEventsTest, AProducersScoreIsToldWhenItsStreamBegins) {
  EXPECT_THAT(events_.events, IsEmpty());
  Video(1, true);
  Video(2);
  auto scored = events_.Take<ProducerScored>();
  ASSERT_THAT(scored, SizeIs(1));
  EXPECT_EQ(scored[0].producer, kVideoProducer);
  EXPECT_THAT(scored[0].streams, ElementsAre(ProducerScored::Stream{0, kVideoSsrc, 10}));
}

TEST_F(RtpSessionEventsTest, AProducersScoreIsToldWhenLossChangesIt) {
  for (uint16_t i = 1; i < 200; ++i) Video(static_cast<uint16_t>(i * 2), i == 1);
  events_.Take<ProducerScored>();
  EXPECT_FALSE(session_.received_loss());
  Wait(TimeDelta::Millis(400));  // Until the first report.
  auto scored = events_.Take<ProducerScored>();
  ASSERT_THAT(scored, SizeIs(1));
  EXPECT_THAT(scored[0].streams, ElementsAre(ProducerScored::Stream{0, kVideoSsrc, 1}));
  EXPECT_NEAR(*session_.received_loss(), 0.5, 0.01);
}

TEST_F(RtpSessionEventsTest, AConsumersScoreIsToldWhenItsReportsChangeIt) {
  Consume();
  Video(1, true);
  for (uint16_t i = 2; i <= 100; ++i) Video(i);
  std::array<rtcp::ReportBlock, 1> blocks;
  blocks[0].source = Ssrc(0xc0);
  blocks[0].fraction_lost = 128;
  blocks[0].cumulative_lost = 50;
  EXPECT_FALSE(session_.sent_loss());
  ReceiveRtcp([&](auto& writer) { return rtcp::WriteReceiverReport(writer, Ssrc(5), blocks); });
  auto scored = events_.Take<ConsumerScored>();
  ASSERT_THAT(scored, SizeIs(1));
  EXPECT_EQ(scored[0].consumer, kConsumer);
  EXPECT_EQ(scored[0].score, 1);
  EXPECT_EQ(session_.sent_loss(), 0.5);
}

TEST_F(RtpSessionEventsTest, OrientationIsToldWhenItChanges) {
  Video(1, true, {kOrientationId << 4, 0x00, 0, 0});
  Video(2);
  Video(3, false, {kOrientationId << 4, 0x00, 0, 0});
  Video(4, false, {kOrientationId << 4, 0x0a, 0, 0});  // Too soon.
  Wait(TimeDelta::Millis(100));
  Video(5, false, {kOrientationId << 4, 0x09, 0, 0});
  auto changes = events_.Take<OrientationChanged>();
  ASSERT_THAT(changes, SizeIs(2));
  EXPECT_EQ(changes[0].orientation, rtp::VideoOrientation());
  EXPECT_EQ(changes[1].producer, kVideoProducer);
  EXPECT_EQ(changes[1].orientation, (rtp::VideoOrientation{.camera = true, .flip = false, .rotation = 90}));
}

TEST_F(RtpSessionEventsTest, NothingIsTracedUnasked) {
  Consume();
  Video(1, true);
  Video(5);
  Wait(TimeDelta::Millis(100));
  EXPECT_THAT(Traces(), IsEmpty());
}

TEST_F(RtpSessionEventsTest, TracesAProducersPacketsAndKeyFrames) {
  session_.SetTraces(kVideoProducer, Kinds({TraceKind::kRtp, TraceKind::kKeyFrame}));
  Video(65'535, true, {0x10, 'v', 0x31, 0x12, 0x34, 0, 0, 0});
  Video(1);
  Video(1);  // A duplicate is nothing.
  RtxOf(0);
  std::vector<Trace> traces = Traces();
  EXPECT_THAT(KindsOf(traces), ElementsAre(TraceKind::kKeyFrame, TraceKind::kRtp, TraceKind::kRtp));
  EXPECT_TRUE(traces[0].incoming);
  EXPECT_EQ(traces[0].at, now_);
  const auto& key_frame = std::get<TracedPacket>(traces[0].content);
  EXPECT_EQ(key_frame.payload_type, PayloadType(kVp8));
  EXPECT_EQ(key_frame.sequence_number, SequenceNumber(65'535));
  EXPECT_EQ(key_frame.ssrc, kVideoSsrc);
  EXPECT_TRUE(key_frame.key_frame);
  EXPECT_EQ(key_frame.payload_size, KeyFrame().size());
  EXPECT_EQ(key_frame.size, 12 + 4 + 8 + KeyFrame().size());
  EXPECT_EQ(key_frame.mid, "v");
  EXPECT_EQ(key_frame.transport_sequence_number, 0x1234);
  const auto& repaired = std::get<TracedPacket>(traces[2].content);
  EXPECT_TRUE(repaired.retransmission);
  EXPECT_EQ(repaired.payload_type, PayloadType(kVp8));
  EXPECT_EQ(repaired.sequence_number, SequenceNumber(0));
  EXPECT_EQ(repaired.ssrc, kVideoSsrc);
  EXPECT_EQ(repaired.mid, "");
  EXPECT_FALSE(repaired.transport_sequence_number);
}

TEST_F(RtpSessionEventsTest, TracesKeyFramesAloneAndStopsWhenTold) {
  session_.SetTraces(kVideoProducer, Kinds({TraceKind::kKeyFrame}));
  Video(1, true);
  Video(2);
  EXPECT_THAT(KindsOf(Traces()), ElementsAre(TraceKind::kKeyFrame));
  session_.SetTraces(kVideoProducer, {});
  Video(3, true);
  EXPECT_THAT(Traces(), IsEmpty());
}

TEST_F(RtpSessionEventsTest, TracesWhatIsAskedOfAProducerAndWhatItReports) {
  session_.SetTraces(kVideoProducer,
                     Kinds({TraceKind::kNack, TraceKind::kPli, TraceKind::kFir, TraceKind::kSenderReport}));
  Video(1, true);
  Video(3);
  session_.HandleKeyFrameRequest(now_, session_.FindProducer(kVideoProducer), 0);
  Wait(TimeDelta::Millis(50));
  std::vector<Trace> traces = Traces();
  EXPECT_THAT(KindsOf(traces), ElementsAre(TraceKind::kPli, TraceKind::kNack));
  EXPECT_FALSE(traces[0].incoming);
  EXPECT_EQ(std::get<Ssrc>(traces[0].content), kVideoSsrc);
  EXPECT_TRUE(std::holds_alternative<std::monostate>(traces[1].content));

  const rtcp::SenderInfo info{.sender = kVideoSsrc, .ntp_time = 5, .rtp_timestamp = 6, .packet_count = 7};
  ReceiveRtcp([&](auto& writer) { return rtcp::WriteSenderReport(writer, info); });
  traces = Traces();
  EXPECT_THAT(KindsOf(traces), ElementsAre(TraceKind::kSenderReport));
  EXPECT_TRUE(traces[0].incoming);
  EXPECT_EQ(std::get<rtcp::SenderInfo>(traces[0].content), info);
}

TEST_F(RtpSessionEventsTest, TracesTheFirOfAProducerWithoutPli) {
  session_.RemoveProducer(kVideoProducer);
  ProducerConfig producer = VideoProducer();
  producer.pli = false;
  producer.fir = true;
  session_.AddProducer(now_, producer);
  session_.SetTraces(kVideoProducer, Kinds({TraceKind::kFir}));
  Video(1);
  session_.HandleKeyFrameRequest(now_, session_.FindProducer(kVideoProducer), 0);
  Wait(TimeDelta::Millis(50));
  EXPECT_THAT(KindsOf(Traces()), ElementsAre(TraceKind::kFir));
}

TEST_F(RtpSessionEventsTest, TracesAConsumersPacketsWithWhatItsSubscriberGets) {
  Consume();
  session_.SetTraces(kConsumer, Kinds({TraceKind::kRtp, TraceKind::kKeyFrame}));
  Video(1, true);
  Video(2);
  std::vector<SequenceNumber> lost = {SequenceNumber(101)};
  ReceiveRtcp([&](auto& writer) { return rtcp::WriteNack(writer, Ssrc(5), Ssrc(0xc0), lost) == 1; });
  std::vector<Trace> traces = Traces();
  EXPECT_THAT(KindsOf(traces), ElementsAre(TraceKind::kKeyFrame, TraceKind::kRtp, TraceKind::kRtp));
  const auto& first = std::get<TracedPacket>(traces[0].content);
  EXPECT_FALSE(traces[0].incoming);
  EXPECT_EQ(first.ssrc, Ssrc(0xc0));
  EXPECT_EQ(first.sequence_number, SequenceNumber(100));
  EXPECT_EQ(first.size, port_.rtp[0].bytes.size());
  EXPECT_EQ(first.mid, "m");
  EXPECT_EQ(first.transport_sequence_number, 0);
  const auto& repair = std::get<TracedPacket>(traces[2].content);
  EXPECT_TRUE(repair.retransmission);
  EXPECT_EQ(repair.ssrc, Ssrc(0xc1));
  EXPECT_EQ(repair.sequence_number, SequenceNumber(5000));
  EXPECT_EQ(repair.transport_sequence_number, 2);
}

TEST_F(RtpSessionEventsTest, TracesWhatASubscriberAsksFor) {
  Consume();
  session_.SetTraces(kConsumer, Kinds({TraceKind::kNack, TraceKind::kPli, TraceKind::kFir}));
  std::vector<SequenceNumber> lost = {SequenceNumber(1), SequenceNumber(9)};
  std::array<rtcp::FirEntry, 2> entries = {{{.media = Ssrc(0xc0)}, {.media = Ssrc(404)}}};
  ReceiveRtcp([&](auto& writer) {
    return rtcp::WriteNack(writer, Ssrc(5), Ssrc(0xc0), lost) == 2 &&
           rtcp::WritePli(writer, {.sender = Ssrc(5), .media = Ssrc(0xc0)}) &&
           rtcp::WriteFir(writer, Ssrc(5), entries);
  });
  std::vector<Trace> traces = Traces();
  EXPECT_THAT(KindsOf(traces), ElementsAre(TraceKind::kNack, TraceKind::kPli, TraceKind::kFir));
  EXPECT_TRUE(traces[1].incoming);
  EXPECT_EQ(std::get<Ssrc>(traces[1].content), Ssrc(0xc0));
}

TEST_F(RtpSessionEventsTest, TracesOfObjectsThatAreGoneAreIgnored) {
  session_.SetTraces(ProducerHandle(99), Kinds({TraceKind::kRtp}));
  session_.SetTraces(ConsumerHandle(99), Kinds({TraceKind::kRtp}));
  Video(1, true);
  EXPECT_THAT(Traces(), IsEmpty());
}

TEST_F(RtpSessionEventsTest, APublishersGoodbyeEndsReportsUntilItComesBack) {
  Video(1, true);
  Video(4);
  ReceiveRtcp([&](auto& writer) {
    const std::array<Ssrc, 3> sources = {Ssrc(404), kVideoRtxSsrc, kVideoSsrc};
    return rtcp::WriteBye(writer, sources, "off to lunch");
  });
  Wait(TimeDelta::Seconds(5));
  EXPECT_THAT(Sent<rtcp::ReceiverReport>(BlockKind::kReceiverReport), IsEmpty());
  EXPECT_THAT(Sent<rtcp::Nack>(BlockKind::kNack), IsEmpty());
  Video(5);
  Wait(TimeDelta::Seconds(5));
  EXPECT_FALSE(Sent<rtcp::ReceiverReport>(BlockKind::kReceiverReport).empty());
}

TEST_F(RtpSessionEventsTest, RetransmissionStreamsAreReportedToo) {
  Video(1, true);
  RtxOf(0);
  next_rtx_ += 1;
  RtxOf(0);
  Wait(TimeDelta::Millis(500));
  auto reports = Sent<rtcp::ReceiverReport>(BlockKind::kReceiverReport);
  ASSERT_THAT(reports, SizeIs(1));
  ASSERT_EQ(reports[0].report_blocks.size(), 2u);
  EXPECT_EQ(reports[0].report_blocks[0].source, kVideoSsrc);
  EXPECT_EQ(reports[0].report_blocks[1].source, kVideoRtxSsrc);
  EXPECT_EQ(reports[0].report_blocks[1].cumulative_lost, 1);
  EXPECT_EQ(reports[0].report_blocks[1].highest_sequence, 902u);
}

TEST_F(RtpSessionEventsTest, AConsumerThatIsRemovedSaysGoodbye) {
  Consume();
  session_.SayGoodbye(now_, kConsumer);
  EXPECT_THAT(port_.rtcp, IsEmpty());  // It has not sent anything.
  Video(1, true);
  port_.Clear();
  session_.SayGoodbye(now_, kConsumer);
  auto byes = Sent<rtcp::Bye>(BlockKind::kBye);
  ASSERT_THAT(byes, SizeIs(1));
  EXPECT_THAT(std::vector<Ssrc>(byes[0].sources.begin(), byes[0].sources.end()), ElementsAre(Ssrc(0xc0)));
  EXPECT_THAT(Sent<rtcp::SenderReport>(BlockKind::kSenderReport), SizeIs(1));

  std::vector<SequenceNumber> lost = {SequenceNumber(100)};
  ReceiveRtcp([&](auto& writer) { return rtcp::WriteNack(writer, Ssrc(5), Ssrc(0xc0), lost) == 1; });
  port_.Clear();
  session_.SayGoodbye(now_, kConsumer);
  byes = Sent<rtcp::Bye>(BlockKind::kBye);
  ASSERT_THAT(byes, SizeIs(1));
  EXPECT_THAT(std::vector<Ssrc>(byes[0].sources.begin(), byes[0].sources.end()),
              ElementsAre(Ssrc(0xc0), Ssrc(0xc1)));
  session_.SetWritable(now_, false);
  port_.Clear();
  session_.SayGoodbye(now_, kConsumer);
  session_.SayGoodbye(now_, ConsumerHandle(404));
  EXPECT_THAT(port_.rtcp, IsEmpty());
}

}  // namespace
}  // namespace sluice::router
