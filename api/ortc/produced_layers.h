// What there is to choose from in what a producer sends.
#pragma once

#include <cstdint>

#include "api/ortc/producer_parameters.h"

namespace sluice::api {

struct ProducedLayers {
  uint8_t encodings = 1;  // Of simulcast; each is a spatial layer.
  uint8_t spatial = 1;    // Inside the one encoding.
  uint8_t temporal = 1;   // Inside each encoding.

  // Of the whole: counted as clients count them.
  uint8_t highest_spatial() const { return static_cast<uint8_t>((encodings > 1 ? encodings : spatial) - 1); }
  uint8_t highest_temporal() const { return static_cast<uint8_t>(temporal - 1); }
};

// As far as the data plane tells layers apart. Simulcast that does not say how many temporal layers it has
// counts as having as many as browsers send.
ProducedLayers LayersOf(const ProducerParameters& parameters);

}  // namespace sluice::api
