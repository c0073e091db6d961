// The packets of one stream through the reader of its frames: payload descriptors and dependency descriptors,
// in any order. What is said of a frame hangs together, points into the packet, and a descriptor that is
// written again with other active decode targets reads back as the same.
//
// Input: the codec, then packets: a flag octet (1: marker, 2: the timestamp goes on), the sizes of descriptor
// and payload in an octet each, and both.
#include <algorithm>
#include <cstdlib>

#include "rtp/payload/dependency_descriptor.h"
#include "rtp/payload/frame_reader.h"

namespace sluice::rtp {
namespace {

void Check(bool invariant) {
  if (!invariant) std::abort();
}

Bytes Take(Bytes& from, size_t count) {
  Bytes taken = from.first(std::min(count, from.size()));
  from = from.subspan(taken.size());
  return taken;
}

void CheckFrame(const FrameInfo& info, const FrameReader::Packet& packet) {
  Check(info.layers.IsWithin({7, 7}));
  Check(!info.picture_start || info.frame_start);
  Check((info.needed & info.decodable) == info.needed);
  Check(info.ids.picture_id >= 0 && info.dependencies.frame_number >= 0);
  if (info.ids.picture_id_offset > 0) {
    const size_t end = info.ids.picture_id_offset + (info.ids.long_picture_id ? 2u : 1u);
    Check(end < packet.payload.size());
    Check(((packet.payload[info.ids.picture_id_offset] & 0x80) != 0) == info.ids.long_picture_id);
  }
  if (info.ids.tl0_picture_index_offset > 0) {
    Check(info.ids.tl0_picture_index_offset < packet.payload.size());
    Check(packet.payload[info.ids.tl0_picture_index_offset] == info.ids.tl0_picture_index);
  }
}

bool Equal(const FrameDependencies& a, const FrameDependencies& b, size_t chains) {
  return a.layers == b.layers && a.indications == b.indications &&
         std::equal(a.references().begin(), a.references().end(), b.references().begin(),
                    b.references().end()) &&
         std::equal(a.chain_diffs.begin(), a.chain_diffs.begin() + chains, b.chain_diffs.begin());
}

bool Equal(const DependencyStructure& a, const DependencyStructure& b) {
  bool equal = a.template_id_offset == b.template_id_offset && a.target_count == b.target_count &&
               a.template_count == b.template_count && a.chain_count == b.chain_count &&
               a.spatial_layers == b.spatial_layers && a.has_resolutions == b.has_resolutions &&
               std::equal(a.layers_of_target.begin(), a.layers_of_target.begin() + a.target_count,
                          b.layers_of_target.begin());
  for (size_t i = 0; equal && i < a.template_count; ++i)
    equal = Equal(a.templates[i], b.templates[i], a.chain_count);
  for (size_t i = 0; equal && a.chain_count > 0 && i < a.target_count; ++i)
    equal = a.chain_of_target[i] == b.chain_of_target[i];
  for (size_t i = 0; equal && a.has_resolutions && i < a.spatial_layers; ++i)
    equal = a.resolutions[i] == b.resolutions[i];
  return equal;
}

void CheckRewriting(Bytes element, DependencyStructure& structure) {
  auto before = DependencyDescriptor::Parse(element, structure);
  if (!before) return;
  for (std::optional<uint32_t> active :
       {std::optional<uint32_t>(), std::optional(structure.AllTargets() / 3)}) {
    uint8_t out[300];
    const size_t size = RewriteDependencyDescriptor(element, 0x1234, active, structure.target_count,
                                                    before->active_targets_position, out);
    Check(size >= element.size() && size <= element.size() + 5);
    DependencyStructure again;
    if (!before->has_structure) again = structure;
    auto after = DependencyDescriptor::Parse(Bytes(out).first(size), again);
    Check(after.has_value() && after->frame_number == 0x1234 && Equal(again, structure));
    Check(after->frame_start == before->frame_start && after->frame_end == before->frame_end);
    Check(after->has_structure == before->has_structure && after->template_id == before->template_id);
    Check(after->active_targets == (active ? active : before->active_targets));
    Check(Equal(after->frame, before->frame, structure.chain_count));
  }
}

void Run(Codec codec, Bytes input) {
  FrameReader reader;
  DependencyStructure structure;
  FrameReader::Packet packet{.codec = codec, .payload = {}, .dependency_descriptor = {}};
  while (input.size() >= 3) {
    const Bytes head = Take(input, 3);
    packet.marker = (head[0] & 1) != 0;
    packet.timestamp += head[0] & 2 ? 3000 : 0;
    packet.dependency_descriptor = Take(input, head[1]);
    packet.payload = Take(input, head[2]);
    CheckFrame(reader.Read(packet), packet);
    CheckRewriting(packet.dependency_descriptor, structure);
  }
}

}  // namespace
}  // namespace sluice::rtp

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  using sluice::rtp::Codec;
  constexpr Codec kCodecs[] = {Codec::kVp8,  Codec::kVp9, Codec::kH264,
                               Codec::kH265, Codec::kAv1, Codec::kOther};
  if (size > 0) sluice::rtp::Run(kCodecs[data[0] % std::size(kCodecs)], sluice::Bytes(data + 1, size - 1));
  return 0;
}
