// Forwarding from end to end through two sessions, with loss, reordering and duplication on both sides, in
// virtual time. What the subscriber has in the end must be what the publisher sent, once and in order.
#include <gtest/gtest.h>

#include <set>

#include "tests/router/session_fixture.h"
#include "tests/router/sim_room.h"

namespace sluice::router {
namespace {

constexpr sim::Link::Options kBad = {
    .delay = TimeDelta::Millis(15), .jitter = TimeDelta::Millis(30), .loss = 0.05, .duplication = 0.02};

// Nothing is missing at the server when the test interferes.
constexpr sim::Link::Options kGood = {};

// The last packets before a break in the publisher's stream may be lost for good: there the history ends.
enum class Tails { kComplete, kMayBeLost };

class ForwardingTest : public ::testing::TestWithParam<uint64_t> {
 protected:
  SimRoom::Options Options(sim::Link::Options up = kBad, sim::Link::Options back = kBad) const {
    return {
        .seed = GetParam(), .up = up, .back = back, .down = kBad, .producer = VideoProducer(), .rtx = true};
  }
  static void Publish(SimRoom& room) { room.publisher.Add(kVideoSsrc.value(), kVideoRtxSsrc.value()); }
  // Two encodings, named by MID and SSRC.
  static ProducerConfig Simulcast() {
    ProducerConfig config = VideoProducer();
    config.encodings.push_back({.ssrc = Ssrc(22), .rtx_ssrc = Ssrc(23), .rid = ""});
    return config;
  }

  // The subscriber has a continuous sequence of numbers; behind it stands the publisher's stream without a
  // hole or a repetition but where a key frame begins a new stretch. Answers the number of stretches.
  static int CheckContinuity(const SimRoom& room, Tails tails = Tails::kComplete) {
    EXPECT_TRUE(tails == Tails::kMayBeLost || room.subscriber.missing() == 0);
    const auto& packets = room.subscriber.packets();
    if (packets.empty()) return 0;
    std::set<std::pair<uint32_t, uint32_t>> seen;
    int stretches = 0;
    const SimSubscriber::Received* last = nullptr;
    int64_t expected = packets.begin()->first;
    for (const auto& [sequence, packet] : packets) {
      bool excused = tails == Tails::kMayBeLost && packet.label.key_frame_start;
      EXPECT_TRUE(excused || sequence == expected) << "a gap before packet " << packet.label.id;
      expected = sequence + 1;
      EXPECT_TRUE(seen.emplace(packet.label.source, packet.label.id).second) << "sent twice";
      stretches += CheckStep(last, packet) ? 0 : 1;
      last = &packet;
    }
    return stretches;
  }

  // False: `packet` begins a stretch.
  static bool CheckStep(const SimSubscriber::Received* last, const SimSubscriber::Received& packet) {
    const PacketLabel& label = packet.label;
    if (!last || label.source != last->label.source || label.id != last->label.id + 1) {
      EXPECT_TRUE(label.key_frame_start) << "of " << label.source << ", " << label.id;
      EXPECT_TRUE(!last || static_cast<int32_t>(packet.timestamp - last->timestamp) > 0);
      return false;
    }
    const uint32_t frame_time = SimPublisher::kFrameTime.ms() * 90;
    EXPECT_EQ(packet.timestamp - last->timestamp, label.frame == last->label.frame ? 0 : frame_time);
    EXPECT_EQ(last->marker, label.frame != last->label.frame);
    return true;
  }
};

TEST_P(ForwardingTest, TenMinutesOfABadNetworkLoseNothing) {
  SimRoom room(Options());
  Publish(room);
  Consumer* consumer = room.Join();
  room.sim.RunFor(TimeDelta::Seconds(600));
  EXPECT_GT(consumer->statistics().round_trip_time, TimeDelta::Millis(25));
  EXPECT_LT(consumer->statistics().round_trip_time, TimeDelta::Millis(100));
  room.Settle();
  EXPECT_EQ(CheckContinuity(room), 1);
  const auto delivered = static_cast<int64_t>(room.subscriber.packets().size());
  EXPECT_GT(delivered, 20'000);
  EXPECT_GT(delivered, room.publisher.packets() - 50);
  // Some 5 % were repaired on either side, by RTX.
  EXPECT_GT(room.publisher.repairs(), delivered / 30);
  EXPECT_GT(room.subscriber.repairs(), delivered / 30);
  EXPECT_LT(room.subscriber.repairs(), delivered / 5);
  EXPECT_EQ(room.a.drops().rtp_unknown_source + room.a.drops().rtp_malformed, 0);
  EXPECT_GT(room.a.drops().rtp_duplicate, 0);
}

TEST_P(ForwardingTest, WithoutRtxRepairsAreTheSamePackets) {
  SimRoom::Options options = Options();
  options.rtx = false;
  SimRoom room(options);
  Publish(room);
  room.Join();
  room.sim.RunFor(TimeDelta::Seconds(120));
  room.Settle();
  EXPECT_EQ(CheckContinuity(room), 1);
  EXPECT_GT(room.port_b().repeats(), 100);
  EXPECT_EQ(room.subscriber.repairs(), 0);
}

TEST_P(ForwardingTest, WhoJoinsLateBeginsWithAKeyFrame) {
  SimRoom room(Options());
  Publish(room);
  room.sim.RunFor(TimeDelta::Seconds(60));
  const int64_t key_frames = room.publisher.key_frames();
  EXPECT_LE(key_frames, 3);
  room.Join();
  room.sim.RunFor(TimeDelta::Seconds(30));
  room.Settle();
  EXPECT_EQ(CheckContinuity(room), 1);
  ASSERT_FALSE(room.subscriber.packets().empty());
  const SimSubscriber::Received& first = room.subscriber.packets().begin()->second;
  EXPECT_GT(first.label.frame, 1000u);
  EXPECT_LT(first.label.frame, 1300u);
  EXPECT_GT(room.publisher.key_frames(), key_frames);
}

// As long as the key frame comes before the history has forgotten the last packets of before the pause.
TEST_P(ForwardingTest, PausesLeaveNoGap) {
  SimRoom room(Options(kBad, kGood));
  Publish(room);
  Consumer* consumer = room.Join();
  room.sim.RunFor(TimeDelta::Seconds(5));
  constexpr int kPauses = 50;
  for (int i = 0; i < kPauses; ++i) {
    consumer->Pause(room.sim.now());
    room.sim.RunFor(TimeDelta::Millis(static_cast<int64_t>(100 + room.sim.random()() % 800)));
    consumer->Resume(room.sim.now());
    room.sim.RunFor(TimeDelta::Millis(2500));
  }
  room.Settle();
  EXPECT_EQ(CheckContinuity(room), kPauses + 1);
}

TEST_P(ForwardingTest, APausedProducerIsNoLoss) {
  SimRoom room(Options(kGood, kGood));
  Publish(room);
  room.Join();
  room.sim.RunFor(TimeDelta::Seconds(5));
  for (int i = 0; i < 20; ++i) {
    room.producer->Pause();
    room.sim.RunFor(TimeDelta::Millis(static_cast<int64_t>(500 + room.sim.random()() % 800)));
    room.ResumeProducer();
    room.sim.RunFor(TimeDelta::Seconds(3));
  }
  room.Settle();
  EXPECT_EQ(CheckContinuity(room, Tails::kMayBeLost), 21);
}

TEST_P(ForwardingTest, ANewSsrcContinuesTheSubscribersStream) {
  SimRoom::Options options = Options(kGood, kGood);
  options.producer.encodings = {{}};  // Known by its MID.
  SimRoom room(options);
  room.Join();
  for (uint32_t i = 0; i < 20; ++i) {
    room.publisher.RemoveAll();
    room.sim.RunFor(TimeDelta::Millis(500));
    room.publisher.Add(1000 + i, 2000 + i);
    room.sim.RunFor(TimeDelta::Seconds(4));
  }
  room.Settle();
  EXPECT_EQ(CheckContinuity(room, Tails::kMayBeLost), 20);
}

TEST_P(ForwardingTest, SwitchingEncodingsMakesOneStream) {
  SimRoom::Options options = Options();
  options.producer = Simulcast();
  SimRoom room(options);
  Publish(room);
  room.publisher.Add(22, 23);
  Consumer* consumer = room.Join({1, 0});
  constexpr int kSwitches = 60;
  for (int i = 0; i < kSwitches; ++i) {
    room.sim.RunFor(TimeDelta::Seconds(3));
    EXPECT_EQ(consumer->current_encoding(), (i + 1) % 2);
    consumer->SetPreferredLayers(room.sim.now(), {static_cast<uint8_t>(i % 2), 0});
  }
  room.Settle();
  // It begins with whichever encoding came first.
  const int stretches = CheckContinuity(room);
  EXPECT_GE(stretches, kSwitches + 1);
  EXPECT_LE(stretches, kSwitches + 2);
}

INSTANTIATE_TEST_SUITE_P(Seeds, ForwardingTest, ::testing::Range<uint64_t>(1, 5));

}  // namespace
}  // namespace sluice::router
