// What a packet costs for each consumer more: choosing, numbering, rewriting and the one copy, or leaving it
// out. Without SRTP and sockets. Neither may depend on the number of consumers.
#include "router/fan_out.h"

#include <benchmark/benchmark.h>

#include <array>
#include <functional>
#include <memory>
#include <vector>

#include "bench/router/sample_stream.h"
#include "router/consumer.h"
#include "router/packet_port.h"
#include "router/rtp_sender.h"

namespace sluice::router {
namespace {

class DiscardingPort : public PacketPort {
 public:
  void SendRtp(SlabRef packet, MediaKind) override {
    ++packets;
    last_size = packet->size();
  }
  void SendRtcp(SlabRef) override {}

  int64_t packets = 0;
  size_t last_size = 0;
};

class DeafLink : public ProducerLink {
 public:
  void RequestKeyFrame(Timestamp, ProducerHandle, uint8_t) override {}
  void SetWanted(ProducerHandle, const WantedLayers&) override {}
};

struct RoomOptions {
  int64_t consumers = 1;
  uint8_t encodings = 1;
  rtp::Layers preferred = {UINT8_MAX, UINT8_MAX};
  // Of the stream these packets are played, in this encoding, once all has begun.
  std::function<bool(const rtp::ReceivedPacket&)> chosen = [](const auto&) { return true; };
  uint8_t encoding = 0;
};

// A producer and its consumers, each with a transport of its own, all of which may ask for repairs.
class Room {
 public:
  Room(const SampleStream& stream, const RoomOptions& options)
      : stream_(stream), options_(options), fan_out_(ProducerHandle(1), kind(), options.encodings, &link_) {
    for (int64_t i = 0; i < options.consumers; ++i) {
      senders_.push_back(std::make_unique<RtpSender>(&pool_, &port));
      senders_.back()->set_writable(true);
      consumers_.push_back(std::make_unique<Consumer>(ConfigOf(i), &fan_out_, senders_.back().get()));
      fan_out_.Add(consumers_.back().get());
    }
    Begin();
    Load();
  }

  // The next packet, 300 a second (audio: 50).
  void Forward() {
    const size_t loop = playlist_.size();
    const SlabRef& slab = slabs_[played_ % slabs_.size()];
    Play(slab, *playlist_[played_ % loop], 2 + static_cast<int64_t>(played_ / loop), options_.encoding);
    ++played_;
  }
  const Consumer& consumer() const { return *consumers_.back(); }

  DiscardingPort port;

 private:
  using Sample = SampleStream::Sample;
  // More than the history keeps.
  static constexpr size_t kSlabs = 1'500;

  MediaKind kind() const { return stream_.audio() ? MediaKind::kAudio : MediaKind::kVideo; }

  ConsumerConfig ConfigOf(int64_t i) const {
    ConsumerConfig config;
    config.kind = kind();
    config.codec = stream_.codec();
    config.clock_rate = stream_.audio() ? 48'000 : 90'000;
    config.ssrc = Ssrc(static_cast<uint32_t>(1000 + i));
    config.payload_types.set(kSamplePayloadType);
    config.extensions = SampleExtensions();
    config.mid = "0";
    config.nack = true;
    config.rtx_ssrc = Ssrc(static_cast<uint32_t>(5000 + i));
    config.rtx_payload_type = PayloadType(97);
    config.encodings = options_.encodings;
    config.spatial_layers = stream_.mode().spatial;
    config.temporal_layers = stream_.mode().temporal;
    config.preferred_layers = options_.preferred;
    return config;
  }

  // The second key picture comes after a pause: from there on all numbers differ from the publisher's.
  void Begin() {
    for (int64_t turn = 0; turn < 2; ++turn) {
      for (size_t i = 0; i < stream_.loop_begin(); ++i) {
        for (uint8_t encoding = 0; encoding < options_.encodings; ++encoding)
          Play(SlabWith(stream_.samples()[i]), stream_.samples()[i], turn, encoding);
      }
      if (turn == 1) return;
      for (auto& consumer : consumers_) consumer->Pause(now_);
      for (auto& consumer : consumers_) consumer->Resume(now_);
    }
  }

  // Slabs that already hold the packets, so that no copy is measured but the consumers'.
  void Load() {
    for (size_t i = stream_.loop_begin(); i < stream_.samples().size(); ++i) {
      if (options_.chosen(stream_.samples()[i].info)) playlist_.push_back(&stream_.samples()[i]);
    }
    while (slabs_.size() < kSlabs) {
      for (const Sample* sample : playlist_) slabs_.push_back(SlabWith(*sample));
    }
  }

  SlabRef SlabWith(const Sample& sample) { return pool_.AcquireCopy(sample.packet); }

  void Play(const SlabRef& slab, const Sample& sample, int64_t turn, uint8_t encoding) {
    now_ += TimeDelta::Micros(stream_.audio() ? 20'000 : 3'333);
    rtp::ReceivedPacket& info = slab->packet();
    info = sample.info;
    stream_.MoveOn(turn, &info);
    info.arrival = now_;
    info.encoding = encoding;
    info.sequence = sequences_[encoding]++;
    fan_out_.HandlePacket(now_, slab);
  }

  const SampleStream& stream_;
  RoomOptions options_;
  SlabPool pool_;
  DeafLink link_;
  FanOut fan_out_;
  std::vector<std::unique_ptr<RtpSender>> senders_;
  std::vector<std::unique_ptr<Consumer>> consumers_;
  std::vector<const Sample*> playlist_;
  std::vector<SlabRef> slabs_;
  size_t played_ = 0;
  std::array<int64_t, 3> sequences_{};
  Timestamp now_ = Timestamp::Seconds(1'000);
};

// Items are packets times consumers. `passing`: all packets are written, else none.
void Run(benchmark::State& state, const SampleStream& stream, RoomOptions options, bool passing) {
  options.consumers = state.range(0);
  Room room(stream, options);
  for (int i = 0; i < 100; ++i) room.Forward();
  const int64_t before = room.port.packets;
  for (auto _ : state) room.Forward();
  const int64_t offered = static_cast<int64_t>(state.iterations()) * options.consumers;
  if (room.port.packets - before != (passing ? offered : 0) || before < options.consumers)
    state.SkipWithError("the fixture forwards something else");
  state.SetItemsProcessed(offered);
}

bool IsAbove(const rtp::ReceivedPacket& packet) { return packet.frame.layers != rtp::Layers(); }
bool IsWithinMiddle(const rtp::ReceivedPacket& packet) { return packet.frame.needed.Has({1, 1}); }

constexpr rtp::ScalabilityMode kL1T1 = {1, 1}, kL1T3 = {1, 3}, kL3T3 = {3, 3}, kL3T3Key = {3, 3, true};

void BM_Forward(benchmark::State& state, SampleKind kind, rtp::ScalabilityMode mode, RoomOptions options) {
  Run(state, SampleStream(kind, mode), options, /*passing=*/true);
}
void BM_Drop(benchmark::State& state, SampleKind kind, rtp::ScalabilityMode mode, RoomOptions options) {
  Run(state, SampleStream(kind, mode), options, /*passing=*/false);
}

const RoomOptions kAll;
const RoomOptions kHighestEncoding = {.encodings = 3, .encoding = 2};
const RoomOptions kLowestEncoding = {.encodings = 3, .preferred = {0, 0}, .encoding = 2};
const RoomOptions kMiddle = {.preferred = {1, 1}, .chosen = IsWithinMiddle};
const RoomOptions kLowest = {.preferred = {0, 0}, .chosen = IsAbove};

void Consumers(benchmark::internal::Benchmark* benchmark) {
  benchmark->ArgName("consumers")->Arg(1)->Arg(10)->Arg(100)->Arg(1000);
}
BENCHMARK_CAPTURE(BM_Forward, opus, SampleKind::kOpus, kL1T1, kAll)->Apply(Consumers);
BENCHMARK_CAPTURE(BM_Forward, h264, SampleKind::kH264, kL1T1, kAll)->Apply(Consumers);
BENCHMARK_CAPTURE(BM_Forward, vp8_simulcast, SampleKind::kVp8, kL1T3, kHighestEncoding)->Apply(Consumers);
BENCHMARK_CAPTURE(BM_Forward, vp9_L3T3_KEY, SampleKind::kVp9, kL3T3Key, kMiddle)->Apply(Consumers);
BENCHMARK_CAPTURE(BM_Forward, vp9_L3T3, SampleKind::kVp9, kL3T3, kAll)->Apply(Consumers);
BENCHMARK_CAPTURE(BM_Forward, av1_L3T3_KEY, SampleKind::kAv1, kL3T3Key, kMiddle)->Apply(Consumers);
BENCHMARK_CAPTURE(BM_Forward, av1_L3T3, SampleKind::kAv1, kL3T3, kAll)->Apply(Consumers);

BENCHMARK_CAPTURE(BM_Drop, vp8_simulcast, SampleKind::kVp8, kL1T3, kLowestEncoding)->Apply(Consumers);
BENCHMARK_CAPTURE(BM_Drop, vp8_temporal, SampleKind::kVp8, kL1T3, kLowest)->Apply(Consumers);
BENCHMARK_CAPTURE(BM_Drop, vp9_L3T3, SampleKind::kVp9, kL3T3, kLowest)->Apply(Consumers);
BENCHMARK_CAPTURE(BM_Drop, av1_L3T3, SampleKind::kAv1, kL3T3, kLowest)->Apply(Consumers);

}  // namespace
}  // namespace sluice::router
