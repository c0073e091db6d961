// Absolute send time (webrtc.org/experiments/rtp-hdrext/abs-send-time): 24 bits of seconds, 6.18 fixed point.
// It wraps every 64 s; the origin is the sender's, so only differences mean something.
#pragma once

#include <cstdint>

#include "rtp/units.h"

namespace sluice::rtp {

class AbsSendTime {
 public:
  constexpr AbsSendTime() = default;
  // The low 24 bits of `value`, as on the wire.
  static constexpr AbsSendTime FromWire(uint32_t value) { return AbsSendTime(value); }
  // Rounded down to 2^-18 s (3.8 µs).
  static constexpr AbsSendTime At(Timestamp time) {
    int64_t us = time.us() % kPeriodMicros;
    if (us < 0) us += kPeriodMicros;
    return AbsSendTime(static_cast<uint32_t>((us << kFractionBits) / 1'000'000));
  }

  constexpr uint32_t value() const { return value_; }
  constexpr bool operator==(const AbsSendTime&) const = default;
  // Signed distance on the circle, -32 s…32 s.
  constexpr TimeDelta operator-(AbsSendTime earlier) const {
    int64_t ticks = (value_ - earlier.value_) & kMask;
    if (ticks > int64_t{kMask / 2}) ticks -= int64_t{kMask} + 1;
    return TimeDelta::Micros((ticks * 1'000'000) >> kFractionBits);
  }

 private:
  static constexpr int kFractionBits = 18;
  static constexpr uint32_t kMask = 0xff'ffff;
  static constexpr int64_t kPeriodMicros = 64'000'000;

  explicit constexpr AbsSendTime(uint32_t value) : value_(value & kMask) {}
  uint32_t value_ = 0;
};

}  // namespace sluice::rtp
