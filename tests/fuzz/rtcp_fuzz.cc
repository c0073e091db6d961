// Any datagram as RTCP: every block through every parser, what was parsed written again and parsed to the
// same. The bytes also drive a receiver's cores (statistics, NACK, transport feedback) as a sequence of
// packets.
#include <algorithm>
#include <array>
#include <cstdint>
#include <cstdlib>
#include <string>
#include <utility>
#include <vector>

#include "rtp/nack_generator.h"
#include "rtp/receive_rate_estimator.h"
#include "rtp/receive_statistics.h"
#include "rtp/round_trip_time.h"
#include "rtp/rtcp/bye.h"
#include "rtp/rtcp/compound_reader.h"
#include "rtp/rtcp/compound_writer.h"
#include "rtp/rtcp/extended_report.h"
#include "rtp/rtcp/fir.h"
#include "rtp/rtcp/nack.h"
#include "rtp/rtcp/pli.h"
#include "rtp/rtcp/receiver_report.h"
#include "rtp/rtcp/remb.h"
#include "rtp/rtcp/sdes.h"
#include "rtp/rtcp/sender_report.h"
#include "rtp/rtcp/transport_feedback.h"
#include "rtp/rtcp/transport_feedback_builder.h"
#include "rtp/transport_feedback_sender.h"

namespace sluice::rtp::rtcp {
namespace {

void Check(bool holds) {
  if (!holds) std::abort();
}

template <typename List>
auto Copy(const List& list) {
  return std::vector<typename List::value_type>(list.begin(), list.end());
}

// A fresh datagram with room for whatever one datagram held; X::Parse() of its only block.
class Rewritten {
 public:
  CompoundWriter& writer() { return writer_; }
  template <typename X>
  X As() {
    std::optional<CompoundReader> reader = CompoundReader::Parse(writer_.bytes());
    Check(reader.has_value());
    std::optional<X> x = X::Parse(*reader->Next());
    Check(x.has_value());
    return *x;
  }

 private:
  std::array<uint8_t, 1 << 17> buffer_;
  CompoundWriter writer_{buffer_};
};

void RewriteReports(const BlockView& block, Rewritten& out) {
  if (auto report = SenderReport::Parse(block)) {
    Check(WriteSenderReport(out.writer(), report->info, Copy(report->report_blocks)));
    SenderReport again = out.As<SenderReport>();
    Check(again.info == report->info && Copy(again.report_blocks) == Copy(report->report_blocks));
  }
  if (auto report = ReceiverReport::Parse(block)) {
    Check(WriteReceiverReport(out.writer(), report->sender, Copy(report->report_blocks)));
    Check(Copy(out.As<ReceiverReport>().report_blocks) == Copy(report->report_blocks));
    RoundTripTime rtt;
    for (const ReportBlock& reported : report->report_blocks) {
      bool valid =
          rtt.HandleReport(0x12345678, reported.last_sender_report, reported.delay_since_last_report);
      Check(!valid || (*rtt.smoothed() > TimeDelta::Zero() && *rtt.smoothed() <= TimeDelta::Seconds(10)));
    }
  }
  if (auto report = ExtendedReport::Parse(block);
      report && (report->receiver_reference_time || !report->dlrr.empty())) {
    Check(WriteExtendedReport(out.writer(), report->sender, report->receiver_reference_time,
                              Copy(report->dlrr)));
    ExtendedReport again = out.As<ExtendedReport>();
    Check(again.receiver_reference_time == report->receiver_reference_time);
    Check(Copy(again.dlrr) == Copy(report->dlrr));
  }
}

void RewriteSources(const BlockView& block, Rewritten& out) {
  if (auto sdes = Sdes::Parse(block)) {
    int chunks = 0;
    sdes->ForEachChunk([&](const Sdes::Chunk& chunk) {
      out.writer().Clear();
      Check(WriteSdes(out.writer(), chunk.source, chunk.cname));
      out.As<Sdes>().ForEachChunk([&](const Sdes::Chunk& again) { Check(again.cname == chunk.cname); });
      ++chunks;
    });
    Check(chunks == block.count());
  }
  if (auto bye = Bye::Parse(block)) {
    out.writer().Clear();
    Check(WriteBye(out.writer(), Copy(bye->sources), bye->reason));
    Check(Copy(out.As<Bye>().sources) == Copy(bye->sources) && out.As<Bye>().reason == bye->reason);
  }
}

std::vector<SequenceNumber> Sequences(const Nack& nack) {
  std::vector<SequenceNumber> sequences;
  nack.ForEachSequence([&](SequenceNumber sequence) { sequences.push_back(sequence); });
  return sequences;
}

void RewriteFeedback(const BlockView& block, Rewritten& out) {
  if (auto nack = Nack::Parse(block)) {
    std::vector<SequenceNumber> sequences = Sequences(*nack);
    Check(WriteNack(out.writer(), nack->sender, nack->media, sequences) == sequences.size());
    // What does not ascend may come back in another order.
    std::vector<SequenceNumber> again = Sequences(out.As<Nack>());
    for (auto* list : {&sequences, &again}) {
      std::ranges::sort(*list, {}, [](SequenceNumber number) { return number.value(); });
      list->erase(std::unique(list->begin(), list->end()), list->end());
    }
    Check(again == sequences);
  }
  if (auto pli = Pli::Parse(block)) {
    Check(WritePli(out.writer(), *pli));
    Check(out.As<Pli>().media == pli->media);
  }
  if (auto fir = Fir::Parse(block)) {
    Check(WriteFir(out.writer(), fir->sender, Copy(fir->entries)));
    Check(out.As<Fir>().entries.size() == fir->entries.size());
  }
  if (auto remb = Remb::Parse(block)) {
    Check(WriteRemb(out.writer(), remb->sender, remb->bitrate, Copy(remb->media)));
    Check(out.As<Remb>().bitrate == remb->bitrate && Copy(out.As<Remb>().media) == Copy(remb->media));
  }
}

// Sequence (unwrapped from 0) and arrival of what was received.
std::vector<std::pair<int64_t, Timestamp>> Received(const TransportFeedback& feedback, int64_t sequence) {
  std::vector<std::pair<int64_t, Timestamp>> received;
  feedback.ForEachPacket([&](const TransportFeedback::Packet& packet) {
    Timestamp arrival = Timestamp() + feedback.reference_time() + packet.arrival;
    if (packet.received) received.emplace_back(sequence, arrival);
    ++sequence;
  });
  return received;
}

void RewriteTransportFeedback(const BlockView& block, Rewritten& out) {
  auto feedback = TransportFeedback::Parse(block);
  if (!feedback) return;
  auto received = Received(*feedback, 0);
  if (received.empty()) return;
  TransportFeedbackBuilder builder(CompoundWriter::kMaxSize, 0, received.front().second);
  size_t added = 0;
  while (added < received.size() && builder.AddReceived(received[added].first, received[added].second))
    ++added;
  if (added == 0) return;  // So many lost before it that their chunks alone fill a datagram.
  Check(builder.Write(out.writer(), feedback->sender(), feedback->media(), feedback->feedback_number()));
  auto again = Received(out.As<TransportFeedback>(), 0);
  received.resize(added);
  Check(again.size() == received.size());
  for (size_t i = 0; i < again.size(); ++i) {
    Check(again[i].first == received[i].first);
    // The reference time goes round after 2^24 units.
    int64_t apart = (again[i].second - received[i].second).us();
    Check(apart % (TransportFeedback::kReferenceUnit.us() << 24) == 0);
  }
}

constexpr size_t kMaxPackets = 80;

// Five bytes a packet: sequence, time passed, what happens.
void DriveReceiver(Bytes bytes) {
  Timestamp now = Timestamp::Seconds(1'000);
  ReceiveStatistics statistics(90'000);
  NackGenerator nack;
  TransportFeedbackSender feedback;
  ReceiveRateEstimator estimator;
  std::array<uint8_t, 200> buffer;
  for (size_t i = 0; i + 5 <= bytes.size() && i < kMaxPackets * 5; i += 5) {
    const uint8_t* p = bytes.data() + i;
    now += TimeDelta::Micros(LoadU16(p + 2));
    std::optional<int64_t> sequence =
        statistics.HandlePacket(now, SequenceNumber(LoadU16(p)), LoadU32(p), p[4]);
    if (statistics.restarted()) nack.Reset();
    if (sequence && !nack.IsDuplicate(*sequence)) {
      nack.HandlePacket(now, *sequence, p[4] == 0);
      Check(nack.IsDuplicate(*sequence));
    }
    feedback.HandlePacket(now, LoadU16(p), p[0]);
    estimator.HandlePacket(now, LoadU24(p), p[4]);
    nack.Poll(now, TimeDelta::Millis(p[4]), [](SequenceNumber) {});
    Check(nack.missing() <= static_cast<size_t>(NackGenerator::kMaxMissing));
    Check(nack.NextTimeout().IsNever() == (nack.missing() == 0));
    int datagrams = 0;
    while (feedback.NextTimeout() <= now) {
      CompoundWriter writer(buffer);
      Check(feedback.BuildFeedback(now, Ssrc(1), Ssrc(2), writer));
      Check(++datagrams <= 1'000);
    }
    Check(estimator.estimate() >= ReceiveRateEstimator::kMin);
  }
  statistics.MakeReportBlock(now, Ssrc(1));
}

void Fuzz(Bytes bytes) {
  if (std::optional<CompoundReader> reader = CompoundReader::Parse(bytes)) {
    static Rewritten out;
    while (std::optional<BlockView> block = reader->Next()) {
      for (auto rewrite : {RewriteReports, RewriteSources, RewriteFeedback, RewriteTransportFeedback}) {
        out.writer().Clear();
        rewrite(*block, out);
      }
    }
  }
  DriveReceiver(bytes);
}

}  // namespace
}  // namespace sluice::rtp::rtcp

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  sluice::rtp::rtcp::Fuzz({data, size});
  return 0;
}
