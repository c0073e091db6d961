#include "router/data/data_session.h"

#include <algorithm>
#include <utility>

namespace sluice::router {

DataProducer* DataSession::AddProducer(const DataProducerConfig& config) {
  auto producer = std::make_unique<DataProducer>(config);
  DataProducer* added = producer.get();
  if (config.stream) producer_of_stream_[*config.stream] = added;
  producers_[config.handle] = std::move(producer);
  return added;
}

void DataSession::RemoveProducer(DataProducerHandle handle) {
  auto it = producers_.find(handle);
  if (it == producers_.end()) return;
  DataProducer* producer = it->second.get();
  if (producer->held()) CountHeld(-1);
  if (const auto& stream = producer->config().stream) {
    producer_of_stream_.erase(*stream);
    port_->ResetIncoming(*stream);
  }
  producers_.erase(it);
}

DataProducer* DataSession::FindProducer(DataProducerHandle handle) const {
  auto it = producers_.find(handle);
  return it == producers_.end() ? nullptr : it->second.get();
}

DataConsumer* DataSession::AddConsumer(const DataConsumerConfig& config, DataFanOut* fan_out) {
  auto consumer = std::make_unique<DataConsumer>(config, fan_out, port_, &pressed_);
  DataConsumer* added = consumer.get();
  if (config.stream) consumer_of_stream_[*config.stream] = added;
  consumers_[config.handle] = std::move(consumer);
  return added;
}

DataFanOut* DataSession::RemoveConsumer(DataConsumerHandle handle) {
  auto it = consumers_.find(handle);
  if (it == consumers_.end()) return nullptr;
  DataFanOut* fan_out = it->second->fan_out();
  if (const auto& stream = it->second->config().stream) {
    consumer_of_stream_.erase(*stream);
    port_->ResetOutgoing(*stream);
  }
  consumers_.erase(it);
  return fan_out;
}

DataConsumer* DataSession::FindConsumer(DataConsumerHandle handle) const {
  auto it = consumers_.find(handle);
  return it == consumers_.end() ? nullptr : it->second.get();
}

const DataConsumer* DataSession::ConsumerOf(uint16_t stream) const {
  auto it = consumer_of_stream_.find(stream);
  return it == consumer_of_stream_.end() ? nullptr : it->second;
}

bool DataSession::HandleMessage(Timestamp now, uint16_t stream, DataMessage message) {
  auto it = producer_of_stream_.find(stream);
  if (it == producer_of_stream_.end()) {
    ++unknown_streams_;
    return false;
  }
  message.patient = true;
  it->second->HandleMessage(now, std::make_shared<const DataMessage>(std::move(message)));
  return true;
}

void DataSession::SetHeld(DataProducer* producer, const DataSink* sink, bool held) {
  if (producer->SetHeld(sink, held)) CountHeld(held ? 1 : -1);
}

void DataSession::CountHeld(int change) {
  const bool before = held_producers_ > 0;
  held_producers_ += change;
  if (before != (held_producers_ > 0)) port_->HoldIncoming(!before);
}

// Consumers that are relieved take themselves out of the list, and others may come or go on account of it.
void DataSession::HandleDrained() {
  for (size_t i = pressed_.size(); i-- > 0;) {
    if (i < pressed_.size()) pressed_[i]->HandleDrained();
  }
}

void DataSession::HandleTimeout(Timestamp now) {
  for (size_t i = pressed_.size(); i-- > 0;) {
    if (i < pressed_.size()) pressed_[i]->HandleTimeout(now);
  }
}

Timestamp DataSession::NextTimeout() const {
  Timestamp next = Timestamp::Never();
  for (const DataConsumer* consumer : pressed_) next = std::min(next, consumer->NextTimeout());
  return next;
}

}  // namespace sluice::router
