// One transport's data producers and consumers.
//
//   session.HandleMessage(now, stream, ppid, payload);   // of the peer's SCTP association
//   session.HandleDrained();                             // whenever buffered amounts may have fallen
//
// Thread: the worker of the transport.
#pragma once

#include <cstdint>
#include <memory>
#include <utility>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "router/data/data_config.h"
#include "router/data/data_consumer.h"
#include "router/data/data_port.h"
#include "router/data/data_producer.h"

namespace sluice::router {

class DataSession {
 public:
  // `port` outlives the session.
  explicit DataSession(DataPort* port) : port_(port) {}
  DataSession(const DataSession&) = delete;
  DataSession& operator=(const DataSession&) = delete;

  DataProducer* AddProducer(const DataProducerConfig& config);
  // Nothing while there is none.
  void RemoveProducer(DataProducerHandle handle);
  DataProducer* FindProducer(DataProducerHandle handle) const;
  // `fan_out` outlives the consumer's removal.
  DataConsumer* AddConsumer(const DataConsumerConfig& config, DataFanOut* fan_out);
  // The fan-out it came from; nullptr: unknown.
  DataFanOut* RemoveConsumer(DataConsumerHandle handle);
  DataConsumer* FindConsumer(DataConsumerHandle handle) const;

  // False: no producer has this stream, and the message was dropped and counted.
  bool HandleMessage(Timestamp now, uint16_t stream, uint32_t ppid, rtp::SharedBytes payload) {
    return HandleMessage(now, stream, {.ppid = ppid, .payload = std::move(payload)});
  }
  bool HandleMessage(Timestamp now, uint16_t stream, DataMessage message);
  // A producer of this session is held, or no longer; the peer is read from only while none is.
  void SetHeld(DataProducer* producer, const DataSink* sink, bool held);
  void HandleDrained();
  // Early calls are harmless.
  void HandleTimeout(Timestamp now);
  Timestamp NextTimeout() const;

  // nullptr: none has this stream.
  const DataConsumer* ConsumerOf(uint16_t stream) const;

  int64_t unknown_streams() const { return unknown_streams_; }
  const absl::flat_hash_map<DataProducerHandle, std::unique_ptr<DataProducer>>& producers() const {
    return producers_;
  }
  const absl::flat_hash_map<DataConsumerHandle, std::unique_ptr<DataConsumer>>& consumers() const {
    return consumers_;
  }

 private:
  void CountHeld(int change);

  DataPort* port_;
  std::vector<DataConsumer*> pressed_;  // Those whose buffer is or was full; outlives the consumers.
  absl::flat_hash_map<DataProducerHandle, std::unique_ptr<DataProducer>> producers_;
  absl::flat_hash_map<DataConsumerHandle, std::unique_ptr<DataConsumer>> consumers_;
  absl::flat_hash_map<uint16_t, DataProducer*> producer_of_stream_;
  absl::flat_hash_map<uint16_t, DataConsumer*> consumer_of_stream_;
  int held_producers_ = 0;
  int64_t unknown_streams_ = 0;
};

}  // namespace sluice::router
