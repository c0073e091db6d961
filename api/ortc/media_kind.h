// Audio or video.
#pragma once

#include <cstdint>

namespace sluice::api {

enum class MediaKind : uint8_t { kAudio, kVideo };

}  // namespace sluice::api
