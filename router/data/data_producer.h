// A publisher's data channel: hands each message once to every sink (one a worker that has consumers).
//
// Thread: the worker of its transport.
#pragma once

#include <cstdint>
#include <vector>

#include "router/data/data_config.h"
#include "router/data/data_sink.h"

namespace sluice::router {

struct DataProducerStatistics {
  int64_t messages = 0;  // Received, those of a paused producer too.
  int64_t bytes = 0;
};

class DataProducer {
 public:
  explicit DataProducer(const DataProducerConfig& config) : config_(config), paused_(config.paused) {}
  DataProducer(const DataProducer&) = delete;
  DataProducer& operator=(const DataProducer&) = delete;

  void HandleMessage(Timestamp now, const DataMessageRef& message);

  // `sink` outlives its removal.
  void AddSink(DataSink* sink) { sinks_.push_back(sink); }
  void RemoveSink(DataSink* sink);
  // True when the producer becomes held, or stops to be: it is while any of its sinks wants it.
  bool SetHeld(const DataSink* sink, bool held);
  bool held() const { return !holders_.empty(); }

  void set_paused(bool paused) { paused_ = paused; }
  bool paused() const { return paused_; }
  const DataProducerConfig& config() const { return config_; }
  const DataProducerStatistics& statistics() const { return statistics_; }

 private:
  DataProducerConfig config_;
  bool paused_;
  std::vector<DataSink*> sinks_;
  std::vector<const DataSink*> holders_;
  DataProducerStatistics statistics_;
};

}  // namespace sluice::router
