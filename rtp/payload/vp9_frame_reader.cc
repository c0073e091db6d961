#include "rtp/payload/vp9_frame_reader.h"

#include <algorithm>

namespace sluice::rtp {

FrameInfo Vp9FrameReader::Read(Bytes payload) {
  auto descriptor = Vp9Descriptor::Parse(payload);
  if (!descriptor) return {};
  FrameInfo info;
  info.layers = {std::min(descriptor->spatial_layer, LayerSet::kHighest.spatial), descriptor->temporal_layer};
  info.key_frame = descriptor->key_frame();
  info.frame_start = descriptor->frame_start;
  info.frame_end = descriptor->frame_end;
  int64_t picture = -1;
  if (descriptor->picture_id) {
    picture = picture_ids_.Unwrap(*descriptor->picture_id, descriptor->long_picture_id ? 15 : 7);
    info.ids.picture_id = picture;
    info.ids.picture_id_offset = descriptor->picture_id_offset;
    info.ids.long_picture_id = descriptor->long_picture_id;
  }
  // Spatial layers that do not depend on each other have a key frame each.
  if (info.key_frame && (picture < 0 || picture != key_picture_)) {
    key_picture_ = picture;
    lowest_ = info.layers.spatial;
    highest_ = LayerSet::kHighest.spatial;
  }
  if (descriptor->spatial_layers > 0) {
    highest_ = std::min<uint8_t>(static_cast<uint8_t>(descriptor->spatial_layers - 1), highest_);
  }
  info.picture_start = info.frame_start && info.layers.spatial == lowest_;
  info.ids.tl0_picture_index_offset = descriptor->tl0_picture_index_offset;
  info.ids.tl0_picture_index = descriptor->tl0_picture_index.value_or(0);
  info.decodable = DecodableOf(*descriptor, info.layers, picture);
  info.needed = NeededOf(*descriptor, info.layers) & info.decodable;
  info.switchable = SwitchableOf(*descriptor, info.layers);
  info.keeps_spatial = descriptor->inter_picture_predicted;
  if (picture >= 0)
    history_.Note({.number = FrameNumber(picture, info.layers.spatial), .needed = info.needed});
  return info;
}

LayerSet Vp9FrameReader::NeededOf(const Vp9Descriptor& descriptor, Layers layers) const {
  const bool own_layer_alone = descriptor.not_reference_for_upper && layers.spatial < highest_;
  return own_layer_alone ? LayerSet::SpatialFrom(layers) : LayerSet::From(layers);
}

LayerSet Vp9FrameReader::DecodableOf(const Vp9Descriptor& descriptor, Layers layers, int64_t picture) const {
  LayerSet decodable = LayerSet::All();
  if (descriptor.inter_layer_dependency && layers.spatial > 0) {
    const auto below = static_cast<uint8_t>(layers.spatial - 1);
    decodable = picture >= 0 ? history_.NeededOf(FrameNumber(picture, below))
                             : LayerSet::From({below, layers.temporal});
  }
  if (!descriptor.inter_picture_predicted) return decodable;
  if (picture >= 0 && descriptor.references > 0) {
    for (int i = 0; i < descriptor.references; ++i) {
      const int64_t referred = picture - descriptor.reference_diffs[i];
      if (referred >= 0) decodable = decodable & history_.NeededOf(FrameNumber(referred, layers.spatial));
    }
    return decodable;
  }
  // Not said: earlier pictures of the same layers, or, where one may go up, of the temporal layer below.
  if (descriptor.switching_up_point && layers.temporal > 0) --layers.temporal;
  return decodable & NeededOf(descriptor, layers);
}

// U: later pictures of higher temporal layers refer to none of those layers from before this one.
LayerSet Vp9FrameReader::SwitchableOf(const Vp9Descriptor& descriptor, Layers layers) {
  if (!descriptor.inter_picture_predicted) {
    return descriptor.inter_layer_dependency ? LayerSet::From(layers) : LayerSet::All();
  }
  return descriptor.switching_up_point ? LayerSet::From({0, layers.temporal}) : LayerSet();
}

}  // namespace sluice::rtp
