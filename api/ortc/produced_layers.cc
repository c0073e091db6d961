#include "api/ortc/produced_layers.h"

#include <algorithm>

#include "api/ortc/scalability_mode.h"
#include "rtp/layers.h"

namespace sluice::api {
namespace {

// What Chromium sends of VP8 simulcast, and mediasoup-client writes for all codecs, unless told otherwise.
constexpr uint8_t kUsualTemporalLayers = 3;

}  // namespace

ProducedLayers LayersOf(const ProducerParameters& parameters) {
  const auto& encodings = parameters.rtp_parameters.encodings;
  ProducedLayers layers{.encodings = static_cast<uint8_t>(encodings.size())};
  for (const RtpEncodingParameters& encoding : encodings) {
    ScalabilityMode mode = ParseScalabilityMode(encoding.scalability_mode.value_or(""));
    if (layers.encodings > 1 && !encoding.scalability_mode) mode.temporal_layers = kUsualTemporalLayers;
    layers.spatial = std::max(layers.spatial, std::min(mode.spatial_layers, rtp::LayerSet::kSpatial));
    layers.temporal = std::max(layers.temporal, std::min(mode.temporal_layers, rtp::LayerSet::kTemporal));
  }
  return layers;
}

}  // namespace sluice::api
