#include "tests/replay/dependency.h"

#include "tests/replay/bit_reader.h"

namespace sluice::replay {

void DependencyReader::ReadLayers(BitReader* bits) {
  templates_.clear();
  Template next;
  for (;;) {
    templates_.push_back(next);
    switch (bits->Read(2)) {
      case 0:
        break;
      case 1:
        ++next.temporal;
        break;
      case 2:
        next.temporal = 0;
        ++next.spatial;
        break;
      default:
        return;
    }
    if (templates_.size() > 64) return;
  }
}

void DependencyReader::ReadStructure(BitReader* bits) {
  template_offset_ = static_cast<int>(bits->Read(6));
  targets_ = static_cast<int>(bits->Read(5)) + 1;
  ReadLayers(bits);
  for (Template& layer : templates_) {
    for (int i = 0; i < targets_; ++i) layer.indications.push_back(static_cast<int>(bits->Read(2)));
  }
  for (Template& layer : templates_) {
    while (bits->ReadFlag()) layer.frame_diffs.push_back(static_cast<int>(bits->Read(4)) + 1);
  }
  chains_ = static_cast<int>(bits->ReadBelow(static_cast<uint32_t>(targets_) + 1));
  if (chains_ > 0) {
    for (int i = 0; i < targets_; ++i) bits->ReadBelow(static_cast<uint32_t>(chains_));
    for (size_t i = 0; i < templates_.size() * static_cast<size_t>(chains_); ++i) bits->Read(4);
  }
  if (bits->ReadFlag()) {
    for (int i = 0; i <= templates_.back().spatial; ++i) bits->Read(32);
  }
  active_targets_ = targets_ == 32 ? UINT32_MAX : (1u << targets_) - 1;
}

std::optional<Dependency> DependencyReader::Read(std::span<const uint8_t> element) {
  if (element.size() < 3) return std::nullopt;
  BitReader bits(element);
  Dependency read;
  read.first_packet = bits.ReadFlag();
  read.last_packet = bits.ReadFlag();
  const int template_id = static_cast<int>(bits.Read(6));
  read.frame_number = static_cast<uint16_t>(bits.Read(16));
  bool has_active = false, custom_indications = false, custom_diffs = false, custom_chains = false;
  if (element.size() > 3) {
    read.has_structure = bits.ReadFlag();
    has_active = bits.ReadFlag();
    custom_indications = bits.ReadFlag();
    custom_diffs = bits.ReadFlag();
    custom_chains = bits.ReadFlag();
    if (read.has_structure) ReadStructure(&bits);
    if (has_active) active_targets_ = bits.Read(targets_);
  }
  const auto index = static_cast<size_t>((template_id + 64 - template_offset_) % 64);
  if (index >= templates_.size()) return std::nullopt;
  const Template& layer = templates_[index];
  read.spatial = layer.spatial;
  read.temporal = layer.temporal;
  read.indications = layer.indications;
  read.frame_diffs = layer.frame_diffs;
  if (custom_indications) {
    for (int& indication : read.indications) indication = static_cast<int>(bits.Read(2));
  }
  if (custom_diffs) {
    read.frame_diffs.clear();
    while (const uint32_t size = bits.Read(2))
      read.frame_diffs.push_back(static_cast<int>(bits.Read(static_cast<int>(4 * size))) + 1);
  }
  for (int i = 0; custom_chains && i < chains_; ++i) bits.Read(8);
  read.active_targets = active_targets_;
  read.extended = element.size() > 3;
  return bits.ok() ? std::optional(read) : std::nullopt;
}

}  // namespace sluice::replay
