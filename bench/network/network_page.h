// docs/network: the plots of all scenarios, and the table of what congestion control reached in each.
#pragma once

#include <string>
#include <vector>

#include "tests/sim/congestion_scenarios.h"

namespace sluice::bench {

struct ScenarioResult {
  const sim::Scenario* scenario = nullptr;
  std::vector<std::vector<double>> values;  // For each bar, one for each seed.
};

// The page in Markdown; it refers to <scenario's name>.svg beside it.
std::string WritePage(const std::vector<ScenarioResult>& results);

}  // namespace sluice::bench
