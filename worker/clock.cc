#include "worker/clock.h"

#include <ctime>

namespace sluice::worker {
namespace {

int64_t ReadMicros(clockid_t clock) {
  timespec t;
  clock_gettime(clock, &t);
  return int64_t{t.tv_sec} * 1'000'000 + t.tv_nsec / 1000;
}

}  // namespace

Timestamp MonotonicNow() { return Timestamp::Micros(ReadMicros(CLOCK_MONOTONIC)); }

TimeDelta UnixTime() { return TimeDelta::Micros(ReadMicros(CLOCK_REALTIME)); }

}  // namespace sluice::worker
