#include "tests/replay/replay_room.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <utility>

#include "rtp/rtcp/compound_reader.h"
#include "rtp/rtcp/compound_writer.h"
#include "rtp/rtcp/nack.h"

namespace sluice::replay {
namespace {

using router::Consumer;

constexpr Ssrc kMedia(0xc0), kRepair(0xc1);
constexpr uint8_t kRepairType = 127;
constexpr router::ConsumerHandle kConsumer(1);
// What comes before the first key frame, or instead of it, says too little of itself.
constexpr TimeDelta kGoodTime = TimeDelta::Millis(250);
constexpr uint16_t kFirstNumber = 65'000;  // It wraps.

uint16_t Load16(const uint8_t* at) { return static_cast<uint16_t>(at[0] << 8 | at[1]); }
uint32_t Load32(const uint8_t* at) { return static_cast<uint32_t>(Load16(at)) << 16 | Load16(at + 2); }

size_t HeaderSize(const std::vector<uint8_t>& packet) {
  size_t size = 12 + (packet[0] & 0x0fu) * 4;
  if ((packet[0] & 0x10) != 0) size += 4 + Load16(&packet[size + 2]) * 4u;
  return size;
}

}  // namespace

ReplayRoom::ReplayRoom(const Golden* golden, const Options& options)
    : golden_(golden),
      options_(options),
      sim_(options.seed),
      start_(sim_.now() + TimeDelta::Millis(1)),
      up_(&sim_, {}, [this](const auto& packet) { HandleAtRouter(packet); }),
      back_(&sim_, {}, [this](const auto& packet) { HandleAtPublisher(packet); }),
      down_(&sim_, {}, [this](const auto& packet) { HandleAtSubscriber(packet); }),
      feedback_(&sim_, {},
                [this](const auto& packet) {
                  b_.HandleRtcp(sim_.now(), packet);
                  timeouts_b_.Reschedule();
                }),
      port_a_(&back_),
      port_b_(&down_),
      a_({.rtcp_ssrc = Ssrc(0xaa), .clock = {}, .random_seed = 1}, &pool_, &port_a_),
      b_({.rtcp_ssrc = Ssrc(0xbb), .clock = {}, .random_seed = 2}, &pool_, &port_b_),
      timeouts_a_(&sim_, &a_),
      timeouts_b_(&sim_, &b_),
      fan_out_(golden->producer.handle, golden->producer.kind,
               static_cast<uint8_t>(golden->producer.encodings.size()), this),
      decoder_({.codec = golden->codec(),
                .dependency_descriptor_id = {},
                .clock_rate = golden->producer.codecs.front().clock_rate}) {
  StreamDecoder::Options decoding{.codec = golden->codec(),
                                  .dependency_descriptor_id = {},
                                  .clock_rate = golden->producer.codecs.front().clock_rate,
                                  .tolerates_loss = !options.repairs};
  if (options.descriptor)
    decoding.dependency_descriptor_id =
        golden->producer.extensions.IdOf(rtp::ExtensionKind::kDependencyDescriptor);
  decoder_ = StreamDecoder(decoding);
  a_.SetWritable(sim_.now(), true);
  b_.SetWritable(sim_.now(), true);
  producer_ = a_.AddProducer(sim_.now(), golden->producer);
  producer_->AddSink(&fan_out_);
  consumer_ = b_.AddConsumer(sim_.now(), MakeConsumer(), &fan_out_);
  for (size_t i = 0; i < golden->packets.size(); ++i) sim_.At(TimeOf(i), [this, i] { Publish(i); });
  sim_.At(start_ + kGoodTime, [this] {
    for (sim::Link* link : {&up_, &back_}) link->set_options(options_.up);
    for (sim::Link* link : {&down_, &feedback_}) link->set_options(options_.down);
  });
  end_ = start_ + golden->duration() + TimeDelta::Millis(options.repairs ? 1500 : 200);
  if (options.repairs) AskForMissing();
}

ReplayRoom::~ReplayRoom() { b_.RemoveConsumer(kConsumer); }

router::ConsumerConfig ReplayRoom::MakeConsumer() const {
  const router::ProducerConfig& producer = golden_->producer;
  router::ConsumerConfig config;
  config.handle = kConsumer;
  config.producer = producer.handle;
  config.kind = producer.kind;
  config.codec = producer.codecs.front().codec;
  config.clock_rate = producer.codecs.front().clock_rate;
  config.ssrc = kMedia;
  config.rtx_ssrc = kRepair;
  config.rtx_payload_type = PayloadType(kRepairType);
  config.payload_types.set(producer.codecs.front().payload_type.value());
  config.extensions = producer.extensions;
  if (!options_.descriptor) config.extensions.Register(rtp::ExtensionKind::kDependencyDescriptor, 0);
  config.mid = "m";
  config.cname = "c";
  config.encodings = static_cast<uint8_t>(producer.encodings.size());
  config.spatial_layers = golden_->spatial_layers;
  config.temporal_layers = golden_->temporal_layers;
  config.preferred_layers = options_.preferred;
  config.nack = true;
  config.first_sequence_number = SequenceNumber(kFirstNumber);
  config.first_rtx_sequence_number = SequenceNumber(9000);
  return config;
}

void ReplayRoom::PreferAt(Timestamp when, rtp::Layers layers) {
  sim_.At(when, [this, layers] {
    consumer_->SetPreferredLayers(sim_.now(), layers);
    timeouts_b_.Reschedule();
  });
}

StreamReport ReplayRoom::Run() {
  sim_.RunUntil(end_);
  return decoder_.Finish();
}

void ReplayRoom::RequestKeyFrame(Timestamp now, router::ProducerHandle, uint8_t encoding) {
  a_.HandleKeyFrameRequest(now, producer_, encoding);
  timeouts_a_.Reschedule();
}

void ReplayRoom::SetWanted(router::ProducerHandle, const router::WantedLayers& wanted) {
  a_.SetWanted(sim_.now(), producer_, &fan_out_, wanted);
  timeouts_a_.Reschedule();
}

void ReplayRoom::Publish(size_t index) {
  const std::vector<uint8_t>& packet = golden_->packets[index].bytes;
  if (!rtp::rtcp::IsRtcp(packet)) published_[{Load32(&packet[8]), Load16(&packet[2])}] = packet;
  up_.Send(packet);
}

void ReplayRoom::HandleAtRouter(const std::vector<uint8_t>& packet) {
  if (rtp::rtcp::IsRtcp(packet)) {
    a_.HandleRtcp(sim_.now(), packet);
  } else {
    SlabRef slab = pool_.AcquireCopy(packet);
    slab->packet().arrival = sim_.now();
    a_.HandleRtp(sim_.now(), slab);
  }
  timeouts_a_.Reschedule();
}

// What is asked for is sent again as it was: key frames come when the capture has them.
void ReplayRoom::HandleAtPublisher(const std::vector<uint8_t>& packet) {
  auto reader = rtp::rtcp::CompoundReader::Parse(packet);
  ASSERT_TRUE(reader);
  while (auto block = reader->Next()) {
    if (block->kind() != rtp::rtcp::BlockKind::kNack || !options_.repairs) continue;
    auto nack = rtp::rtcp::Nack::Parse(*block);
    nack->ForEachSequence([&](SequenceNumber lost) {
      auto it = published_.find({nack->media.value(), lost.value()});
      if (it != published_.end()) up_.Send(it->second);
    });
  }
}

void ReplayRoom::HandleAtSubscriber(const std::vector<uint8_t>& packet) {
  if (rtp::rtcp::IsRtcp(packet)) return;
  std::vector<uint8_t> original = packet;
  if (Load32(&packet[8]) == kRepair.value()) {
    const size_t header = HeaderSize(packet);
    original[1] =
        static_cast<uint8_t>((packet[1] & 0x80) | golden_->producer.codecs.front().payload_type.value());
    original[2] = packet[header];
    original[3] = packet[header + 1];
    original.erase(original.begin() + static_cast<ptrdiff_t>(header),
                   original.begin() + static_cast<ptrdiff_t>(header) + 2);
  }
  Expect(Load16(&original[2]));
  decoder_.Receive(std::move(original));
}

void ReplayRoom::Expect(uint16_t number) {
  if (!highest_) highest_ = kFirstNumber - 1;
  const int64_t unwrapped = *highest_ + static_cast<int16_t>(number - static_cast<uint16_t>(*highest_));
  const Timestamp due = sim_.now() + TimeDelta::Millis(40);  // The network may yet bring it.
  for (; *highest_ < unwrapped; ++*highest_) missing_.emplace(*highest_ + 1, due);
  missing_.erase(unwrapped);
}

void ReplayRoom::AskForMissing() {
  std::vector<SequenceNumber> lost;
  for (auto& [number, due] : missing_) {
    if (due > sim_.now() || lost.size() == 100) continue;
    lost.emplace_back(static_cast<uint16_t>(number));
    due = sim_.now() + TimeDelta::Millis(80);
  }
  if (!lost.empty()) {
    std::array<uint8_t, rtp::rtcp::CompoundWriter::kMaxSize> buffer;
    rtp::rtcp::CompoundWriter writer(buffer);
    EXPECT_GT(rtp::rtcp::WriteNack(writer, Ssrc(1), kMedia, lost), 0u);
    feedback_.Send(writer.bytes());
  }
  if (sim_.now() < end_) sim_.After(TimeDelta::Millis(20), [this] { AskForMissing(); });
}

}  // namespace sluice::replay
