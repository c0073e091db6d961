// Direct transports on real threads, with the test in the application's place.
#include "worker/direct_session.h"

#include <gtest/gtest.h>

#include <variant>
#include <vector>

#include "tests/worker/application.h"
#include "tests/worker/workers.h"

namespace sluice::worker {
namespace {

using router::DataConsumerHandle;
using router::DataProducerHandle;

constexpr Ssrc kSent{7001};
constexpr DataProducerHandle kDataProducer{21};
constexpr DataConsumerHandle kDataConsumer{22};

// An audio producer and a data producer of the application on the first worker, consumers on the last.
class DirectSessionTest : public ::testing::TestWithParam<uint32_t> {
 protected:
  DirectSessionTest() {
    workers_.pool().Send(0, CreateDirectTransport{kFrom, 1000, Ssrc(1), 1});
    workers_.pool().Send(last(), CreateDirectTransport{kTo, 1000, Ssrc(2), 2});
    const router::ProducerConfig producer = AudioProducer(11);
    workers_.pool().Send(0, CreateProducer{kFrom, producer});
    workers_.pool().Send(last(), CreateConsumer{kTo, ConsumerOf(producer, 12, kSent.value()), 0});
    workers_.pool().Send(0, CreateDataProducer{kFrom, {.handle = kDataProducer}});
    workers_.pool().Send(last(),
                         CreateDataConsumer{kTo, {.handle = kDataConsumer, .producer = kDataProducer}, 0});
    Settle();
  }

  uint32_t last() const { return GetParam() - 1; }
  // What the workers have told each other has arrived.
  void Settle() {
    for (int i = 0; i < 2; ++i) {
      for (uint32_t worker = 0; worker < GetParam(); ++worker) workers_.Ask<WorkerSnapshot>(worker, {});
    }
  }
  TransportSnapshot Snapshot(TransportHandle transport, uint32_t worker) {
    return workers_.Ask<TransportSnapshot>(worker, {.transport = transport}).value();
  }

  static constexpr TransportHandle kFrom{1};
  static constexpr TransportHandle kTo{2};
  Workers workers_{GetParam()};
  Application application_{&workers_, kFrom, kDataProducer};
};
INSTANTIATE_TEST_SUITE_P(Workers, DirectSessionTest, ::testing::Values(1u, 2u));

TEST_P(DirectSessionTest, PacketsAndMessagesComeAsEventsAndCountUntilTheyAreHandled) {
  constexpr int kCount = 200;
  for (int i = 0; i < kCount; ++i) {
    application_.SendRtp(static_cast<uint16_t>(i));
    application_.SendData({static_cast<uint8_t>(i)});
  }
  application_.ExpectAll(kSent, kDataConsumer, kCount);
}

TEST_P(DirectSessionTest, WhatIsForAnApplicationThatDoesNotFollowIsBounded) {
  constexpr int kCount = 4000;  // Of 1,000 octets; some 6 MB, were all of them told.
  for (int i = 0; i < kCount; ++i) application_.SendData(std::vector<uint8_t>(1000));
  application_.backlog().SetUnwritten(static_cast<size_t>(ApplicationBacklog::kMax));
  for (int i = 0; i < kCount; ++i) application_.SendData(std::vector<uint8_t>(1000));
  for (uint16_t i = 0; i < 100; ++i) application_.SendRtp(i);
  ASSERT_TRUE(workers_.WaitUntil<DataConsumerSnapshot>(
      last(), {.transport = kTo, .data_consumer = kDataConsumer}, [&](const DataConsumerSnapshot& snapshot) {
        const router::DataConsumerStatistics& statistics = snapshot.statistics;
        return statistics.messages + statistics.dropped_full == 2 * kCount;
      }));
  ASSERT_TRUE(workers_.WaitUntil<TransportSnapshot>(
      last(), {.transport = kTo},
      [](const TransportSnapshot& snapshot) { return Drops(snapshot, "applicationBehind") >= 100; }));
  EXPECT_LT(application_.backlog().bytes(), 2 * ApplicationBacklog::kMax);
}

TEST_P(DirectSessionTest, MessagesLargerThanTheApplicationTakesAreCounted) {
  application_.SendData(std::vector<uint8_t>(1001));
  EXPECT_TRUE(workers_.WaitUntil<DataConsumerSnapshot>(
      last(), {.transport = kTo, .data_consumer = kDataConsumer},
      [](const DataConsumerSnapshot& snapshot) { return snapshot.statistics.dropped_too_large == 1; }));
}

TEST_P(DirectSessionTest, WhatIsTheApplicationsIsHandledThoughItsTransportIsGone) {
  workers_.pool().Send(0, CloseTransport{kFrom});
  int64_t expected = 0;
  for (int i = 0; i < 10; ++i) {
    application_.SendRtp(static_cast<uint16_t>(i));
    expected += ApplicationBacklog::CostOf(12 + kPayload.size());
  }
  ASSERT_TRUE(workers_.WaitFor([&](const Event& event) {
    if (const auto* handled = std::get_if<ApplicationHandled>(&event)) expected -= handled->cost;
    return expected == 0;
  }));
}

}  // namespace
}  // namespace sluice::worker
