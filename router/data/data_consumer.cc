#include "router/data/data_consumer.h"

#include <algorithm>

namespace sluice::router {
namespace {
// Of the send buffer's limit: where a consumer begins to hold its producer, and where it lets go. What is
// above takes what is still on its way between the two.
constexpr size_t HighWater(size_t limit) { return limit / 2; }
constexpr size_t LowWater(size_t limit) { return limit / 8; }
}  // namespace

DataConsumer::DataConsumer(const DataConsumerConfig& config, DataFanOut* fan_out, DataPort* port)
    : config_(config), fan_out_(fan_out), port_(port), paused_(config.paused) {
  fan_out_->Add(this);
}

DataConsumer::~DataConsumer() {
  LetGo(Pressure::kNone);
  fan_out_->Remove(this);
}

bool DataConsumer::IsIn(uint16_t subchannel) const {
  return std::find(config_.subchannels.begin(), config_.subchannels.end(), subchannel) !=
         config_.subchannels.end();
}

bool DataConsumer::Wants(const DataMessage& message) const {
  if (message.required && !IsIn(*message.required)) return false;
  if (message.ignored && IsIn(*message.ignored)) return false;
  return message.subchannels.empty() || std::any_of(message.subchannels.begin(), message.subchannels.end(),
                                                    [this](uint16_t subchannel) { return IsIn(subchannel); });
}

void DataConsumer::HandleMessage(Timestamp now, const DataMessage& message) {
  if (!paused_ && Wants(message)) Send(now, message);
}

DataSendResult DataConsumer::Send(Timestamp now, const DataMessage& message) {
  const DataSendResult result = port_->SendData(config_, message);
  switch (result) {
    case DataSendResult::kSent:
      ++statistics_.messages;
      statistics_.bytes += static_cast<int64_t>(message.size());
      HoldIfFull(now);
      break;
    case DataSendResult::kBufferFull:
      ++statistics_.dropped_full;
      port_->TellBufferFull(config_.handle);
      break;
    case DataSendResult::kTooLarge:
      ++statistics_.dropped_too_large;
      break;
    case DataSendResult::kClosed:
      ++statistics_.dropped_closed;
      break;
  }
  return result;
}

void DataConsumer::HoldIfFull(Timestamp now) {
  if (pressure_ != Pressure::kNone || !config_.reliability.reliable()) return;
  if (buffered_amount() <= HighWater(port_->BufferLimit())) return;
  pressure_ = Pressure::kHolding;
  progress_ = Progress();
  next_check_ = now + kProgressInterval;
  fan_out_->Hold();
}

void DataConsumer::LetGo(Pressure next) {
  if (pressure_ == Pressure::kHolding) fan_out_->Release();
  pressure_ = next;
}

void DataConsumer::HandleDrained() {
  if (pressure_ == Pressure::kNone || buffered_amount() > LowWater(port_->BufferLimit())) return;
  LetGo(Pressure::kNone);
}

void DataConsumer::HandleTimeout(Timestamp now) {
  if (now < NextTimeout()) return;
  HandleDrained();
  if (pressure_ != Pressure::kHolding) return;
  const int64_t progress = Progress();
  if (progress - progress_ < kProgressBytes) return LetGo(Pressure::kStalled);
  progress_ = progress;
  next_check_ = now + kProgressInterval;
}

}  // namespace sluice::router
