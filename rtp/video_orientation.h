// Coordination of video orientation (3GPP TS 26.114 §7.4.5): one octet, 0 0 0 0 C F R1 R0.
#pragma once

#include <cstdint>
#include <optional>

#include "rtp/bytes.h"

namespace sluice::rtp {

struct VideoOrientation {
  bool camera = false;    // C: a back-facing camera, or the only one.
  bool flip = false;      // F: mirrored.
  uint16_t rotation = 0;  // Degrees: 0, 90, 180 or 270.

  // Reads a header extension element; nullopt when there is none.
  static std::optional<VideoOrientation> Parse(Bytes element) {
    if (element.empty()) return std::nullopt;
    return VideoOrientation{.camera = (element[0] & 0x08) != 0,
                            .flip = (element[0] & 0x04) != 0,
                            .rotation = static_cast<uint16_t>((element[0] & 0x03) * 90)};
  }
  bool operator==(const VideoOrientation&) const = default;
};

}  // namespace sluice::rtp
