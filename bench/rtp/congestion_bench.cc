// What congestion control costs for each packet sent: its way through the pacer, its entry in the history,
// and its part of a feedback every 50 ms. Forwarding costs some 90 ns a packet for writing, and with SRTP and
// the kernel ten times that and more.
#include <benchmark/benchmark.h>

#include <array>
#include <cstdint>
#include <vector>

#include "rtp/congestion/bandwidth_estimator.h"
#include "rtp/congestion/pacer.h"
#include "rtp/congestion/rate_allocator.h"
#include "rtp/rtcp/compound_reader.h"
#include "rtp/rtcp/transport_feedback.h"
#include "rtp/transport_feedback_sender.h"

namespace sluice::rtp::congestion {
namespace {

struct Output {
  int64_t sent = 0;
  void Send(void*&&, PacketKind, uint8_t) { ++sent; }
  size_t Pad(size_t size, uint8_t) { return size; }
};

void BM_Pacer(benchmark::State& state) {
  Pacer<void*> pacer;
  Output output;
  Timestamp now = Timestamp::Seconds(1);
  pacer.SetLimits(now, {.rate = DataRate::KilobitsPerSec(20'000)});
  for (auto _ : state) {
    now += TimeDelta::Millis(1);
    for (int i = 0; i < 2; ++i) {
      if (!pacer.Push(now, nullptr, 1'000, PacketKind::kVideo))
        return state.SkipWithError("the queue is full");
    }
    pacer.Process(now, output);
  }
  state.SetItemsProcessed(output.sent);
}
BENCHMARK(BM_Pacer);

// `range`: packets a second. What the receiver does is left out of the time, but not out of the run.
void BM_BandwidthEstimator(benchmark::State& state) {
  BandwidthEstimator estimator{{.start = DataRate::KilobitsPerSec(5'000)}};
  TransportFeedbackSender receiver;
  std::array<uint8_t, rtcp::CompoundWriter::kMaxSize> buffer;
  const TimeDelta gap = TimeDelta::Seconds(1) / state.range(0);
  const auto packets = static_cast<int>(state.range(0) / 20);
  Timestamp now = Timestamp::Seconds(1);
  for (auto _ : state) {
    const int64_t first = estimator.next_sequence();
    for (int i = 0; i < packets; ++i) {
      estimator.HandleSent({.sent = now + gap * i, .size = 1'200});
      benchmark::DoNotOptimize(estimator.pacing_rate());
    }
    state.PauseTiming();
    for (int i = 0; i < packets; ++i, now += gap)
      receiver.HandlePacket(now, static_cast<uint16_t>(first + i), 1'200);
    rtcp::CompoundWriter writer(buffer);
    const bool built = receiver.BuildFeedback(now, Ssrc(1), Ssrc(2), writer);
    auto reader = rtcp::CompoundReader::Parse(writer.bytes());
    state.ResumeTiming();
    if (!built || !reader) return state.SkipWithError("no feedback");
    if (auto feedback = rtcp::TransportFeedback::Parse(*reader->Next()))
      estimator.HandleTransportFeedback(now, *feedback);
  }
  if (estimator.counters().acked < state.iterations() * packets * 9 / 10)
    state.SkipWithError("not acknowledged");
  state.SetItemsProcessed(state.iterations() * packets);
}
BENCHMARK(BM_BandwidthEstimator)->Arg(200)->Arg(1'000);

// `range`: video streams of three spatial and three temporal layers.
void BM_RateAllocator(benchmark::State& state) {
  std::vector<RateAllocator::Stream> streams(static_cast<size_t>(state.range(0)));
  for (auto& stream : streams) {
    for (int level = 0; level < 3; ++level) {
      for (int t = 0; t < 3; ++t)
        stream.rates[static_cast<size_t>(RateAllocator::LevelOf(level, t))] =
            DataRate::KilobitsPerSec((60 << 2 * level) * (t + 1));
    }
  }
  Timestamp now = Timestamp::Seconds(1);
  for (auto _ : state) {
    now += TimeDelta::Millis(100);
    benchmark::DoNotOptimize(
        RateAllocator::Allocate(now, DataRate::KilobitsPerSec(300 * state.range(0)), streams));
  }
  state.SetItemsProcessed(state.iterations());
}
BENCHMARK(BM_RateAllocator)->Arg(1)->Arg(11)->Arg(30);

}  // namespace
}  // namespace sluice::rtp::congestion
