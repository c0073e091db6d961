// The dependency descriptor header extension (RTP Payload Format For AV1 v1.0, appendix A.8): which layers a
// frame belongs to, what it refers to, and which receivers need it.
//
//   |S|E| template id |        frame number (16)        |  mandatory; then, if there is more:
//   |T|A|D|F|C|  template structure if T, active decode targets if A, the frame's own indications, references
//                and chains if D, F, C, and zeros up to the end of an octet
#pragma once

#include <cstdint>
#include <optional>

#include "rtp/bytes.h"
#include "rtp/payload/dependency_structure.h"

namespace sluice::rtp {

struct DependencyDescriptor {
  static constexpr size_t kMandatorySize = 3;

  bool frame_start = false;
  bool frame_end = false;
  bool has_structure = false;
  uint8_t template_id = 0;  // 6 bits
  uint16_t frame_number = 0;
  FrameDependencies frame;
  // The decode targets that the sender still makes frames for, the first one lowest. nullopt: as said last,
  // or all with a new structure.
  std::optional<uint32_t> active_targets;
  // Where, in bits from the start of the element, the active decode targets stand or would stand.
  uint16_t active_targets_position = 0;

  // The fields that need no structure. nullopt: cut off.
  static std::optional<DependencyDescriptor> ParseMandatory(Bytes element);
  // All of it. `structure` is the one that the stream sent last; one that comes with the element replaces it.
  // nullopt: cut off, malformed, or of no template of the structure. With has_structure the structure is lost
  // in this case.
  static std::optional<DependencyDescriptor> Parse(Bytes element, DependencyStructure& structure);

  // Whether the element brings a structure along.
  static bool HasStructure(Bytes element) {
    return element.size() > kMandatorySize && (element[kMandatorySize] & 0x80) != 0;
  }
};

// Writes the received `element` with another frame number and, if it is given, other active decode targets
// (the low `target_count` bits). Answers the size, at most 5 octets more than before; 0 if it does not fit in
// `out`. `position` is the element's active_targets_position.
size_t RewriteDependencyDescriptor(Bytes element, uint16_t frame_number,
                                   std::optional<uint32_t> active_targets, int target_count, int position,
                                   MutableBytes out);

}  // namespace sluice::rtp
