#include "rtp/payload/dependency_descriptor.h"

#include <algorithm>
#include <cstring>

namespace sluice::rtp {
namespace {

constexpr int kMandatoryBits = 24;
constexpr int kFlagBits = 5;
constexpr uint8_t kActiveTargetsFlag = 0x40;  // In the octet behind the mandatory fields.

// Each reference is preceded by its width in groups of four bits; no groups end the list.
bool ReadDiffs(BitReader& reader, FrameDependencies& frame) {
  frame.diff_count = 0;
  while (uint32_t nibbles = reader.Read(2)) {
    if (frame.diff_count == FrameDependencies::kMaxDiffs) return false;
    frame.diffs[frame.diff_count++] = static_cast<uint16_t>(reader.Read(static_cast<int>(4 * nibbles)) + 1);
  }
  return reader.ok();
}

void ReadIndications(BitReader& reader, int targets, FrameDependencies& frame) {
  frame.indications = 0;
  for (int target = 0; target < targets; ++target)
    frame.indications |= uint64_t{reader.Read(2)} << (2 * target);
}

// Without the octets behind the mandatory fields nothing of it is there.
class ExtendedFields {
 public:
  explicit ExtendedFields(BitReader& reader, bool present) : reader_(reader) {
    if (!present) return;
    structure = reader_.Flag();
    active_targets = reader_.Flag();
    indications = reader_.Flag();
    diffs = reader_.Flag();
    chains = reader_.Flag();
  }

  bool structure = false, active_targets = false, indications = false, diffs = false, chains = false;

  bool ReadFrame(const DependencyStructure& of, FrameDependencies& frame) {
    if (indications) ReadIndications(reader_, of.target_count, frame);
    if (diffs && !ReadDiffs(reader_, frame)) return false;
    for (size_t chain = 0; chains && chain < of.chain_count; ++chain)
      frame.chain_diffs[chain] = static_cast<uint8_t>(reader_.Read(8));
    return reader_.ok();
  }

 private:
  BitReader& reader_;
};

}  // namespace

std::optional<DependencyDescriptor> DependencyDescriptor::ParseMandatory(Bytes element) {
  if (element.size() < kMandatorySize) return std::nullopt;
  DependencyDescriptor descriptor;
  descriptor.frame_start = (element[0] & 0x80) != 0;
  descriptor.frame_end = (element[0] & 0x40) != 0;
  descriptor.template_id = static_cast<uint8_t>(element[0] & 0x3f);
  descriptor.frame_number = LoadU16(&element[1]);
  descriptor.has_structure = HasStructure(element);
  return descriptor;
}

std::optional<DependencyDescriptor> DependencyDescriptor::Parse(Bytes element,
                                                                DependencyStructure& structure) {
  auto descriptor = ParseMandatory(element);
  if (!descriptor) return std::nullopt;
  BitReader reader(element.subspan(kMandatorySize));
  ExtendedFields fields(reader, element.size() > kMandatorySize);
  if (fields.structure) {
    structure.template_count = 0;  // Nothing refers to what is only half read.
    if (!structure.Read(reader)) {
      structure.template_count = 0;
      return std::nullopt;
    }
    descriptor->active_targets = structure.AllTargets();
  }
  const int position = kMandatoryBits + std::max(reader.position(), kFlagBits);
  descriptor->active_targets_position = static_cast<uint16_t>(position);
  if (fields.active_targets) descriptor->active_targets = reader.Read(structure.target_count);
  const FrameDependencies* base = structure.TemplateOf(descriptor->template_id);
  if (!base) return std::nullopt;
  descriptor->frame = *base;
  if (!fields.ReadFrame(structure, descriptor->frame)) return std::nullopt;
  return descriptor;
}

size_t RewriteDependencyDescriptor(Bytes element, uint16_t frame_number,
                                   std::optional<uint32_t> active_targets, int target_count, int position,
                                   MutableBytes out) {
  constexpr size_t kMandatory = DependencyDescriptor::kMandatorySize;
  if (element.size() < kMandatory || out.size() < element.size()) return 0;
  size_t size = element.size();
  if (!active_targets) {
    std::memcpy(out.data(), element.data(), size);
  } else {
    const uint8_t flags = size > kMandatory ? element[kMandatory] : 0;
    BitReader reader(element);
    BitWriter writer(out);
    writer.Copy(reader, kMandatoryBits);
    writer.Write((flags | kActiveTargetsFlag) >> 3, kFlagBits);
    if (size > kMandatory) {
      reader.Read(kFlagBits);
      writer.Copy(reader, position - kMandatoryBits - kFlagBits);
      if (flags & kActiveTargetsFlag) reader.Read(target_count);
    }
    writer.Write(*active_targets, target_count);
    writer.Copy(reader, reader.remaining());
    if (!reader.ok() || !writer.ok()) return 0;
    size = writer.size();
  }
  StoreU16(&out[1], frame_number);
  return size;
}

}  // namespace sluice::rtp
