// RTP streams in dumps, in mediasoup's shapes.
#pragma once

#include <nlohmann/json.hpp>

#include "api/graph/objects.h"
#include "worker/snapshots.h"

namespace sluice::api {

// One for each encoding that has arrived.
nlohmann::json ProducerStreamsJson(const Producer& producer, const worker::ProducerSnapshot& snapshot);
// What the consumer sends.
nlohmann::json ConsumerStreamJson(const Consumer& consumer, size_t index,
                                  const worker::ConsumerSnapshot& snapshot);

}  // namespace sluice::api
