// RTCP and the receiver's bookkeeping: what a packet costs at ingest, and what feedback costs a packet it
// speaks of.
#include <benchmark/benchmark.h>

#include <array>
#include <cstdint>
#include <vector>

#include "rtp/nack_generator.h"
#include "rtp/receive_rate_estimator.h"
#include "rtp/receive_statistics.h"
#include "rtp/retransmission_history.h"
#include "rtp/rtcp/compound_reader.h"
#include "rtp/rtcp/nack.h"
#include "rtp/rtcp/receiver_report.h"
#include "rtp/rtcp/transport_feedback.h"
#include "rtp/rtcp/transport_feedback_builder.h"
#include "rtp/slab.h"
#include "rtp/transport_feedback_sender.h"

namespace sluice::rtp {
namespace {

constexpr Timestamp kStart = Timestamp::Seconds(1'000);
constexpr TimeDelta kPacketGap = TimeDelta::Millis(2);

SequenceNumber Wrapped(int64_t sequence) { return SequenceNumber(static_cast<uint16_t>(sequence)); }

void BM_ParseReceiverReportWithNack(benchmark::State& state) {
  std::array<uint8_t, rtcp::CompoundWriter::kMaxSize> buffer;
  rtcp::CompoundWriter writer(buffer);
  std::vector<rtcp::ReportBlock> blocks(3);
  std::vector<SequenceNumber> lost = {SequenceNumber(1), SequenceNumber(5), SequenceNumber(100)};
  if (!rtcp::WriteReceiverReport(writer, Ssrc(1), blocks) ||
      rtcp::WriteNack(writer, Ssrc(1), Ssrc(2), lost) != lost.size()) {
    return state.SkipWithError("fixture");
  }
  size_t seen = 0;
  for (auto _ : state) {
    auto reader = rtcp::CompoundReader::Parse(writer.bytes());
    while (auto block = reader->Next()) {
      if (auto report = rtcp::ReceiverReport::Parse(*block)) seen += report->report_blocks.size();
      if (auto nack = rtcp::Nack::Parse(*block)) nack->ForEachSequence([&](SequenceNumber) { ++seen; });
    }
  }
  benchmark::DoNotOptimize(seen);
  state.SetItemsProcessed(state.iterations());
}
BENCHMARK(BM_ParseReceiverReportWithNack);

// Items are packets; every 20th is lost.
void BM_BuildTransportFeedback(benchmark::State& state) {
  int64_t packets = state.range(0);
  std::array<uint8_t, rtcp::CompoundWriter::kMaxSize> buffer;
  for (auto _ : state) {
    rtcp::CompoundWriter writer(buffer);
    rtcp::TransportFeedbackBuilder builder(writer.PayloadRoom(), 0, kStart);
    for (int64_t i = 0; i < packets; ++i) {
      if (i % 20 != 7) benchmark::DoNotOptimize(builder.AddReceived(i, kStart + kPacketGap * i));
    }
    if (!builder.Write(writer, Ssrc(1), Ssrc(2), 0)) return state.SkipWithError("does not fit");
  }
  state.SetItemsProcessed(state.iterations() * packets);
}
BENCHMARK(BM_BuildTransportFeedback)->Arg(10)->Arg(100)->Arg(1'000);

void BM_ParseTransportFeedback(benchmark::State& state) {
  int64_t packets = state.range(0);
  std::array<uint8_t, rtcp::CompoundWriter::kMaxSize> buffer;
  rtcp::CompoundWriter writer(buffer);
  rtcp::TransportFeedbackBuilder builder(writer.PayloadRoom(), 0, kStart);
  for (int64_t i = 0; i < packets; ++i) {
    if (i % 20 != 7 && !builder.AddReceived(i, kStart + kPacketGap * i))
      return state.SkipWithError("does not fit");
  }
  if (!builder.Write(writer, Ssrc(1), Ssrc(2), 0)) return state.SkipWithError("does not fit");
  int64_t received = 0;
  for (auto _ : state) {
    auto reader = rtcp::CompoundReader::Parse(writer.bytes());
    auto feedback = rtcp::TransportFeedback::Parse(*reader->Next());
    feedback->ForEachPacket([&](const auto& packet) { received += packet.arrival.us() + packet.received; });
  }
  benchmark::DoNotOptimize(received);
  state.SetItemsProcessed(state.iterations() * packets);
}
BENCHMARK(BM_ParseTransportFeedback)->Arg(10)->Arg(100)->Arg(1'000);

// Everything one received media packet costs here, with `range` lost in a thousand.
void BM_ReceivePacket(benchmark::State& state) {
  ReceiveStatistics statistics(90'000);
  NackGenerator nack;
  int64_t sequence = 0;
  int64_t asked = 0;
  for (auto _ : state) {
    ++sequence;
    if (sequence % 1'000 < state.range(0)) continue;
    Timestamp now = kStart + kPacketGap * sequence;
    auto unwrapped =
        statistics.HandlePacket(now, Wrapped(sequence), static_cast<uint32_t>(sequence * 180), 1'200);
    if (!nack.IsDuplicate(*unwrapped)) nack.HandlePacket(now, *unwrapped, false);
    nack.Poll(now, NackGenerator::kDefaultRtt, [&](SequenceNumber) { ++asked; });
  }
  benchmark::DoNotOptimize(asked);
  state.SetItemsProcessed(state.iterations());
}
BENCHMARK(BM_ReceivePacket)->Arg(0)->Arg(10)->Arg(100);

void BM_RetransmissionHistory(benchmark::State& state) {
  SlabPool pool;
  RetransmissionHistory history(RetransmissionHistory::kVideoWindow);
  int64_t sequence = 0;
  int64_t found = 0;
  for (auto _ : state) {
    Timestamp now = kStart + kPacketGap * ++sequence;
    SlabRef slab = pool.Acquire();
    slab->packet().sequence = sequence;
    slab->packet().arrival = now;
    history.Insert(now, std::move(slab));
    found += history.Find(now, sequence - 50) != nullptr;
  }
  benchmark::DoNotOptimize(found);
  state.SetItemsProcessed(state.iterations());
}
BENCHMARK(BM_RetransmissionHistory);

// With its feedback built when it is due. `range`: what the sequence jumps by for each packet; 1 is what it
// should be.
void BM_TransportFeedbackSender(benchmark::State& state) {
  TransportFeedbackSender sender;
  std::array<uint8_t, rtcp::CompoundWriter::kMaxSize> buffer;
  int64_t count = 0;
  size_t bytes = 0;
  for (auto _ : state) {
    Timestamp now = kStart + kPacketGap * ++count;
    sender.HandlePacket(now, static_cast<uint16_t>(count * state.range(0)), 1'200);
    while (sender.NextTimeout() <= now) {
      rtcp::CompoundWriter writer(buffer);
      if (!sender.BuildFeedback(now, Ssrc(1), Ssrc(2), writer)) return state.SkipWithError("does not fit");
      bytes += writer.size();
    }
  }
  state.counters["bytes_per_packet"] = static_cast<double>(bytes) / static_cast<double>(count);
  state.SetItemsProcessed(state.iterations());
}
BENCHMARK(BM_TransportFeedbackSender)->Arg(1)->Arg(3'000)->Arg(9'000);

void BM_ReceiveRateEstimator(benchmark::State& state) {
  ReceiveRateEstimator estimator;
  int64_t count = 0;
  for (auto _ : state) {
    Timestamp now = kStart + kPacketGap * ++count;
    estimator.HandlePacket(now, static_cast<uint32_t>((now.us() << 18) / 1'000'000) & 0xffffff, 1'200);
    benchmark::DoNotOptimize(estimator.Poll(now));
  }
  state.SetItemsProcessed(state.iterations());
}
BENCHMARK(BM_ReceiveRateEstimator);

}  // namespace
}  // namespace sluice::rtp
