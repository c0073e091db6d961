#include "api/wanted_layers_json.h"

#include <algorithm>

#include "api/ortc/produced_layers.h"

namespace sluice::api {

using nlohmann::json;

std::optional<json> WantedLayersJson(const Producer& producer) {
  if (producer.wanted.empty()) return std::nullopt;
  const ProducedLayers produced = LayersOf(producer.parameters);
  const auto& parameters = producer.parameters.rtp_parameters.encodings;
  json encodings = json::array();
  rtp::Layers highest;
  for (size_t i = 0; i < parameters.size(); ++i) {
    json encoding = {{"encodingIdx", i}, {"wanted", false}};
    if (parameters[i].rid) encoding["rid"] = *parameters[i].rid;
    if (std::optional<rtp::Layers> wanted = producer.wanted.Of(i)) {
      const uint8_t temporal = std::min(wanted->temporal, produced.highest_temporal());
      encoding["wanted"] = true;
      encoding["temporalLayer"] = temporal;
      highest.spatial = produced.encodings > 1 ? static_cast<uint8_t>(i)
                                               : std::min(wanted->spatial, produced.highest_spatial());
      highest.temporal = std::max(highest.temporal, temporal);
    }
    encodings.push_back(std::move(encoding));
  }
  return json{{"spatialLayer", highest.spatial},
              {"temporalLayer", highest.temporal},
              {"encodings", std::move(encodings)}};
}

router::WantedLayers ReadWantedLayers(ObjectReader wanted, const Consumer& consumer) {
  router::WantedLayers layers;
  const size_t count = consumer.rtp_parameters.encodings.size();
  const auto spatial = wanted.RequiredUint<uint8_t>("spatialLayer");
  wanted.RequiredUint<uint8_t>("temporalLayer");
  for (ObjectReader& encoding : wanted.RequiredObjects("encodings", {0, count})) {
    const auto index = encoding.RequiredUint<uint8_t>("encodingIdx", 0, static_cast<uint8_t>(count - 1));
    encoding.OptionalString("rid");
    const bool is_wanted = encoding.RequiredBool("wanted");
    const auto temporal = encoding.OptionalUint<uint8_t>("temporalLayer").value_or(UINT8_MAX);
    encoding.Finish();
    if (is_wanted) layers.Add(index, {count == 1 ? spatial : uint8_t{0}, temporal});
  }
  wanted.Finish();
  return layers;
}

}  // namespace sluice::api
