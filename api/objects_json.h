// The control plane's objects as JSON: what requests answer, and the dumps, in mediasoup's shapes.
#pragma once

#include <map>
#include <nlohmann/json.hpp>
#include <string>
#include <string_view>
#include <vector>

#include "api/graph/objects.h"
#include "worker/snapshots.h"

namespace sluice::api {

// The ids of `objects`, as an array.
template <typename Object>
nlohmann::json IdsOf(const std::map<std::string, Object*>& objects) {
  nlohmann::json ids = nlohmann::json::array();
  for (const auto& [id, object] : objects) ids.push_back(id);
  return ids;
}
// An entry of mediasoup's maps.
nlohmann::json KeyValue(nlohmann::json key, nlohmann::json value);

// A producer's type, or "pipe".
std::string_view ConsumerTypeOf(const Consumer& consumer);
nlohmann::json LayersJson(rtp::Layers layers);

nlohmann::json WorkerJson(const worker::WorkerSnapshot& snapshot);
nlohmann::json RouterJson(const Router& router);
// `snapshots`: of all workers, in any order.
nlohmann::json WebRtcServerJson(const WebRtcServer& server,
                                std::vector<worker::WebRtcServerSnapshot> snapshots);
nlohmann::json ProducerJson(const Producer& producer, const worker::ProducerSnapshot& snapshot);
// `snapshots`: of each of its streams.
nlohmann::json ConsumerJson(const Consumer& consumer, const std::vector<worker::ConsumerSnapshot>& snapshots);
nlohmann::json RtpObserverJson(const RtpObserver& observer);

}  // namespace sluice::api
