// What subscribers want of a producer, from and to JSON.
#pragma once

#include <nlohmann/json.hpp>
#include <optional>

#include "api/graph/objects.h"
#include "api/json_rpc/json_reader.h"

namespace sluice::api {

// nullopt: nothing.
std::optional<nlohmann::json> WantedLayersJson(const Producer& producer);

// The same of the producer that `consumer` is at the other end of its pipe: by encoding of the consumer.
router::WantedLayers ReadWantedLayers(ObjectReader wanted, const Consumer& consumer);

}  // namespace sluice::api
