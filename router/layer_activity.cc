#include "router/layer_activity.h"

#include <algorithm>
#include <utility>

namespace sluice::router {
namespace {

constexpr int kMissedPictures = 8;
constexpr TimeDelta kMinPatience = TimeDelta::Millis(250);
// A layer whose rate is not known, or low.
constexpr TimeDelta kMaxPatience = TimeDelta::Millis(1500);
// What one packet can add to the silence of the others, where its own layer does not come more seldom: after
// a pause of everything all layers come back, but not at the same instant.
constexpr TimeDelta kMaxStep = TimeDelta::Millis(50);

}  // namespace

bool LayerActivity::HandlePacket(Timestamp now, uint8_t layer, uint32_t timestamp) {
  layer = std::min<uint8_t>(layer, kMaxLayers - 1);
  const uint8_t before = active_;
  Layer& heard = layers_[layer];
  const TimeDelta most = std::max(kMaxStep, heard.interval * 2);
  const TimeDelta step =
      last_packet_.IsPast() ? TimeDelta::Zero() : std::clamp(now - last_packet_, TimeDelta::Zero(), most);
  last_packet_ = now;
  for (size_t i = 0; i < kMaxLayers && step > TimeDelta::Zero(); ++i) {
    if (i == layer || (active_ >> i & 1) == 0) continue;
    layers_[i].silence += step;
    if (layers_[i].silence > Patience(layers_[i])) active_ = static_cast<uint8_t>(active_ & ~(1 << i));
  }
  if (!Has(layer)) heard.last_picture = Timestamp::Past();
  heard.silence = TimeDelta::Zero();
  if (timestamp != heard.timestamp || heard.last_picture.IsPast()) NotePicture(now, timestamp, &heard);
  active_ = static_cast<uint8_t>(active_ | 1 << layer);
  return active_ != before;
}

bool LayerActivity::HandleAnnouncement(uint8_t layers) {
  const uint8_t before = std::exchange(active_, static_cast<uint8_t>(active_ & layers));
  return active_ != before;
}

TimeDelta LayerActivity::Patience(const Layer& layer) {
  if (layer.interval == TimeDelta::Zero()) return kMaxPatience;
  return std::clamp(layer.interval * kMissedPictures, kMinPatience, kMaxPatience);
}

// Smoothed, and sooner longer than shorter.
void LayerActivity::NotePicture(Timestamp now, uint32_t timestamp, Layer* layer) {
  if (!layer->last_picture.IsPast()) {
    const TimeDelta interval = std::clamp(now - layer->last_picture, TimeDelta::Zero(), kMaxPatience);
    const int64_t weight = interval > layer->interval ? 2 : 16;
    layer->interval += (interval - layer->interval) / weight;
  }
  layer->last_picture = now;
  layer->timestamp = timestamp;
}

}  // namespace sluice::router
