// Nothing on a packet's way through the router allocates in steady state: from a producer over the fan-out to
// ten consumers, with repairs on both sides, feedback and reports.
#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <memory>
#include <vector>

#include "router/rtp_session.h"
#include "rtp/congestion/bandwidth_estimator.h"
#include "rtp/congestion/pacer.h"
#include "rtp/congestion/rate_allocator.h"
#include "rtp/congestion/retransmission_budget.h"
#include "rtp/rtcp/compound_reader.h"
#include "rtp/rtcp/nack.h"
#include "rtp/rtcp/receiver_report.h"
#include "rtp/rtcp/sender_report.h"
#include "tests/allocation_count.h"
#include "tests/router/consumer_fixture.h"
#include "tests/router/session_fixture.h"

namespace sluice::router {
namespace {

namespace rtcp = rtp::rtcp;

// Counts what leaves, and remembers the numbers of the last packets for the subscriber to ask for.
class CountingPort : public PacketPort {
 public:
  void SendRtp(SlabRef packet, MediaKind) override {
    ++rtp;
    const uint8_t* header = packet->bytes().data();
    if (LoadU32(header + 8) == 0xc0) last_sequence = LoadU16(header + 2);
  }
  void SendRtcp(SlabRef) override { ++rtcp; }

  int64_t rtp = 0;
  int64_t rtcp = 0;
  uint16_t last_sequence = 0;
};

class SteadyState : public ProducerLink {
 public:
  static constexpr size_t kConsumers = 10;

  SteadyState() {
    ProducerConfig config = VideoProducer();
    config.transport_cc = true;
    publisher_.SetWritable(now_, true);
    publisher_.AddProducer(now_, config)->AddSink(&fan_out_);
    for (size_t i = 0; i < kConsumers; ++i) {
      subscribers_.push_back(std::make_unique<RtpSession>(
          RtpSession::Options{.rtcp_ssrc = Ssrc(100), .clock = {}}, &pool_, &ports_[i]));
      subscribers_[i]->SetWritable(now_, true);
      ConsumerConfig consumer = VideoConsumer();
      consumer.extensions = config.extensions;
      subscribers_[i]->AddConsumer(now_, consumer, &fan_out_);
    }
  }
  ~SteadyState() override {
    for (auto& subscriber : subscribers_) subscriber->RemoveConsumer(ConsumerHandle());
  }
  void RequestKeyFrame(Timestamp now, ProducerHandle handle, uint8_t encoding) override {
    publisher_.HandleKeyFrameRequest(now, publisher_.FindProducer(handle), encoding);
  }
  void SetWanted(ProducerHandle handle, const WantedLayers& wanted) override {
    publisher_.SetWanted(now_, publisher_.FindProducer(handle), &fan_out_, wanted);
  }

  // Five milliseconds: one packet of the publisher's, or its repair, and everybody's RTCP and timeouts.
  void Step() {
    now_ += TimeDelta::Millis(5);
    ++step_;
    if (step_ % 20 != 7) ReceiveMedia(step_, step_ % 500 == 1);
    if (step_ % 20 == 14) ReceiveRepair(static_cast<uint16_t>(step_ - 7));
    if (step_ % 200 == 0) ReceiveSenderReport();
    if (step_ % 10 == 0) AskForRepairs();
    if (step_ % 200 == 100) ReceiveReceiverReports();
    publisher_.HandleTimeout(now_);
    for (auto& subscriber : subscribers_) subscriber->HandleTimeout(now_);
  }

  const CountingPort& publisher_port() const { return publisher_port_; }
  const CountingPort& port(size_t i) const { return ports_[i]; }
  RtpSession& subscriber(size_t i) { return *subscribers_[i]; }
  const ReceiveStreamCounters& counters() {
    return publisher_.FindProducer(kVideoProducer)->streams()[0].counters();
  }

 private:
  // RTP with a one-byte extension block that holds a transport sequence number.
  SlabRef MakePacket(uint8_t payload_type, uint16_t sequence, Ssrc ssrc) {
    SlabRef slab = pool_.Acquire();
    uint8_t* p = slab->storage().data();
    p[0] = 0x90;
    p[1] = payload_type;
    StoreU16(p + 2, sequence);
    StoreU32(p + 4, 450u * static_cast<uint32_t>(step_));
    StoreU32(p + 8, ssrc.value());
    StoreU32(p + 12, 0xbede'0001);
    StoreU32(p + 16, 0x3100'0000u | static_cast<uint32_t>(transport_sequence_++) << 8);
    slab->Resize(20 + 1000);
    std::fill(p + 20, p + 1020, uint8_t{7});
    slab->packet().arrival = now_;
    return slab;
  }
  void ReceiveMedia(int64_t sequence, bool key_frame) {
    SlabRef slab = MakePacket(kVp8, static_cast<uint16_t>(sequence), kVideoSsrc);
    slab->bytes()[20] = 0x10;
    slab->bytes()[21] = key_frame ? 0 : 1;
    publisher_.HandleRtp(now_, slab);
  }
  void ReceiveRepair(uint16_t original) {
    SlabRef slab = MakePacket(kVp8Rtx, rtx_sequence_++, kVideoRtxSsrc);
    StoreU16(slab->bytes().data() + 20, original);
    publisher_.HandleRtp(now_, slab);
  }
  template <typename WriteBlocks>
  void Deliver(RtpSession& session, WriteBlocks write) {
    std::array<uint8_t, 200> buffer;
    rtcp::CompoundWriter writer(buffer);
    ASSERT_TRUE(write(writer));
    session.HandleRtcp(now_, writer.bytes());
  }
  void ReceiveSenderReport() {
    Deliver(publisher_, [&](auto& w) {
      return rtcp::WriteSenderReport(w, {.sender = kVideoSsrc,
                                         .ntp_time = static_cast<uint64_t>(step_) << 30,
                                         .rtp_timestamp = 450u * static_cast<uint32_t>(step_)});
    });
  }
  void AskForRepairs() {
    for (size_t i = 0; i < kConsumers; ++i) {
      const std::array<SequenceNumber, 2> lost = {SequenceNumber(ports_[i].last_sequence) - 5,
                                                  SequenceNumber(ports_[i].last_sequence) - 3};
      Deliver(*subscribers_[i], [&](auto& w) { return rtcp::WriteNack(w, Ssrc(1), Ssrc(0xc0), lost) == 2; });
    }
  }
  void ReceiveReceiverReports() {
    rtcp::ReportBlock block;
    block.source = Ssrc(0xc0);
    const std::array<rtcp::ReportBlock, 1> blocks = {block};
    for (auto& subscriber : subscribers_)
      Deliver(*subscriber, [&](auto& w) { return rtcp::WriteReceiverReport(w, Ssrc(1), blocks); });
  }

  SlabPool pool_;
  Timestamp now_ = Timestamp::Seconds(1'000);
  CountingPort publisher_port_;
  std::array<CountingPort, kConsumers> ports_;
  FanOut fan_out_{kVideoProducer, MediaKind::kVideo, 1, this};
  RtpSession publisher_{{.rtcp_ssrc = kOurs, .clock = {}}, &pool_, &publisher_port_};
  std::vector<std::unique_ptr<RtpSession>> subscribers_;
  int64_t step_ = 0;
  uint16_t rtx_sequence_ = 0;
  uint16_t transport_sequence_ = 0;
};

TEST(RouterAllocationTest, ForwardingToTenConsumersAllocatesNothing) {
  SteadyState room;
  for (int i = 0; i < 2'000; ++i) room.Step();
  const int64_t forwarded = room.port(9).rtp;
  const int64_t reports = room.port(9).rtcp;
  const int64_t feedback = room.publisher_port().rtcp;
  const int64_t repaired = room.counters().repaired;
  const int64_t nacked = room.counters().nack_messages;
  const int64_t resent =
      room.subscriber(9).FindConsumer(ConsumerHandle())->statistics().retransmitted_packets;

  const uint64_t before = AllocationCount();
  for (int i = 0; i < 4'000; ++i) room.Step();
  EXPECT_EQ(AllocationCount(), before);

  // All of it did happen meanwhile: every packet, every repair, and some RTCP both ways.
  EXPECT_EQ(room.counters().repaired - repaired, 200);
  EXPECT_GE(room.counters().nack_messages - nacked, 200);
  const int64_t resent_now =
      room.subscriber(9).FindConsumer(ConsumerHandle())->statistics().retransmitted_packets;
  EXPECT_GE(resent_now - resent, 500);
  EXPECT_EQ(room.port(9).rtp - forwarded, 4'000 + resent_now - resent);
  EXPECT_GT(room.port(9).rtcp - reports, 10);
  EXPECT_GT(room.publisher_port().rtcp - feedback, 200);
}

// A subscriber's congestion control at 1,000 packets a second, all of which arrive.
class SteadyCongestionControl {
 public:
  SteadyCongestionControl() {
    for (auto& stream : streams_) stream.rates[0] = DataRate::KilobitsPerSec(2'000);
  }

  void Step() {
    now_ += TimeDelta::Millis(1);
    if (budget_.Take(now_, 1'000, TimeDelta::Millis(50), estimator_.round_trip()) ==
        rtp::congestion::RetransmissionBudget::Verdict::kSend) {
      EXPECT_TRUE(pacer_.Push(now_, nullptr, 1'000, rtp::congestion::PacketKind::kRetransmission));
    }
    EXPECT_TRUE(pacer_.Push(now_, nullptr, 1'000, rtp::congestion::PacketKind::kVideo));
    pacer_.SetLimits(now_, {.rate = DataRate::KilobitsPerSec(20'000)});
    Output output{this};
    pacer_.Process(now_, output);
    if (receiver_.NextTimeout() <= now_) Report();
  }
  int64_t acked() const { return estimator_.counters().acked; }

 private:
  struct Output {
    SteadyCongestionControl* control;
    void Send(void*&&, rtp::congestion::PacketKind kind, uint8_t probe) { control->Send(kind, probe); }
    size_t Pad(size_t, uint8_t) { return 0; }
  };

  void Send(rtp::congestion::PacketKind kind, uint8_t probe) {
    receiver_.HandlePacket(now_, estimator_.next_sequence(), 1'000);
    estimator_.HandleSent({.sent = now_, .size = 1'000, .kind = kind, .probe = probe});
  }
  void Report() {
    std::array<uint8_t, rtcp::CompoundWriter::kMaxSize> buffer;
    rtcp::CompoundWriter writer(buffer);
    ASSERT_TRUE(receiver_.BuildFeedback(now_, Ssrc(1), Ssrc(2), writer));
    auto reader = rtcp::CompoundReader::Parse(writer.bytes());
    estimator_.HandleTransportFeedback(now_, *rtcp::TransportFeedback::Parse(*reader->Next()));
    budget_.Update(now_, estimator_.target(), estimator_.loss());
    rtp::congestion::RateAllocator::Allocate(now_, estimator_.target(), streams_);
    estimator_.SetNeeded(now_, rtp::congestion::RateAllocator::Needed(streams_));
  }

  Timestamp now_ = Timestamp::Seconds(1'000);
  rtp::congestion::BandwidthEstimator estimator_{{}};
  rtp::congestion::Pacer<void*> pacer_;
  rtp::congestion::RetransmissionBudget budget_;
  std::array<rtp::congestion::RateAllocator::Stream, 11> streams_;
  rtp::TransportFeedbackSender receiver_;
};

TEST(RouterAllocationTest, CongestionControlAllocatesNothing) {
  SteadyCongestionControl control;
  for (int i = 0; i < 5'000; ++i) control.Step();
  const int64_t acked = control.acked();
  const uint64_t before = AllocationCount();
  for (int i = 0; i < 10'000; ++i) control.Step();
  const uint64_t after = AllocationCount();
  EXPECT_EQ(after, before);
  EXPECT_GE(control.acked() - acked, 10'000);
}

}  // namespace
}  // namespace sluice::router
