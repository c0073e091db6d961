// What the control plane decided for a data producer and a data consumer, in the data plane's terms.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <vector>

#include "router/ids.h"
#include "rtp/data_message.h"

namespace sluice::router {

using Subchannels = std::vector<uint16_t>;

struct DataProducerConfig {
  DataProducerHandle handle;
  std::optional<uint16_t> stream;  // Of SCTP; nullopt: the application is the producer.
  bool paused = false;
};

struct DataConsumerConfig {
  DataConsumerHandle handle;
  DataProducerHandle producer;
  std::optional<uint16_t> stream;  // Of SCTP; nullopt: the application is the consumer.
  rtp::DataReliability reliability;
  bool paused = false;
  Subchannels subchannels;
  bool pipe = false;  // To another router: takes all messages, whomever they are for.
};

}  // namespace sluice::router
