// Statistics as JSON, in mediasoup's shapes.
#pragma once

#include <nlohmann/json.hpp>
#include <vector>

#include "api/graph/objects.h"
#include "worker/snapshots.h"

namespace sluice::api {

nlohmann::json TransportStatsJson(const Transport& transport, const worker::TransportSnapshot& snapshot);
// One "inbound-rtp" entry a stream that has been received.
nlohmann::json ProducerStatsJson(const Producer& producer, const worker::ProducerSnapshot& snapshot);
// Its own "outbound-rtp" entry, and the "inbound-rtp" of the stream that it takes now.
nlohmann::json ConsumerStatsJson(const Consumer& consumer, const worker::ConsumerSnapshot& snapshot,
                                 const worker::ProducerSnapshot& producer);

// Of a pipe: each of its encodings, and the stream that it takes.
nlohmann::json PipeConsumerStatsJson(const Consumer& consumer,
                                     const std::vector<worker::ConsumerSnapshot>& snapshots,
                                     const worker::ProducerSnapshot& producer);

}  // namespace sluice::api
