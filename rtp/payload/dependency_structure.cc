#include "rtp/payload/dependency_structure.h"

namespace sluice::rtp {

bool DependencyStructure::Read(BitReader& reader) {
  template_id_offset = static_cast<uint8_t>(reader.Read(6));
  target_count = static_cast<uint8_t>(reader.Read(5) + 1);
  if (!ReadTemplateLayers(reader)) return false;
  const std::span used(templates.data(), template_count);
  for (FrameDependencies& frame : used) {
    frame.indications = 0;
    for (int target = 0; target < target_count; ++target)
      frame.indications |= uint64_t{reader.Read(2)} << (2 * target);
  }
  for (FrameDependencies& frame : used) {
    if (!ReadTemplateDiffs(reader, frame)) return false;
  }
  ReadTemplateChains(reader);
  FindLayersOfTargets();
  has_resolutions = reader.Flag();
  if (has_resolutions) ReadResolutions(reader);
  return reader.ok();
}

// Each template is followed by how the next one's layers differ.
bool DependencyStructure::ReadTemplateLayers(BitReader& reader) {
  enum NextLayer : uint32_t { kSame = 0, kNextTemporal = 1, kNextSpatial = 2, kNoMore = 3 };
  Layers layers;
  uint32_t next;
  template_count = 0;
  do {
    if (template_count == kMaxTemplates) return false;
    templates[template_count++].layers = layers;
    next = reader.Read(2);
    if (next == kNextTemporal) {
      ++layers.temporal;
    } else if (next == kNextSpatial) {
      layers = {static_cast<uint8_t>(layers.spatial + 1), 0};
    }
    if (!layers.IsWithin(LayerSet::kHighest)) return false;
  } while (next != kNoMore && reader.ok());
  spatial_layers = static_cast<uint8_t>(layers.spatial + 1);
  return reader.ok();
}

bool DependencyStructure::ReadTemplateDiffs(BitReader& reader, FrameDependencies& to) {
  to.diff_count = 0;
  while (reader.Flag()) {
    if (to.diff_count == FrameDependencies::kMaxDiffs) return false;
    to.diffs[to.diff_count++] = static_cast<uint16_t>(reader.Read(4) + 1);
  }
  return reader.ok();
}

void DependencyStructure::ReadTemplateChains(BitReader& reader) {
  chain_count = static_cast<uint8_t>(reader.ReadBelow(target_count + 1u));
  if (chain_count == 0) return;
  for (int target = 0; target < target_count; ++target)
    chain_of_target[static_cast<size_t>(target)] = static_cast<uint8_t>(reader.ReadBelow(chain_count));
  for (size_t i = 0; i < template_count; ++i) {
    for (size_t chain = 0; chain < chain_count; ++chain)
      templates[i].chain_diffs[chain] = static_cast<uint8_t>(reader.Read(4));
  }
}

void DependencyStructure::FindLayersOfTargets() {
  for (int target = 0; target < target_count; ++target) {
    Layers& layers = layers_of_target[static_cast<size_t>(target)];
    layers = {};
    for (size_t i = 0; i < template_count; ++i) {
      const FrameDependencies& frame = templates[i];
      if (frame.Of(target) == DecodeTargetIndication::kNotPresent) continue;
      layers.spatial = std::max(layers.spatial, frame.layers.spatial);
      layers.temporal = std::max(layers.temporal, frame.layers.temporal);
    }
  }
}

void DependencyStructure::ReadResolutions(BitReader& reader) {
  for (size_t spatial = 0; spatial < spatial_layers; ++spatial) {
    resolutions[spatial].width = reader.Read(16) + 1;
    resolutions[spatial].height = reader.Read(16) + 1;
  }
}

}  // namespace sluice::rtp
