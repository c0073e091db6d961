// The mandatory fields of the dependency descriptor header extension (RTP Payload Format For AV1 v1.0,
// appendix A.8.1), with the flag that says whether the template structure is attached.
//
//   |S|E| template id |        frame number (16)        |  then, if there is more, five flags, the first of
//   which
//                                                          is template_dependency_structure_present_flag
#pragma once

#include <cstdint>
#include <optional>

#include "rtp/bytes.h"

namespace sluice::rtp {

struct DependencyDescriptor {
  static constexpr size_t kMandatorySize = 3;

  bool frame_start = false;
  bool frame_end = false;
  uint8_t template_id = 0;  // 6 bits
  uint16_t frame_number = 0;
  bool has_structure = false;  // Sent with the first frame of each coded video sequence.

  // nullopt: cut off.
  static std::optional<DependencyDescriptor> Parse(Bytes element);
};

}  // namespace sluice::rtp
