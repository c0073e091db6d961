// A model of a scalable encoder: which frames a scalability mode consists of, and what each refers to. Names
// as in the AV1 specification §6.7.5: L3T3 predicts each spatial layer from the one below, L3T3_KEY in key
// pictures alone.
#pragma once

#include <cstdint>
#include <vector>

#include "rtp/layers.h"

namespace sluice::rtp {

struct ScalabilityMode {
  uint8_t spatial = 1;
  uint8_t temporal = 1;  // 1…3
  bool key_only = false;
};

struct ModelFrame {
  int64_t number = 0;
  int64_t picture = 0;
  Layers layers;
  bool key_picture = false;
  bool first_in_picture = false, last_in_picture = false;
  std::vector<int64_t> references;  // Numbers of frames.
};

// Whether a receiver of `target` gets the frame.
inline bool IsNeeded(const ModelFrame& frame, Layers target, const ScalabilityMode& mode) {
  if (!frame.layers.IsWithin(target)) return false;
  return frame.key_picture || !mode.key_only || frame.layers.spatial == target.spatial;
}

class ModelEncoder {
 public:
  explicit ModelEncoder(const ScalabilityMode& mode, int64_t first_frame = 0, int64_t first_picture = 0)
      : mode_(mode), next_frame_(first_frame), next_picture_(first_picture) {}

  const ScalabilityMode& mode() const { return mode_; }
  // Fewer spatial layers, from the next picture on. More take effect with a key picture.
  void set_spatial(uint8_t layers) { mode_.spatial = layers; }

  // The frames of the next picture, lowest spatial layer first.
  std::vector<ModelFrame> Next(bool key_picture) {
    if (key_picture) position_ = 0;
    const uint8_t temporal = TemporalLayer();
    std::vector<ModelFrame> frames;
    for (uint8_t spatial = 0; spatial < mode_.spatial; ++spatial) {
      ModelFrame frame{.number = next_frame_++,
                       .picture = next_picture_,
                       .layers = {spatial, temporal},
                       .key_picture = key_picture,
                       .first_in_picture = spatial == 0,
                       .last_in_picture = spatial + 1 == mode_.spatial,
                       .references = {}};
      if (!key_picture) frame.references.push_back(last_[spatial][ReferredLayer()]);
      if (spatial > 0 && (key_picture || !mode_.key_only)) frame.references.push_back(frame.number - 1);
      frames.push_back(frame);
    }
    for (const ModelFrame& frame : frames) last_[frame.layers.spatial][temporal] = frame.number;
    ++next_picture_;
    ++position_;
    return frames;
  }

 private:
  // 0 1 0 1 …, 0 2 1 2 …
  uint8_t TemporalLayer() const {
    if (mode_.temporal == 1) return 0;
    if (mode_.temporal == 2) return position_ % 2 == 0 ? 0 : 1;
    constexpr uint8_t kLayers[] = {0, 2, 1, 2};
    return kLayers[position_ % 4];
  }
  // The second picture of layer 2 refers to layer 1, all others to layer 0.
  uint8_t ReferredLayer() const { return mode_.temporal == 3 && position_ % 4 == 3 ? 1 : 0; }

  ScalabilityMode mode_;
  int64_t next_frame_, next_picture_;
  int64_t position_ = 0;
  int64_t last_[4][3] = {};
};

}  // namespace sluice::rtp
