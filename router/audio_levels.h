// How loud one audio producer was since its last report: what travels, a few times a second, from the worker
// that gets its packets to the worker where its observers live.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>

#include "router/ids.h"
#include "rtp/units.h"

namespace sluice::router {

struct AudioLevels {
  // Levels are counted in slots of media time, so that packets of 10 ms or 60 ms weigh what they last.
  static constexpr TimeDelta kSlot = TimeDelta::Millis(20);
  static constexpr size_t kMaxSlots = 16;
  static constexpr uint8_t kSilence = 127;  // -dBov, as in RFC 6464.

  ProducerHandle producer;
  uint32_t packets = 0;
  uint32_t samples = 0;    // Slots that the packets cover.
  uint32_t level_sum = 0;  // Of those slots' levels, in -dBov.
  uint8_t slot_count = 0;
  std::array<uint8_t, kMaxSlots>
      slots{};  // The latest levels, oldest first; pauses between packets are silence.
};

}  // namespace sluice::router
