#include "router/layer_switch.h"

namespace sluice::router {
namespace {

bool CanChoose(const rtp::FrameInfo& frame, rtp::Layers present, rtp::Layers choice) {
  if (!frame.needed.Has(choice)) return false;
  const bool same_spatial = choice.spatial == present.spatial;
  if (frame.switchable.Has(choice) && (same_spatial || !frame.keeps_spatial)) return true;
  // Less of the same: what it needs has all been sent.
  return choice.IsWithin(present) && frame.needed.Has(present);
}

}  // namespace

rtp::Layers ChooseLayers(const rtp::FrameInfo& frame, rtp::Layers present, rtp::Layers wanted) {
  if (!frame.picture_start) wanted.spatial = present.spatial;
  if (present == wanted || !frame.decodable.Has(present)) return present;
  if (CanChoose(frame, present, wanted)) return wanted;
  if (const rtp::Layers spatial = {wanted.spatial, present.temporal}; CanChoose(frame, present, spatial))
    return spatial;
  if (wanted.temporal < present.temporal) {
    const rtp::Layers temporal = {present.spatial, wanted.temporal};
    return CanChoose(frame, present, temporal) ? temporal : present;
  }
  for (uint8_t t = wanted.temporal; t > present.temporal; --t) {
    if (CanChoose(frame, present, {present.spatial, t})) return {present.spatial, t};
  }
  return present;
}

}  // namespace sluice::router
