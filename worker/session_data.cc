// Session: data producers and consumers.
#include <utility>

#include "worker/outbox.h"
#include "worker/session.h"

namespace sluice::worker {

void Session::AddDataProducer(const router::DataProducerConfig& config) {
  context_.data_forwarding->AddProducer(data_.AddProducer(config), this);
  Settle(context_.loop->Now());
}

void Session::RemoveDataProducer(router::DataProducerHandle producer) {
  if (!data_.FindProducer(producer)) return;
  context_.data_forwarding->RemoveProducer(producer);
  data_.RemoveProducer(producer);
  Settle(context_.loop->Now());
}

void Session::SetDataProducerPaused(router::DataProducerHandle producer, bool paused) {
  if (router::DataProducer* found = data_.FindProducer(producer)) found->set_paused(paused);
}

void Session::ProduceData(router::DataProducerHandle producer, const router::DataMessageRef& message) {
  router::DataProducer* found = data_.FindProducer(producer);
  if (!found) return;
  Timestamp now = context_.loop->Now();
  CountReceived(now, message->size());
  found->HandleMessage(now, message);
}

void Session::AddDataConsumer(const router::DataConsumerConfig& config, uint32_t producer_worker) {
  data_.AddConsumer(config, context_.data_forwarding->FanOutFor(config.producer, producer_worker));
  // Its stream may have been somebody else's.
  if (sctp_) SetLowThreshold(config, sctp_->association().options().default_low_threshold);
  Settle(context_.loop->Now());
}

void Session::RemoveDataConsumer(router::DataConsumerHandle handle) {
  router::DataFanOut* fan_out = data_.RemoveConsumer(handle);
  if (!fan_out) return;
  context_.data_forwarding->ReleaseFanOut(fan_out);
  Settle(context_.loop->Now());
}

void Session::SetDataConsumerPaused(router::DataConsumerHandle consumer, bool paused) {
  if (router::DataConsumer* found = data_.FindConsumer(consumer)) found->set_paused(paused);
}

void Session::SetSubchannels(router::DataConsumerHandle consumer, router::Subchannels subchannels) {
  if (router::DataConsumer* found = data_.FindConsumer(consumer))
    found->set_subchannels(std::move(subchannels));
}

void Session::SetBufferedAmountLowThreshold(router::DataConsumerHandle consumer, size_t bytes) {
  if (const router::DataConsumer* found = data_.FindConsumer(consumer))
    SetLowThreshold(found->config(), bytes);
}

Snapshot Session::SendToDataConsumer(router::DataConsumerHandle consumer,
                                     const router::DataMessage& message) {
  router::DataConsumer* found = data_.FindConsumer(consumer);
  if (!found) return std::monostate{};
  Timestamp now = context_.loop->Now();
  SentData sent{.result = found->Send(message)};
  sent.buffered_amount = found->buffered_amount();
  Settle(now);
  return sent;
}

void Session::TellBufferFull(router::DataConsumerHandle consumer) {
  context_.outbox->Tell(DataBufferFull{consumer});
}

void Session::HandleHeld(router::DataProducer* producer, const router::DataSink* sink, bool held) {
  data_.SetHeld(producer, sink, held);
}

Snapshot Session::TakeDataProducerSnapshot(router::DataProducerHandle handle) const {
  const router::DataProducer* producer = data_.FindProducer(handle);
  if (!producer) return std::monostate{};
  return DataProducerSnapshot{.producer = handle, .statistics = producer->statistics()};
}

Snapshot Session::TakeDataConsumerSnapshot(router::DataConsumerHandle handle) const {
  const router::DataConsumer* consumer = data_.FindConsumer(handle);
  if (!consumer) return std::monostate{};
  return DataConsumerSnapshot{.consumer = handle,
                              .statistics = consumer->statistics(),
                              .buffered_amount = consumer->buffered_amount()};
}

}  // namespace sluice::worker
