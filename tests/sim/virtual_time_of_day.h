// Puts a simulation's clock in the place of gettimeofday(), from which usrsctp reads the time, as long as it
// lives. One at a time, and one thread.
#pragma once

#include "tests/sim/simulation.h"

namespace sluice::sim {

class VirtualTimeOfDay {
 public:
  explicit VirtualTimeOfDay(const Simulation* sim);
  ~VirtualTimeOfDay();
  VirtualTimeOfDay(const VirtualTimeOfDay&) = delete;
  VirtualTimeOfDay& operator=(const VirtualTimeOfDay&) = delete;
};

}  // namespace sluice::sim
