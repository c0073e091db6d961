#include "rtp/layer_rates.h"

namespace sluice::rtp {

void LayerRates::AddLayered(Timestamp now, Layers layers, size_t bytes) {
  has_layers_ = true;
  std::unique_ptr<RateCounter>& rate = rates_[IndexOf(layers)];
  if (!rate) rate = std::make_unique<RateCounter>();
  rate->Add(now, bytes);
}

DataRate LayerRates::RateOf(Timestamp now, Layers layers) const {
  const std::unique_ptr<RateCounter>& rate = rates_[IndexOf(layers)];
  return rate ? rate->Rate(now) : DataRate::Zero();
}

DataRate LayerRates::RateUpTo(Timestamp now, Layers layers) const {
  DataRate sum;
  for (uint8_t s = 0; s <= layers.spatial; ++s) {
    for (uint8_t t = 0; t <= layers.temporal; ++t) sum = sum + RateOf(now, {s, t});
  }
  return sum;
}

}  // namespace sluice::rtp
