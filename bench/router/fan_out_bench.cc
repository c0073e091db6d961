// What it costs to forward a packet to many consumers: decision, numbering, rewriting and the one copy.
// Without SRTP and sockets. The cost of a written packet must not depend on the number of consumers.
#include "router/fan_out.h"

#include <benchmark/benchmark.h>

#include <memory>
#include <vector>

#include "router/consumer.h"
#include "router/packet_port.h"
#include "router/rtp_sender.h"
#include "rtp/packet_reader.h"
#include "rtp/packet_view.h"

namespace sluice::router {
namespace {

constexpr size_t kPayload = 1150;

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

rtp::ExtensionMap Extensions() {
  rtp::ExtensionMap map;
  map.Register(rtp::ExtensionKind::kMid, 1);
  map.Register(rtp::ExtensionKind::kAbsSendTime, 2);
  map.Register(rtp::ExtensionKind::kTransportSequenceNumber, 3);
  map.Register(rtp::ExtensionKind::kVideoOrientation, 4);
  return map;
}

// A room of one producer and as many consumers, each with a transport of its own.
class Room {
 public:
  explicit Room(int64_t consumers, bool nack) {
    for (int64_t i = 0; i < consumers; ++i) {
      senders_.push_back(std::make_unique<RtpSender>(&pool_, &port));
      senders_.back()->set_writable(true);
      ConsumerConfig config;
      config.codec = rtp::Codec::kVp8;
      config.ssrc = Ssrc(static_cast<uint32_t>(1000 + i));
      config.payload_types.set(96);
      config.extensions = Extensions();
      config.mid = "0";
      config.nack = nack;
      if (nack) {
        config.rtx_ssrc = Ssrc(static_cast<uint32_t>(5000 + i));
        config.rtx_payload_type = PayloadType(97);
      }
      consumers_.push_back(std::make_unique<Consumer>(config, &fan_out_, senders_.back().get()));
      fan_out_.Add(consumers_.back().get());
    }
  }

  // The next packet of the stream, 300 a second.
  void Forward() {
    SlabRef packet = pool_.Acquire();
    Write(*packet);
    now_ += TimeDelta::Micros(3333);
    packet->packet() = info_;
    packet->packet().arrival = now_;
    packet->packet().sequence = sequence_++;
    packet->packet().frame = {.key_frame = sequence_ == 1, .frame_start = sequence_ == 1};
    fan_out_.HandlePacket(now_, packet);
  }

  DiscardingPort port;

 private:
  // VP8 with the extensions that browsers send. Written once for each slab that the pool hands out.
  void Write(Slab& slab) {
    uint8_t* p = slab.storage().data();
    const size_t size = 12 + 4 + 12 + kPayload;
    slab.Resize(size);
    if (LoadU32(p + 12) != 0xbede'0003 || LoadU32(p + 8) != 1) {
      static constexpr uint8_t kHead[] = {0x90, 96, 0,    0,   0,    0, 0, 0, 0,    0, 0, 1,    0xbe, 0xde,
                                          0,    3,  0x10, '0', 0x22, 1, 2, 3, 0x31, 0, 1, 0x40, 0,    0};
      std::copy(std::begin(kHead), std::end(kHead), p);
      std::fill(p + sizeof(kHead), p + size, uint8_t{0x11});
    }
    if (info_.payload_size == 0) info_ = rtp::ReadPacket(*rtp::PacketView::Parse(slab.bytes()), Extensions());
  }

  SlabPool pool_;
  DeafLink link_;
  FanOut fan_out_{ProducerHandle(1), MediaKind::kVideo, 1, &link_};
  std::vector<std::unique_ptr<RtpSender>> senders_;
  std::vector<std::unique_ptr<Consumer>> consumers_;
  rtp::ReceivedPacket info_;
  Timestamp now_ = Timestamp::Seconds(1'000);
  int64_t sequence_ = 0;
};

// Items are packets written. The second argument: whether the consumers may ask for repairs (a history is
// kept).
void BM_ForwardToConsumers(benchmark::State& state) {
  Room room(state.range(0), state.range(1) != 0);
  for (int i = 0; i < 1000; ++i) room.Forward();
  if (room.port.packets != 1000 * state.range(0) || room.port.last_size < kPayload)
    state.SkipWithError("the fixture does not forward");
  const int64_t before = room.port.packets;
  for (auto _ : state) room.Forward();
  const int64_t written = room.port.packets - before;
  if (written != static_cast<int64_t>(state.iterations()) * state.range(0))
    state.SkipWithError("packets were not forwarded");
  state.SetItemsProcessed(written);
}
BENCHMARK(BM_ForwardToConsumers)->ArgNames({"consumers", "nack"})->ArgsProduct({{1, 10, 100}, {0, 1}});

}  // namespace
}  // namespace sluice::router
