#include "rtp/payload/dependency_descriptor.h"

namespace sluice::rtp {

std::optional<DependencyDescriptor> DependencyDescriptor::Parse(Bytes element) {
  if (element.size() < kMandatorySize) return std::nullopt;
  return DependencyDescriptor{.frame_start = (element[0] & 0x80) != 0,
                              .frame_end = (element[0] & 0x40) != 0,
                              .template_id = static_cast<uint8_t>(element[0] & 0x3f),
                              .frame_number = LoadU16(&element[1]),
                              .has_structure = element.size() > kMandatorySize && (element[3] & 0x80) != 0};
}

}  // namespace sluice::rtp
