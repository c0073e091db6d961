#include "router/data/data_producer.h"

#include <algorithm>

namespace sluice::router {

void DataProducer::HandleMessage(Timestamp now, const DataMessageRef& message) {
  ++statistics_.messages;
  statistics_.bytes += static_cast<int64_t>(message->size());
  if (paused_) return;
  for (DataSink* sink : sinks_) sink->HandleMessage(now, message);
}

void DataProducer::RemoveSink(DataSink* sink) { std::erase(sinks_, sink); }

bool DataProducer::SetHeld(const DataSink* sink, bool held) {
  const bool before = this->held();
  std::erase(holders_, sink);
  if (held) holders_.push_back(sink);
  return before != this->held();
}

}  // namespace sluice::router
