#include "router/data/data_consumer.h"

#include <algorithm>

namespace sluice::router {

DataConsumer::DataConsumer(const DataConsumerConfig& config, DataFanOut* fan_out, DataPort* port,
                           std::vector<DataConsumer*>* pressed)
    : config_(config), fan_out_(fan_out), port_(port), pressed_(pressed), paused_(config.paused) {
  fan_out_->Add(this);
}

DataConsumer::~DataConsumer() {
  fan_out_->Remove(this);  // First: whom it releases sends at once.
  SetPressure(Pressure::kNone);
}

bool DataConsumer::IsIn(uint16_t subchannel) const {
  return std::find(config_.subchannels.begin(), config_.subchannels.end(), subchannel) !=
         config_.subchannels.end();
}

bool DataConsumer::Wants(const DataMessage& message) const {
  if (config_.pipe) return true;
  if (message.required && !IsIn(*message.required)) return false;
  if (message.ignored && IsIn(*message.ignored)) return false;
  return message.subchannels.empty() || std::any_of(message.subchannels.begin(), message.subchannels.end(),
                                                    [this](uint16_t subchannel) { return IsIn(subchannel); });
}

void DataConsumer::HandleMessage(Timestamp now, const DataMessage& message) {
  if (paused_ || !Wants(message)) return;
  const bool waits = message.patient && config_.reliability.reliable();
  Send(message, waits && pressure_ != Pressure::kStalled);
  if (waits) HoldIfFull(now);
}

DataSendResult DataConsumer::Send(const DataMessage& message, bool unlimited) {
  const DataSendResult result = port_->SendData(config_, message, unlimited);
  switch (result) {
    case DataSendResult::kSent:
      ++statistics_.messages;
      statistics_.bytes += static_cast<int64_t>(message.size());
      told_full_ = false;
      break;
    case DataSendResult::kBufferFull:
      ++statistics_.dropped_full;
      if (!std::exchange(told_full_, true)) port_->TellBufferFull(config_.handle);
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
  if (pressure_ != Pressure::kNone || port_->BufferFill(config_) <= kHighWater) return;
  bytes_left_ = port_->BytesLeft();
  next_check_ = now + kProgressInterval;
  SetPressure(Pressure::kHolding);
}

void DataConsumer::SetPressure(Pressure pressure) {
  const Pressure before = std::exchange(pressure_, pressure);
  if (before == pressure) return;
  if (before == Pressure::kNone) pressed_->push_back(this);
  if (pressure == Pressure::kNone) std::erase(*pressed_, this);
  if (before == Pressure::kHolding) fan_out_->Release();
  if (pressure == Pressure::kHolding) fan_out_->Hold();
}

void DataConsumer::HandleDrained() {
  if (pressure_ != Pressure::kNone && port_->BufferFill(config_) <= kLowWater) SetPressure(Pressure::kNone);
}

void DataConsumer::HandleTimeout(Timestamp now) {
  if (now < NextTimeout()) return;
  const uint64_t progress = port_->BytesLeft() - bytes_left_;
  bytes_left_ += progress;
  next_check_ = now + kProgressInterval;
  SetPressure(progress < kProgressBytes ? Pressure::kStalled : Pressure::kHolding);
}

}  // namespace sluice::router
