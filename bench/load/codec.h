// The payload types and header extensions that synthetic streams use, the same for every publisher; a server
// must take them as they are.
#pragma once

#include <cstdint>

#include "rtp/header_extension.h"
#include "rtp/ids.h"

namespace sluice::load {

inline constexpr PayloadType kVp8(96);
inline constexpr PayloadType kVp8Rtx(97);
inline constexpr PayloadType kOpus(111);

inline constexpr uint8_t kMidId = 1;
inline constexpr uint8_t kAbsSendTimeId = 2;
inline constexpr uint8_t kTransportSequenceNumberId = 3;
inline constexpr uint8_t kAudioLevelId = 4;

}  // namespace sluice::load
