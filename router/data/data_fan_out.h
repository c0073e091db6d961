// One worker's consumers of a data producer.
//
// Thread: the worker's.
#pragma once

#include <vector>

#include "router/data/data_sink.h"

namespace sluice::router {

class DataConsumer;

class DataFanOut : public DataSink {
 public:
  // `link` outlives the fan-out.
  DataFanOut(DataProducerHandle producer, DataProducerLink* link) : producer_(producer), link_(link) {}
  DataFanOut(const DataFanOut&) = delete;
  DataFanOut& operator=(const DataFanOut&) = delete;

  void Add(DataConsumer* consumer) { consumers_.push_back(consumer); }
  void Remove(DataConsumer* consumer);
  bool empty() const { return consumers_.empty(); }
  DataProducerHandle producer() const { return producer_; }

  void HandleMessage(Timestamp now, const DataMessageRef& message) override;

  // A consumer cannot keep up, or can again; each Hold() has its Release().
  void Hold();
  void Release();

 private:
  DataProducerHandle producer_;
  DataProducerLink* link_;
  std::vector<DataConsumer*> consumers_;
  int holding_ = 0;
};

}  // namespace sluice::router
