// The process's clocks. Only worker/ and api/ may read them; everything below is given `now`.
#pragma once

#include "rtp/units.h"

namespace sluice::worker {

// CLOCK_MONOTONIC, whose origin libuv's loop time shares. Any thread.
Timestamp MonotonicNow();

// Time since 1970-01-01T00:00:00Z (CLOCK_REALTIME): for certificates, sender reports and logs. Any thread.
TimeDelta UnixTime();

}  // namespace sluice::worker
