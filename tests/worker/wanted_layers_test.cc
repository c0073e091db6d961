// What subscribers on any worker want reaches the producer's worker, which tells it.
#include <gtest/gtest.h>

#include <optional>
#include <variant>

#include "tests/worker/workers.h"

namespace sluice::worker {
namespace {

class WantedLayersTest : public ::testing::TestWithParam<uint32_t> {
 protected:
  // The publisher on worker 0, the subscriber on this one.
  uint32_t there() const { return GetParam(); }
  bool WaitUntilWanted(std::optional<rtp::Layers> first, std::optional<rtp::Layers> second) {
    return workers_.WaitFor([&](const Event& event) {
      const auto* told = std::get_if<router::SessionEvent>(&event);
      const auto* wanted = told ? std::get_if<router::WantedLayersChanged>(told) : nullptr;
      return wanted && wanted->wanted.Of(0) == first && wanted->wanted.Of(1) == second;
    });
  }

  Workers workers_{2};
};

TEST_P(WantedLayersTest, ArriveAtTheProducersWorker) {
  Peer publisher = MakePeer(workers_, 0, 1);
  Peer subscriber = MakePeer(workers_, there(), 2);
  router::ProducerConfig producer = VideoProducer(10);
  producer.encodings.push_back({.ssrc = Ssrc(kPublished.value() + 1), .rtx_ssrc = {}, .rid = ""});
  router::ConsumerConfig consumer = ConsumerOf(producer, 11, 2222);
  consumer.encodings = 2;
  workers_.pool().Send(0, CreateProducer{publisher.transport, producer});
  workers_.pool().Send(there(), CreateConsumer{subscriber.transport, consumer, 0});
  // Its transport cannot send yet.
  ASSERT_TRUE(WaitUntilWanted(std::nullopt, std::nullopt));
  ASSERT_TRUE(subscriber.client->Connect());
  EXPECT_TRUE(WaitUntilWanted(std::nullopt, rtp::Layers{0, 0}));
  workers_.pool().Send(there(), SetPreferredLayers{subscriber.transport, consumer.handle, {0, 0}});
  EXPECT_TRUE(WaitUntilWanted(rtp::Layers{0, 0}, rtp::Layers{0, 0}));  // Less takes a while.
}

INSTANTIATE_TEST_SUITE_P(Workers, WantedLayersTest, ::testing::Values(0, 1));

}  // namespace
}  // namespace sluice::worker
