// The networks that congestion control is tested on, and what it must reach on each: the one list for the
// tests, for the plots and for the table in docs/network.
#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <vector>

#include "tests/sim/record.h"

namespace sluice::sim {

// One number that a run is measured by, and its limit, which the median over the seeds must keep.
struct Bar {
  std::string what;
  std::string unit;
  enum class Limit : uint8_t { kAtLeast, kAtMost } limit = Limit::kAtLeast;
  double value = 0;
  std::function<double(const Record&)> measure;

  bool Holds(double measured) const {
    return limit == Limit::kAtLeast ? measured >= value : measured <= value;
  }
};

struct Scenario {
  std::string name;  // Of files and tests: lower case, digits and underscores.
  std::string title;
  std::string about;  // The network in a sentence.
  std::function<Record(uint64_t seed)> run;
  std::vector<Bar> bars;
};

const std::vector<Scenario>& CongestionScenarios();
// The medians over seeds 1 to `seeds`, one for each of the scenario's bars.
std::vector<double> MeasureBars(const Scenario& scenario, int seeds);

}  // namespace sluice::sim
