// A send buffer of its own for each data consumer, and what its owner was told.
#pragma once

#include <gtest/gtest.h>

#include <algorithm>
#include <map>
#include <memory>
#include <vector>

#include "router/data/data_port.h"

namespace sluice::router {

class RecordingDataPort : public DataPort {
 public:
  static constexpr size_t kLimit = 100'000;

  DataSendResult SendData(const DataConsumerConfig& consumer, const DataMessage& message,
                          bool unlimited) override {
    size_t& buffered = buffered_[consumer.handle];
    if (closed) return DataSendResult::kClosed;
    if (message.size() > max_message_size) return DataSendResult::kTooLarge;
    if (buffered + message.size() > kLimit && !unlimited) return DataSendResult::kBufferFull;
    buffered += message.size();
    sent[consumer.handle].push_back(message.payload);
    return DataSendResult::kSent;
  }
  size_t BufferedAmount(const DataConsumerConfig& consumer) const override {
    auto it = buffered_.find(consumer.handle);
    return it == buffered_.end() ? 0 : it->second;
  }
  double BufferFill(const DataConsumerConfig& consumer) const override {
    return static_cast<double>(BufferedAmount(consumer)) / kLimit;
  }
  uint64_t BytesLeft() const override { return left_; }
  void ResetOutgoing(uint16_t stream) override { reset_outgoing.push_back(stream); }
  void ResetIncoming(uint16_t stream) override { reset_incoming.push_back(stream); }
  void HoldIncoming(bool now_held) override {
    EXPECT_NE(held, now_held);
    held = now_held;
  }
  void TellBufferFull(DataConsumerHandle consumer) override { ++full[consumer]; }

  // The subscriber takes that much.
  void Drain(DataConsumerHandle consumer, size_t bytes) {
    size_t& buffered = buffered_[consumer];
    const size_t drained = std::min(buffered, bytes);
    buffered -= drained;
    left_ += drained;
  }

  bool closed = false;
  bool held = false;
  size_t max_message_size = kLimit;
  std::map<DataConsumerHandle, std::vector<rtp::SharedBytes>> sent;
  std::map<DataConsumerHandle, int> full;
  std::vector<uint16_t> reset_outgoing;
  std::vector<uint16_t> reset_incoming;

 private:
  std::map<DataConsumerHandle, size_t> buffered_;
  uint64_t left_ = 0;
};

inline rtp::SharedBytes MakePayload(size_t size, uint8_t value = 7) {
  return std::make_shared<const std::vector<uint8_t>>(size, value);
}

inline DataMessage MakeMessage(size_t size) { return {.ppid = 53, .payload = MakePayload(size)}; }

}  // namespace sluice::router
