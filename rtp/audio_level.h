// Client-to-mixer audio level (RFC 6464 §3).
#pragma once

#include <optional>

#include "rtp/bytes.h"

namespace sluice::rtp {

struct AudioLevel {
  bool voice = false;   // V: the encoder believes this is speech.
  uint8_t level = 127;  // -dBov: 0 is the loudest, 127 silence.

  // Reads a header extension element; nullopt when there is none.
  static std::optional<AudioLevel> Parse(Bytes element) {
    if (element.empty()) return std::nullopt;
    return AudioLevel{.voice = (element[0] & 0x80) != 0, .level = static_cast<uint8_t>(element[0] & 0x7f)};
  }
};

}  // namespace sluice::rtp
