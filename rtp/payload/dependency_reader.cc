#include "rtp/payload/dependency_reader.h"

namespace sluice::rtp {
namespace {

// The highest active target that is not above the choice, else the lowest of all; -1: none is active.
int BestTarget(const DependencyStructure& structure, uint32_t active, Layers choice) {
  int best = -1, lowest = -1;
  auto layers = [&](int target) { return structure.layers_of_target[static_cast<size_t>(target)]; };
  for (int target = 0; target < structure.target_count; ++target) {
    if ((active >> target & 1) == 0) continue;
    if (lowest < 0 || layers(target) < layers(lowest)) lowest = target;
    if (layers(target).IsWithin(choice) && (best < 0 || layers(target) > layers(best))) best = target;
  }
  return best < 0 ? lowest : best;
}

}  // namespace

bool DependencyReader::Read(Bytes element, uint32_t timestamp, FrameInfo& info) {
  auto mandatory = DependencyDescriptor::ParseMandatory(element);
  if (!mandatory) return false;
  const int64_t number = numbers_.Unwrap(mandatory->frame_number, 16);
  if (mandatory->has_structure && !Begin(element, number)) return false;
  Sequence* sequence = SequenceOf(number);
  if (!sequence) return false;
  auto descriptor = DependencyDescriptor::Parse(element, sequence->structure);
  if (!descriptor) return false;
  if (descriptor->active_targets && number >= sequence->active_since)
    Activate(*sequence, *descriptor->active_targets, number);
  Describe(*descriptor, *sequence, number, timestamp, info);
  history_.Note({.number = number, .timestamp = timestamp, .needed = info.needed});
  return true;
}

void DependencyReader::Describe(const DependencyDescriptor& descriptor, const Sequence& sequence,
                                int64_t number, uint32_t timestamp, FrameInfo& info) const {
  const FrameDependencies& frame = descriptor.frame;
  LayerSet present;
  info.switchable = {};
  info.keeps_spatial = false;
  for (int target = 0; target < sequence.structure.target_count; ++target) {
    const LayerSet receivers = sequence.receivers[static_cast<size_t>(target)];
    const DecodeTargetIndication indication = frame.Of(target);
    if (indication != DecodeTargetIndication::kNotPresent) present = present | receivers;
    if (indication == DecodeTargetIndication::kSwitch) info.switchable = info.switchable | receivers;
  }
  info.decodable = DecodableOf(frame, number);
  info.needed = present & info.decodable;
  info.layers = frame.layers;
  info.frame_start = descriptor.frame_start;
  info.frame_end = descriptor.frame_end;
  info.key_frame =
      descriptor.frame_start && frame.diff_count == 0 && (descriptor.has_structure || info.key_frame);
  info.picture_start = StartsPicture(descriptor, number, timestamp);
  info.dependencies = sequence.targets;
  info.dependencies.frame_number = number;
  info.dependencies.active_targets_position = descriptor.active_targets_position;
  info.dependencies.active_targets = sequence.active_targets;
  info.dependencies.has_active_targets = descriptor.active_targets.has_value();
}

DependencyReader::Sequence* DependencyReader::SequenceOf(int64_t frame_number) {
  for (size_t i : {newest_, 1 - newest_}) {
    if (frame_number >= sequences_[i].first_frame) return &sequences_[i];
  }
  return nullptr;
}

// False: malformed, and nothing has changed.
bool DependencyReader::Begin(Bytes element, int64_t frame_number) {
  DependencyStructure structure;
  if (!DependencyDescriptor::Parse(element, structure)) return false;
  Sequence* known = SequenceOf(frame_number);
  if (known && known->first_frame == frame_number) return true;  // It came with another packet of the frame.
  // The one before makes room. A structure that comes late, after a later one, is that one before.
  Sequence& sequence = sequences_[1 - newest_];
  if (sequences_[newest_].first_frame == INT64_MAX || frame_number > sequences_[newest_].first_frame)
    newest_ = 1 - newest_;
  sequence.structure = structure;
  sequence.first_frame = sequence.active_since = frame_number;
  DescribeTargets(sequence);
  Activate(sequence, structure.AllTargets(), frame_number);
  return true;
}

void DependencyReader::Activate(Sequence& sequence, uint32_t targets, int64_t frame_number) {
  sequence.active_targets = targets;
  sequence.active_since = frame_number;
  sequence.receivers.fill({});
  for (uint8_t spatial = 0; spatial < LayerSet::kSpatial; ++spatial) {
    for (uint8_t temporal = 0; temporal < LayerSet::kTemporal; ++temporal) {
      const Layers choice = {spatial, temporal};
      const int target = BestTarget(sequence.structure, targets, choice);
      if (target < 0) continue;
      LayerSet& receivers = sequence.receivers[static_cast<size_t>(target)];
      receivers = receivers | LayerSet::Only(choice);
    }
  }
}

void DependencyReader::DescribeTargets(Sequence& sequence) {
  DependencyInfo& info = sequence.targets;
  info = {};
  info.target_count = sequence.structure.target_count;
  for (int target = 0; target < info.target_count; ++target) {
    const Layers layers = sequence.structure.layers_of_target[static_cast<size_t>(target)];
    const uint32_t bit = uint32_t{1} << target;
    for (size_t i = layers.spatial; i < LayerSet::kSpatial; ++i) info.targets_to_spatial[i] |= bit;
    for (size_t i = layers.temporal; i < LayerSet::kTemporal; ++i) info.targets_to_temporal[i] |= bit;
  }
}

LayerSet DependencyReader::DecodableOf(const FrameDependencies& frame, int64_t number) const {
  LayerSet decodable = LayerSet::All();
  for (uint16_t diff : frame.references()) decodable = decodable & history_.NeededOf(number - diff);
  return decodable;
}

// The frame before is of another picture; if it has not been seen, only the lowest layer is sure to be first.
bool DependencyReader::StartsPicture(const DependencyDescriptor& descriptor, int64_t number,
                                     uint32_t timestamp) const {
  if (!descriptor.frame_start) return false;
  if (const FrameHistory::Frame* before = history_.Find(number - 1)) return before->timestamp != timestamp;
  return descriptor.frame.layers.spatial == 0;
}

}  // namespace sluice::rtp
