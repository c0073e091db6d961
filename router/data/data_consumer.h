// One subscriber's view of a data producer: which messages it gets, and what happens when it does not keep
// up.
//
// A reliable channel is to lose nothing merely because the publisher is faster than the subscriber. So while
// a reliable consumer has much in its send buffer it holds the producer, whose peer is then not read from
// until the buffer has emptied. It may do so only as long as it makes progress: one that stalls lets go, and
// what no longer fits its buffer is dropped and told, as it is at once for a channel that is not reliable.
//
// Thread: the worker of its transport.
#pragma once

#include <cstdint>

#include "router/data/data_config.h"
#include "router/data/data_fan_out.h"
#include "router/data/data_port.h"

namespace sluice::router {

struct DataConsumerStatistics {
  int64_t messages = 0;  // Taken for sending.
  int64_t bytes = 0;
  int64_t dropped_full = 0;       // The buffer was full.
  int64_t dropped_too_large = 0;  // More than the subscriber takes.
  int64_t dropped_closed = 0;     // The association does not stand (yet, or any more).
};

class DataConsumer {
 public:
  // What a subscriber must take in each interval to be waited for.
  static constexpr TimeDelta kProgressInterval = TimeDelta::Seconds(1);
  static constexpr int64_t kProgressBytes = 16 * 1024;

  // Both outlive the consumer.
  DataConsumer(const DataConsumerConfig& config, DataFanOut* fan_out, DataPort* port);
  ~DataConsumer();
  DataConsumer(const DataConsumer&) = delete;
  DataConsumer& operator=(const DataConsumer&) = delete;

  // Of the producer.
  void HandleMessage(Timestamp now, const DataMessage& message);
  // Of the application, for this consumer alone.
  DataSendResult Send(Timestamp now, const DataMessage& message);

  // The buffered amount may have become smaller.
  void HandleDrained();
  // Early calls are harmless.
  void HandleTimeout(Timestamp now);
  Timestamp NextTimeout() const { return pressure_ == Pressure::kHolding ? next_check_ : Timestamp::Never(); }

  void set_paused(bool paused) { paused_ = paused; }
  bool paused() const { return paused_; }
  void set_subchannels(Subchannels subchannels) { config_.subchannels = std::move(subchannels); }
  size_t buffered_amount() const { return port_->BufferedAmount(config_); }
  DataFanOut* fan_out() const { return fan_out_; }
  const DataConsumerConfig& config() const { return config_; }
  const DataConsumerStatistics& statistics() const { return statistics_; }

 private:
  enum class Pressure : uint8_t { kNone, kHolding, kStalled };

  bool Wants(const DataMessage& message) const;
  bool IsIn(uint16_t subchannel) const;
  // Bytes that have left.
  int64_t Progress() const { return statistics_.bytes - static_cast<int64_t>(buffered_amount()); }
  void HoldIfFull(Timestamp now);
  void LetGo(Pressure next);

  DataConsumerConfig config_;
  DataFanOut* fan_out_;
  DataPort* port_;
  bool paused_;
  Pressure pressure_ = Pressure::kNone;
  Timestamp next_check_ = Timestamp::Never();
  int64_t progress_ = 0;  // At the last check.
  DataConsumerStatistics statistics_;
};

}  // namespace sluice::router
