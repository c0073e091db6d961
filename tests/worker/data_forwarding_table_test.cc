#include "worker/data_forwarding_table.h"

#include <gtest/gtest.h>

#include <memory>
#include <utility>
#include <variant>
#include <vector>

#include "router/data/data_session.h"
#include "tests/router/data/recording_data_port.h"

namespace sluice::worker {
namespace {

using router::DataConsumerHandle;
using router::DataProducerHandle;

constexpr DataProducerHandle kChat{1};
constexpr size_t kMessage = 64 * 1024;

// A worker's table without the worker: a session with a port that takes everything.
class Side : public DataProducerHome {
 public:
  Side(uint32_t self, Switchboard* switchboard)
      : outbox_(
            self, switchboard, [](uint32_t) {}, [] {}),
        table(&outbox_) {}

  ~Side() override {
    while (!session.consumers().empty()) session.RemoveConsumer(session.consumers().begin()->first);
  }

  void HandleHeld(router::DataProducer* producer, const router::DataSink* sink, bool held) override {
    session.SetHeld(producer, sink, held);
  }
  void Handle(uint32_t from, const PeerRequest& request) {
    if (auto* subscribe = std::get_if<SubscribeData>(&request)) table.Handle(from, *subscribe);
    if (auto* unsubscribe = std::get_if<UnsubscribeData>(&request)) table.Handle(from, *unsubscribe);
    if (auto* hold = std::get_if<HoldData>(&request)) table.Handle(from, *hold);
    if (auto* handled = std::get_if<DataHandled>(&request)) table.Handle(from, *handled);
    if (auto* forwarded = std::get_if<ForwardedData>(&request)) table.Handle(Timestamp(), *forwarded);
  }

  router::RecordingDataPort port;
  router::DataSession session{&port};

 private:
  Outbox outbox_;

 public:
  DataForwardingTable table;
};

class DataForwardingTableTest : public ::testing::Test {
 protected:
  // What the workers have said to each other arrives.
  void Deliver() {
    for (bool more = true; more;) {
      more = switchboard_.requests(0, 1).Drain([&](PeerRequest&& request) { there_.Handle(0, request); }) > 0;
      more |= switchboard_.requests(1, 0).Drain([&](PeerRequest&& request) { here_.Handle(1, request); }) > 0;
    }
  }
  void AddProducer() {
    producer_ = here_.session.AddProducer({.handle = kChat, .stream = 1});
    here_.table.AddProducer(producer_, &here_);
  }
  void AddConsumer(uint32_t handle) {
    router::DataFanOut* fan_out = there_.table.FanOutFor(kChat, 0);
    there_.session.AddConsumer({.handle = DataConsumerHandle(handle), .producer = kChat}, fan_out);
  }
  void RemoveConsumer(uint32_t handle) {
    there_.table.ReleaseFanOut(there_.session.RemoveConsumer(DataConsumerHandle(handle)));
  }
  void Publish(size_t size = kMessage) {
    here_.session.HandleMessage(Timestamp(), 1, 53, router::MakePayload(size));
  }
  size_t Received(uint32_t handle) { return there_.port.sent[DataConsumerHandle(handle)].size(); }

  Switchboard switchboard_{2};
  Side here_{0, &switchboard_};
  Side there_{1, &switchboard_};
  router::DataProducer* producer_ = nullptr;
};

TEST_F(DataForwardingTableTest, AMessageCrossesOnceByReferenceForAllConsumersThere) {
  AddProducer();
  AddConsumer(1);
  AddConsumer(2);
  Deliver();
  rtp::SharedBytes payload = router::MakePayload(10);
  here_.session.HandleMessage(Timestamp(), 1, 53, payload);
  size_t crossed = switchboard_.requests(0, 1).PublishedCount() - switchboard_.requests(0, 1).DrainedCount();
  EXPECT_EQ(crossed, 1u);
  Deliver();
  for (uint32_t consumer : {1, 2}) {
    ASSERT_EQ(Received(consumer), 1u);
    EXPECT_EQ(there_.port.sent[DataConsumerHandle(consumer)][0], payload);
  }
}

TEST_F(DataForwardingTableTest, NothingCrossesAfterTheLastConsumerLeft) {
  AddProducer();
  AddConsumer(1);
  Deliver();
  RemoveConsumer(1);
  Deliver();
  Publish();
  EXPECT_EQ(switchboard_.requests(0, 1).PublishedCount(), switchboard_.requests(0, 1).DrainedCount());
}

TEST_F(DataForwardingTableTest, ANeighbourThatIsBehindHoldsThePublisher) {
  AddProducer();
  AddConsumer(1);
  Deliver();
  int published = 0;
  for (; !here_.port.held; ++published) Publish();
  EXPECT_LE(static_cast<int64_t>(published * kMessage), DataForwardingTable::kWindow + 2 * int64_t{kMessage});
  there_.port.max_message_size = 0;  // Of no interest here: they are handled all the same.
  Deliver();
  EXPECT_FALSE(here_.port.held);
}

TEST_F(DataForwardingTableTest, AConsumerThereHoldsAndLetsGo) {
  AddProducer();
  AddConsumer(1);
  Deliver();
  Publish(60'000);
  Deliver();
  EXPECT_TRUE(here_.port.held);
  there_.port.Drain(DataConsumerHandle(1), 60'000);
  there_.session.HandleDrained();
  Deliver();
  EXPECT_FALSE(here_.port.held);
}

TEST_F(DataForwardingTableTest, AHeldPublisherIsFreedWhenTheConsumerLeaves) {
  AddProducer();
  AddConsumer(1);
  Deliver();
  Publish(60'000);
  Deliver();
  ASSERT_TRUE(here_.port.held);
  RemoveConsumer(1);
  Deliver();
  EXPECT_FALSE(here_.port.held);
}

TEST_F(DataForwardingTableTest, WhatNobodyCanHoldIsBoundedAndCounted) {
  AddProducer();
  AddConsumer(1);
  Deliver();
  const auto fit = static_cast<int>(DataForwardingTable::kMaxInFlight / int64_t{kMessage});
  for (int i = 0; i < fit + 10; ++i) Publish();
  EXPECT_EQ(here_.table.dropped(), 10u);
}

TEST_F(DataForwardingTableTest, AConsumerOnTheSameWorkerNeedsNoMailbox) {
  AddProducer();
  router::DataFanOut* fan_out = here_.table.FanOutFor(kChat, 0);
  here_.session.AddConsumer({.handle = DataConsumerHandle(3), .producer = kChat}, fan_out);
  Publish(10);
  EXPECT_EQ(here_.port.sent[DataConsumerHandle(3)].size(), 1u);
  here_.table.ReleaseFanOut(here_.session.RemoveConsumer(DataConsumerHandle(3)));
}

}  // namespace
}  // namespace sluice::worker
