// Round-trip time from what a peer echoes: LSR and DLSR of a report block (RFC 3550 §6.4.1), or LRR and DLRR
// of an extended report (RFC 3611 §4.5). Times on the wire are 16.16 seconds: the middle of an NTP time.
#pragma once

#include <cstdint>
#include <optional>

#include "rtp/units.h"

namespace sluice::rtp {

// One measurement. `now` and `last_report` are of our own clock, `delay` is what the peer says it waited. At
// least 1 ms: clocks that are adjusted meanwhile can make it negative. nullopt: no report was echoed (0), or
// the values cannot be true (more than 10 s, or less than -1 s).
std::optional<TimeDelta> MeasureRoundTrip(uint32_t now, uint32_t last_report, uint32_t delay);

// The latest measurement, and their smoothed mean (7/8 old, 1/8 new: RFC 6298 §2).
class RoundTripTime {
 public:
  // True when it was a valid measurement.
  bool HandleReport(uint32_t now, uint32_t last_report, uint32_t delay);

  std::optional<TimeDelta> latest() const { return latest_; }
  std::optional<TimeDelta> smoothed() const { return smoothed_; }

 private:
  std::optional<TimeDelta> latest_;
  std::optional<TimeDelta> smoothed_;
};

}  // namespace sluice::rtp
