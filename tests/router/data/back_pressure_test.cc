// A publisher that is faster than its subscribers.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/router/data/sim_data_room.h"

namespace sluice::router {
namespace {

using ::testing::Lt;
using ::testing::SizeIs;

constexpr sim::Link::Options kFast = {.delay = TimeDelta::Millis(5)};
// Slow because its packets are lost, not because it is dead.
constexpr sim::Link::Options kSlow = {.delay = TimeDelta::Millis(40), .loss = 0.05};
constexpr int kMessages = 1'500;
constexpr size_t kSize = 4'000;  // 6 MB in all, three times a send buffer.

TEST(DataBackPressureTest, AReliableChannelLosesNothingToASlowSubscriber) {
  SimDataRoom room(1);
  SimDataPeer& slow = room.AddSubscriber(kSlow);
  SimDataPeer& fast = room.AddSubscriber(kFast);
  room.sim.RunFor(TimeDelta::Seconds(5));
  room.Publish(kMessages, kSize);
  room.sim.RunFor(TimeDelta::Seconds(300));
  EXPECT_THAT(slow.received, SizeIs(kMessages));
  EXPECT_THAT(fast.received, SizeIs(kMessages));
  EXPECT_EQ(slow.told_full, 0);
  EXPECT_FALSE(room.held());
}

TEST(DataBackPressureTest, ASmallSendBufferLosesNothingEither) {
  SimDataRoom room(2, {.send_buffer_size = 50'000, .per_stream_send_queue_limit = 50'000});
  SimDataPeer& slow = room.AddSubscriber({.delay = TimeDelta::Millis(150)});
  room.sim.RunFor(TimeDelta::Seconds(5));
  room.Publish(kMessages, kSize);
  room.sim.RunFor(TimeDelta::Seconds(300));
  EXPECT_THAT(slow.received, SizeIs(kMessages));
}

TEST(DataBackPressureTest, ASubscriberThatStallsIsLeftBehindAndTold) {
  SimDataRoom room(3);
  SimDataPeer& stalled = room.AddSubscriber(kFast);
  SimDataPeer& fast = room.AddSubscriber(kFast);
  room.sim.RunFor(TimeDelta::Seconds(5));
  stalled.peer.SetReceiving(false);
  room.Publish(3'000, kSize);  // 12 MB: the stalled one's window and send buffer are 7 MB.
  room.sim.RunFor(TimeDelta::Seconds(5));
  EXPECT_THAT(fast.received, SizeIs(3'000));
  EXPECT_GT(stalled.told_full, 0);
  EXPECT_FALSE(room.held());
  stalled.peer.SetReceiving(true);
  stalled.Drain();
  room.sim.RunFor(TimeDelta::Seconds(30));
  EXPECT_THAT(stalled.received.size(), Lt(3'000u));
  const size_t before = stalled.received.size();
  room.Publish(100, kSize);  // It is served again.
  room.sim.RunFor(TimeDelta::Seconds(30));
  EXPECT_THAT(stalled.received, SizeIs(before + 100));
}

TEST(DataBackPressureTest, AnUnreliableChannelDoesNotHoldThePublisher) {
  SimDataRoom room(4, {.send_buffer_size = 50'000});
  SimDataPeer& slow = room.AddSubscriber(kSlow, {.ordered = false, .max_retransmits = 0});
  SimDataPeer& fast = room.AddSubscriber(kFast);
  room.sim.RunFor(TimeDelta::Seconds(5));
  room.Publish(kMessages, kSize);
  room.sim.RunFor(TimeDelta::Seconds(30));
  EXPECT_THAT(fast.received, SizeIs(kMessages));
  EXPECT_THAT(slow.received.size(), Lt(static_cast<size_t>(kMessages)));
  EXPECT_GT(slow.told_full, 0);
}

TEST(DataBackPressureTest, ASubscriberThatLeavesLetsThePublisherGo) {
  SimDataRoom room(5);
  SimDataPeer& stalled = room.AddSubscriber(kFast);
  room.sim.RunFor(TimeDelta::Seconds(5));
  stalled.peer.SetReceiving(false);
  room.Publish(1'700, kSize);
  room.sim.RunFor(TimeDelta::Millis(300));
  EXPECT_TRUE(room.held());
  stalled.data.RemoveConsumer(DataConsumerHandle(1));
  EXPECT_FALSE(room.held());
}

}  // namespace
}  // namespace sluice::router
