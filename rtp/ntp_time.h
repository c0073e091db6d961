// Wall clock time as RTCP writes it (RFC 3550 §4): seconds since 1900-01-01 UTC, 32.32 fixed point.
//
//   WallClockAnchor anchor{now, unix_us};            // read together, once
//   NtpTime sent = NtpTime::At(anchor, now);         // in a sender report
//   TimeDelta rtt = CompactNtpDelta(sent.compact() - lsr - dlsr);
#pragma once

#include <compare>
#include <cstdint>

#include "rtp/units.h"

namespace sluice::rtp {

// One instant on both clocks: the process's and UTC (µs since 1970-01-01).
struct WallClockAnchor {
  Timestamp at;
  int64_t unix_us = 0;
};

class NtpTime {
 public:
  constexpr NtpTime() = default;
  explicit constexpr NtpTime(uint64_t value) : value_(value) {}
  constexpr NtpTime(uint32_t seconds, uint32_t fraction) : value_(uint64_t{seconds} << 32 | fraction) {}
  // The era that began in 1900 ends in 2036; later times wrap, as in RFC 3550.
  static constexpr NtpTime FromUnixMicros(int64_t unix_us) {
    int64_t seconds = unix_us / kMicros;
    int64_t micros = unix_us % kMicros;
    if (micros < 0) {
      micros += kMicros;
      --seconds;
    }
    return NtpTime(static_cast<uint32_t>(seconds + kUnixEpoch),
                   static_cast<uint32_t>(((micros << 32) + kMicros / 2) / kMicros));
  }
  static constexpr NtpTime At(const WallClockAnchor& anchor, Timestamp time) {
    return FromUnixMicros(anchor.unix_us + (time - anchor.at).us());
  }

  constexpr uint64_t value() const { return value_; }
  constexpr uint32_t seconds() const { return static_cast<uint32_t>(value_ >> 32); }
  constexpr uint32_t fraction() const { return static_cast<uint32_t>(value_); }
  // The middle 32 bits, 16.16 fixed point: what LSR, LRR and RTT arithmetic use.
  constexpr uint32_t compact() const { return static_cast<uint32_t>(value_ >> 16); }
  constexpr bool IsZero() const { return value_ == 0; }

  constexpr int64_t ToUnixMicros() const {
    return (int64_t{seconds()} - kUnixEpoch) * kMicros +
           static_cast<int64_t>((uint64_t{fraction()} * kMicros + (uint64_t{1} << 31)) >> 32);
  }
  constexpr Timestamp ToTimestamp(const WallClockAnchor& anchor) const {
    return anchor.at + TimeDelta::Micros(ToUnixMicros() - anchor.unix_us);
  }

  constexpr auto operator<=>(const NtpTime&) const = default;

 private:
  static constexpr int64_t kMicros = 1'000'000;
  static constexpr int64_t kUnixEpoch = 2'208'988'800;  // 1970 in seconds since 1900.

  uint64_t value_ = 0;
};

// A duration in the compact form's 1/65536 s (DLSR, DLRR), rounded to the nearest; 0 when negative and the
// largest value when it does not fit.
constexpr uint32_t ToCompactNtp(TimeDelta duration) {
  if (duration <= TimeDelta::Zero()) return 0;
  if (duration >= TimeDelta::Seconds(65536)) return 0xffff'ffff;
  int64_t ticks = (duration.us() * 65536 + 500'000) / 1'000'000;
  return ticks > 0xffff'ffff ? 0xffff'ffff : static_cast<uint32_t>(ticks);
}

// The difference of two compact times, as signed 16.16 seconds: wrap-around is taken care of, and a clock
// that went backwards gives a negative duration.
constexpr TimeDelta CompactNtpDelta(uint32_t difference) {
  return TimeDelta::Micros((int64_t{static_cast<int32_t>(difference)} * 1'000'000) / 65536);
}

}  // namespace sluice::rtp
