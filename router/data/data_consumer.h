// One subscriber's view of a data producer: which messages it gets, and what happens when it does not keep
// up.
//
// A reliable channel is to lose nothing merely because the publisher is faster than the subscriber. So while
// its send buffer is fairly full a reliable consumer holds the producer, whose peer is then not read from
// until the buffer has emptied; what is on its way meanwhile is taken although it exceeds the buffer. It may
// do so only as long as its peer makes progress: where that stalls it lets go, and what does not fit is
// dropped and told, as it is at once for a channel that is not reliable or a sender that cannot be held.
//
// Thread: the worker of its transport.
#pragma once

#include <cstdint>
#include <utility>
#include <vector>

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
  static constexpr uint64_t kProgressBytes = 16 * 1024;

  // All of them outlive the consumer, which is in `pressed` while HandleDrained() and HandleTimeout() are of
  // interest to it.
  DataConsumer(const DataConsumerConfig& config, DataFanOut* fan_out, DataPort* port,
               std::vector<DataConsumer*>* pressed);
  ~DataConsumer();
  DataConsumer(const DataConsumer&) = delete;
  DataConsumer& operator=(const DataConsumer&) = delete;

  // Of the producer.
  void HandleMessage(Timestamp now, const DataMessage& message);
  // Of the application, for this consumer alone.
  DataSendResult Send(const DataMessage& message) { return Send(message, /*unlimited=*/false); }

  // The buffered amount may have become smaller.
  void HandleDrained();
  // Early calls are harmless.
  void HandleTimeout(Timestamp now);
  Timestamp NextTimeout() const { return pressure_ == Pressure::kNone ? Timestamp::Never() : next_check_; }

  void set_paused(bool paused) { paused_ = paused; }
  bool paused() const { return paused_; }
  void set_subchannels(Subchannels subchannels) { config_.subchannels = std::move(subchannels); }
  size_t buffered_amount() const { return port_->BufferedAmount(config_); }
  DataFanOut* fan_out() const { return fan_out_; }
  const DataConsumerConfig& config() const { return config_; }
  const DataConsumerStatistics& statistics() const { return statistics_; }

 private:
  enum class Pressure : uint8_t { kNone, kHolding, kStalled };
  // Of the buffer: where a consumer begins to hold its producer, and where it lets go.
  static constexpr double kHighWater = 0.5;
  static constexpr double kLowWater = 0.125;

  bool Wants(const DataMessage& message) const;
  bool IsIn(uint16_t subchannel) const;
  DataSendResult Send(const DataMessage& message, bool unlimited);
  void HoldIfFull(Timestamp now);
  void SetPressure(Pressure pressure);

  DataConsumerConfig config_;
  DataFanOut* fan_out_;
  DataPort* port_;
  std::vector<DataConsumer*>* pressed_;
  bool paused_;
  bool told_full_ = false;  // And nothing was taken since.
  Pressure pressure_ = Pressure::kNone;
  Timestamp next_check_ = Timestamp::Never();
  uint64_t bytes_left_ = 0;  // At the last check.
  DataConsumerStatistics statistics_;
};

}  // namespace sluice::router
