// How many bits a second of a stream's layers arrive.
//
// Memory: none of its own for what has no layers above the lowest, then 216 octets for each layer seen.
#pragma once

#include <array>
#include <cstddef>
#include <memory>

#include "rtp/layers.h"
#include "rtp/rate_counter.h"
#include "rtp/units.h"

namespace sluice::rtp {

class LayerRates {
 public:
  // `now` never goes back.
  void Add(Timestamp now, Layers layers, size_t bytes) {
    if (layers == Layers() && !has_layers_) return;
    AddLayered(now, layers.LimitedTo(LayerSet::kHighest), bytes);
  }

  // Calls `tell(Layers, DataRate)` for every layer that is coming, lowest first: what a receiver of these
  // layers is sent, the ones below included. Nothing while there is but one.
  template <typename Tell>
  void ForEach(Timestamp now, Tell&& tell) const {
    for (uint8_t s = 0; has_layers_ && s < LayerSet::kSpatial; ++s) {
      for (uint8_t t = 0; t < LayerSet::kTemporal; ++t) {
        if (!RateOf(now, {s, t}).IsZero()) tell(Layers{s, t}, RateUpTo(now, {s, t}));
      }
    }
  }

 private:
  static constexpr size_t IndexOf(Layers layers) {
    return size_t{layers.spatial} * LayerSet::kTemporal + layers.temporal;
  }
  void AddLayered(Timestamp now, Layers layers, size_t bytes);
  DataRate RateOf(Timestamp now, Layers layers) const;
  DataRate RateUpTo(Timestamp now, Layers layers) const;

  bool has_layers_ = false;
  std::array<std::unique_ptr<RateCounter>, LayerSet::kSpatial * LayerSet::kTemporal> rates_;
};

}  // namespace sluice::rtp
