// A test in the application's place: it sends on a direct transport of worker 0, and gets what another has.
#pragma once

#include <cstdint>
#include <vector>

#include "tests/worker/workers.h"

namespace sluice::worker {

class Application {
 public:
  // A transport of worker 0 and a data producer on it. `workers` outlives it.
  Application(Workers* workers, TransportHandle transport, router::DataProducerHandle data_producer)
      : workers_(workers), transport_(transport), data_producer_(data_producer) {}

  // A packet of the stream kPublished.
  void SendRtp(uint16_t number);
  void SendData(std::vector<uint8_t> payload);
  // Waits for `count` packets of `ssrc` and `count` messages of one byte, their number.
  void ExpectAll(Ssrc ssrc, router::DataConsumerHandle data_consumer, int count);
  ApplicationBacklog& backlog() { return workers_->pool().application(); }

 private:
  Workers* workers_;
  TransportHandle transport_;
  router::DataProducerHandle data_producer_;
};

}  // namespace sluice::worker
