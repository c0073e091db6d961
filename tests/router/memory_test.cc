// What one more consumer costs a worker in memory: itself, and what its session and its fan-out keep of it.
#include <gtest/gtest.h>

#include <algorithm>
#include <iostream>
#include <memory>
#include <string>

#include "tests/allocation_count.h"
#include "tests/router/consumer_fixture.h"
#include "tests/router/layered_publisher.h"
#include "tests/router/session_fixture.h"

namespace sluice::router {
namespace {

constexpr int64_t kMost = 4'096;

class SilentPort : public PacketPort {
 public:
  void SendRtp(SlabRef, MediaKind) override { ++packets; }
  void SendRtcp(SlabRef) override {}
  int packets = 0;
};

struct Kind {
  std::string name;
  rtp::Codec codec;
  rtp::ScalabilityMode mode;
  uint8_t encodings;
};

class ConsumerMemoryTest : public ::testing::TestWithParam<Kind> {
 protected:
  static ConsumerConfig ConfigOf(uint32_t i) {
    ConsumerConfig config = VideoConsumer();
    config.handle = ConsumerHandle(i);
    config.codec = GetParam().codec;
    config.ssrc = Ssrc(1000 + 2 * i);
    config.rtx_ssrc = Ssrc(1001 + 2 * i);
    config.extensions.Register(rtp::ExtensionKind::kDependencyDescriptor, kDescriptorId);
    config.encodings = GetParam().encodings;
    config.spatial_layers = GetParam().mode.spatial;
    config.temporal_layers = GetParam().mode.temporal;
    config.cname = "the cname of a peer, sixteen octets or more";
    return config;
  }
  static void Report(const char* what, int64_t octets) {
    std::cout << "A consumer of " << GetParam().name << ", " << what << ": " << octets << " octets\n";
    ::testing::Test::RecordProperty(what, std::to_string(octets));
  }
  void SetUp() override {
    if (!SLUICE_COUNTS_ALLOCATIONS) GTEST_SKIP() << "the sanitizer has operators of its own";
    session_.SetWritable(now_, true);
  }
  void TearDown() override {
    for (uint32_t i = 0; i < consumers_; ++i) session_.RemoveConsumer(ConsumerHandle(i));
  }
  void AddConsumer() { session_.AddConsumer(now_, ConfigOf(consumers_++), &fan_out_); }

  Timestamp now_ = Timestamp::Seconds(1'000);
  SlabPool pool_;
  SilentPort port_;
  RecordingLink link_;
  FanOut fan_out_{ProducerHandle(1), MediaKind::kVideo, GetParam().encodings, &link_};
  RtpSession session_{{.rtcp_ssrc = kOurs, .clock = {}}, &pool_, &port_};
  uint32_t consumers_ = 0;
};

// With few of them the tables' first sizes weigh more, right after tables have grown they are half empty.
TEST_P(ConsumerMemoryTest, AnIdleOneIsBelowFourKibibytes) {
  const int64_t before = AllocatedBytes();
  int64_t most = 0;
  while (consumers_ < 1'000) {
    AddConsumer();
    if (consumers_ >= 8) most = std::max(most, (AllocatedBytes() - before) / consumers_);
  }
  Report("idle", (AllocatedBytes() - before) / consumers_);
  Report("at most", most);
  EXPECT_LT(most, kMost);
  EXPECT_GT(most, int64_t{sizeof(Consumer)});
}

TEST_P(ConsumerMemoryTest, ARepairAddsLittle) {
  while (consumers_ < 100) AddConsumer();
  LayeredPublisher publisher(
      {.codec = GetParam().codec, .mode = GetParam().mode, .encodings = GetParam().encodings});
  RtpSession source({.rtcp_ssrc = kOurs, .clock = {}}, &pool_, &port_);
  source.AddProducer(now_, publisher.Config(ProducerHandle(1)))->AddSink(&fan_out_);
  for (const Octets& packet : publisher.Next(/*key_picture=*/true)) {
    SlabRef slab = pool_.AcquireCopy(packet);
    slab->packet().arrival = now_;
    source.HandleRtp(now_, slab);
  }
  const int64_t before = AllocatedBytes();
  const int sent = port_.packets;
  for (uint32_t i = 0; i < consumers_; ++i)
    session_.FindConsumer(ConsumerHandle(i))->HandleNack(now_, SequenceNumber(100));
  EXPECT_EQ(port_.packets, sent + static_cast<int>(consumers_));
  Report("for a repair", (AllocatedBytes() - before) / consumers_);
  EXPECT_LT((AllocatedBytes() - before) / consumers_, 512);
}

INSTANTIATE_TEST_SUITE_P(Kinds, ConsumerMemoryTest,
                         ::testing::Values(Kind{"Vp8Simulcast", rtp::Codec::kVp8, {1, 3}, 3},
                                           Kind{"Av1Svc", rtp::Codec::kAv1, {3, 3}, 1}),
                         [](const auto& info) { return info.param.name; });

}  // namespace
}  // namespace sluice::router
