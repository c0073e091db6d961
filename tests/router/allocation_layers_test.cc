// Nothing allocates for a packet of a stream with layers either, while its consumers take all of them, few of
// them, go from one choice to another, pause and resume.
#include <gtest/gtest.h>

#include <array>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "router/rtp_session.h"
#include "tests/allocation_count.h"
#include "tests/router/layered_publisher.h"
#include "tests/router/session_fixture.h"

namespace sluice::router {
namespace {

constexpr ProducerHandle kLayered(3);
constexpr size_t kConsumers = 6;

class CountingPort : public PacketPort {
 public:
  void SendRtp(SlabRef, MediaKind) override { ++packets; }
  void SendRtcp(SlabRef) override {}
  int64_t packets = 0;
};

struct Layered {
  std::string name;
  rtp::Codec codec;
  rtp::ScalabilityMode mode;
  uint8_t encodings;
};

class AllocationLayersTest : public ::testing::TestWithParam<Layered>, public ProducerLink {
 protected:
  AllocationLayersTest() {
    publisher_.SetWritable(now_, true);
    publisher_.AddProducer(now_, source_.Config(kLayered))->AddSink(&fan_out_);
    subscriber_.SetWritable(now_, true);
    for (uint32_t i = 0; i < kConsumers; ++i) subscriber_.AddConsumer(now_, ConfigOf(i), &fan_out_);
  }
  ~AllocationLayersTest() override {
    for (uint32_t i = 0; i < kConsumers; ++i) subscriber_.RemoveConsumer(ConsumerHandle(i));
  }
  void RequestKeyFrame(Timestamp, ProducerHandle, uint8_t) override { key_picture_ = true; }
  void SetWanted(ProducerHandle handle, const WantedLayers& wanted) override {
    publisher_.SetWanted(now_, publisher_.FindProducer(handle), &fan_out_, wanted);
  }

  static ConsumerConfig ConfigOf(uint32_t i) {
    ConsumerConfig config;
    config.handle = ConsumerHandle(i);
    config.codec = GetParam().codec;
    config.ssrc = Ssrc(1000 + i);
    config.payload_types.set(kVp8);
    config.extensions.Register(rtp::ExtensionKind::kDependencyDescriptor, kDescriptorId);
    config.encodings = GetParam().encodings;
    config.spatial_layers = GetParam().mode.spatial;
    config.temporal_layers = GetParam().mode.temporal;
    config.nack = true;
    return config;
  }

  // A picture; every third of a second somebody changes its mind.
  void Step() {
    ++step_;
    now_ += TimeDelta::Millis(33);
    const std::vector<Octets> packets = source_.Next(std::exchange(key_picture_, step_ % 300 == 1));
    const uint64_t before = AllocationCount();
    for (const Octets& packet : packets) {
      SlabRef slab = pool_.AcquireCopy(packet);
      slab->packet().arrival = now_;
      publisher_.HandleRtp(now_, slab);
    }
    if (step_ % 10 == 0) ChangeMind(*subscriber_.FindConsumer(ConsumerHandle(step_ / 10 % kConsumers)));
    publisher_.HandleTimeout(now_);
    subscriber_.HandleTimeout(now_);
    allocations_ += AllocationCount() - before;
    CountSwitches();
  }
  void ChangeMind(Consumer& consumer) {
    const uint32_t choice = step_ / 10 / kConsumers % 11;
    if (choice == 9) return consumer.Pause(now_);
    if (choice == 10) return consumer.Resume(now_);
    consumer.SetPreferredLayers(now_, {static_cast<uint8_t>(choice % 3), static_cast<uint8_t>(choice / 3)});
  }
  void CountSwitches() {
    for (uint32_t i = 0; i < kConsumers; ++i) {
      const std::optional<rtp::Layers> layers = subscriber_.FindConsumer(ConsumerHandle(i))->current_layers();
      switches_ += layers != before_[i];
      before_[i] = layers;
    }
  }

  Timestamp now_ = Timestamp::Seconds(1'000);
  SlabPool pool_;
  CountingPort publisher_port_, port_;
  LayeredPublisher source_{
      {.codec = GetParam().codec, .mode = GetParam().mode, .encodings = GetParam().encodings}};
  FanOut fan_out_{kLayered, MediaKind::kVideo, GetParam().encodings, this};
  RtpSession publisher_{{.rtcp_ssrc = kOurs, .clock = {}}, &pool_, &publisher_port_};
  RtpSession subscriber_{{.rtcp_ssrc = kOurs, .clock = {}}, &pool_, &port_};
  uint32_t step_ = 0;
  bool key_picture_ = false;
  uint64_t allocations_ = 0;
  int switches_ = 0;
  std::array<std::optional<rtp::Layers>, kConsumers> before_;
};

TEST_P(AllocationLayersTest, SwitchingAndDroppingAllocatesNothing) {
  for (int i = 0; i < 2'000; ++i) Step();
  const int64_t sent = port_.packets;
  const int switches = switches_;
  allocations_ = 0;
  for (int i = 0; i < 3'000; ++i) Step();
  EXPECT_EQ(allocations_, 0u);
  // Some of all that was offered has passed, in changing choices.
  const int64_t offered = 3'000 * int64_t{GetParam().mode.spatial} * GetParam().encodings * kConsumers;
  EXPECT_GT(port_.packets - sent, offered / 20);
  EXPECT_LT(port_.packets - sent, offered);
  EXPECT_GT(switches_ - switches, 100);
}

INSTANTIATE_TEST_SUITE_P(Streams, AllocationLayersTest,
                         ::testing::Values(Layered{"Av1", rtp::Codec::kAv1, {3, 3}, 1},
                                           Layered{"Av1Key", rtp::Codec::kAv1, {3, 3, true}, 1},
                                           Layered{"Vp9", rtp::Codec::kVp9, {3, 3}, 1},
                                           Layered{"Vp9Key", rtp::Codec::kVp9, {3, 3, true}, 1},
                                           Layered{"Vp8Simulcast", rtp::Codec::kVp8, {1, 3}, 3}),
                         [](const auto& info) { return info.param.name; });

}  // namespace
}  // namespace sluice::router
