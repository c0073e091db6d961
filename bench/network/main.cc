// sluice-network FOLDER: runs congestion control on every simulated network and writes the plots and the page
// of results into FOLDER. Exit status 1: a bar is not held, or FOLDER cannot be written.
#include <cstdio>
#include <fstream>
#include <string>
#include <vector>

#include "bench/network/network_page.h"
#include "bench/network/svg_plot.h"
#include "tests/sim/congestion_scenarios.h"

namespace sluice::bench {
namespace {

constexpr uint64_t kSeeds = 9;

ScenarioResult Run(const sim::Scenario& scenario, const std::string& folder) {
  ScenarioResult result{&scenario, std::vector<std::vector<double>>(scenario.bars.size())};
  for (uint64_t seed = 1; seed <= kSeeds; ++seed) {
    const sim::Record record = scenario.run(seed);
    if (seed == 1) std::ofstream(folder + "/" + scenario.name + ".svg") << DrawRecord(scenario.title, record);
    for (size_t i = 0; i < scenario.bars.size(); ++i)
      result.values[i].push_back(scenario.bars[i].measure(record));
  }
  return result;
}

// Whether all bars are held.
bool Print(const ScenarioResult& result) {
  bool all = true;
  for (size_t i = 0; i < result.values.size(); ++i) {
    const sim::Bar& bar = result.scenario->bars[i];
    const double median = sim::Median(result.values[i]);
    all &= bar.Holds(median);
    std::printf("%-20s %-44s %s %7.3g   %7.3g %s\n", result.scenario->name.c_str(), bar.what.c_str(),
                bar.limit == sim::Bar::Limit::kAtLeast ? ">=" : "<=", bar.value, median,
                bar.Holds(median) ? "" : "NOT HELD");
  }
  std::fflush(stdout);
  return all;
}

int Main(const std::string& folder) {
  std::vector<ScenarioResult> results;
  bool all = true;
  for (const sim::Scenario& scenario : sim::CongestionScenarios()) {
    results.push_back(Run(scenario, folder));
    all &= Print(results.back());
  }
  std::ofstream page(folder + "/results.md");
  page << WritePage(results);
  return all && page.good() ? 0 : 1;
}

}  // namespace
}  // namespace sluice::bench

int main(int argc, char** argv) {
  if (argc == 2) return sluice::bench::Main(argv[1]);
  std::fprintf(stderr, "usage: sluice-network FOLDER\n");
  return 2;
}
