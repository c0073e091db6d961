#include "tests/sim/virtual_time_of_day.h"

#include <sys/time.h>
#include <time.h>

namespace sluice::sim {
namespace {
const Simulation* simulation = nullptr;
}  // namespace

VirtualTimeOfDay::VirtualTimeOfDay(const Simulation* sim) { simulation = sim; }
VirtualTimeOfDay::~VirtualTimeOfDay() { simulation = nullptr; }

}  // namespace sluice::sim

// A program's own definition goes before the C library's, for shared libraries too.
extern "C" int gettimeofday(timeval* time, void*) noexcept {
  timespec now{};
  clock_gettime(CLOCK_REALTIME, &now);
  *time = {.tv_sec = now.tv_sec, .tv_usec = now.tv_nsec / 1000};
  if (const auto* sim = sluice::sim::simulation) {
    const int64_t us = sim->now().us();
    *time = {.tv_sec = us / 1'000'000, .tv_usec = us % 1'000'000};
  }
  return 0;
}
