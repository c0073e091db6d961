// One data producer with a thousand consumers on several workers: everybody gets the message, nobody a copy.
#include <gtest/gtest.h>

#include <memory>
#include <set>
#include <variant>
#include <vector>

#include "tests/worker/workers.h"

namespace sluice::worker {
namespace {

TEST(DataToManyTest, AThousandConsumersOnAllWorkersShareOneMessage) {
  constexpr uint32_t kWorkers = 3;
  constexpr uint32_t kConsumers = 1000;
  constexpr router::TransportHandle kSource{1};
  constexpr router::DataProducerHandle kProducer{2};
  Workers workers(kWorkers);
  WorkerPool& pool = workers.pool();
  pool.Send(0, CreateDirectTransport{kSource, 1000, Ssrc(1), 1});
  pool.Send(0, CreateDataProducer{kSource, {.handle = kProducer}});
  for (uint32_t i = 0; i < kConsumers; ++i) {
    const uint32_t worker = i % kWorkers;
    const router::TransportHandle transport(100 + i);
    pool.Send(worker, CreateDirectTransport{transport, 1000, Ssrc(100 + i), 1});
    pool.Send(worker,
              CreateDataConsumer{transport,
                                 {.handle = router::DataConsumerHandle(100 + i), .producer = kProducer},
                                 /*producer_worker=*/0});
  }
  for (int i = 0; i < 2; ++i) {
    for (uint32_t worker = 0; worker < kWorkers; ++worker) workers.Ask<WorkerSnapshot>(worker, {});
  }
  auto payload = std::make_shared<const std::vector<uint8_t>>(100, uint8_t{7});
  router::DataMessage message{.ppid = 53, .payload = payload};
  pool.Send(0, ProduceData{kSource, kProducer, std::make_shared<const router::DataMessage>(message)});

  std::set<router::DataConsumerHandle> reached;
  ASSERT_TRUE(workers.WaitFor([&](const Event& event) {
    if (const auto* consumed = std::get_if<ConsumedData>(&event)) {
      EXPECT_EQ(consumed->payload.get(), payload.get());
      EXPECT_TRUE(reached.insert(consumed->consumer).second);
      pool.application().Remove(consumed->size());
    }
    return reached.size() == kConsumers;
  }));
}

}  // namespace
}  // namespace sluice::worker
