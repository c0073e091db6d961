#include "router/wanted_layers.h"

#include <algorithm>

namespace sluice::router {

WantedLayers WantedLayers::Everything(size_t encodings) {
  WantedLayers everything;
  for (size_t i = 0; i < encodings; ++i) everything.Set(i, rtp::LayerSet::kHighest);
  return everything;
}

WantedLayers::Encoding WantedLayers::Most(Encoding a, Encoding b) {
  if (!a || !b) return a ? a : b;
  return rtp::Layers{std::max(a->spatial, b->spatial), std::max(a->temporal, b->temporal)};
}

void WantedLayers::Set(size_t encoding, Encoding wanted) {
  if (encoding < kMaxEncodings) encodings_[encoding] = wanted;
}

void WantedLayers::Add(const WantedLayers& others) {
  for (size_t i = 0; i < kMaxEncodings; ++i) encodings_[i] = Most(encodings_[i], others.encodings_[i]);
}

}  // namespace sluice::router
