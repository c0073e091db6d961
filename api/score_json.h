// Scores of producers and consumers as JSON, in mediasoup's shapes.
#pragma once

#include <nlohmann/json.hpp>

#include "api/graph/objects.h"

namespace sluice::api {

// One entry for each stream that has arrived.
nlohmann::json ProducerScoreJson(const Producer& producer);
nlohmann::json ConsumerScoreJson(const Consumer& consumer);

}  // namespace sluice::api
