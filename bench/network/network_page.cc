#include "bench/network/network_page.h"

#include <algorithm>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "tests/sim/record.h"

namespace sluice::bench {
namespace {

using sim::Bar;

std::string Number(double value, const Bar& bar) {
  const std::string number = value >= 100 ? absl::StrFormat("%.0f", value) : absl::StrFormat("%.3g", value);
  return bar.unit.empty() ? number : absl::StrCat(number, " ", bar.unit);
}

std::string Row(const ScenarioResult& result, size_t i) {
  const Bar& bar = result.scenario->bars[i];
  const std::vector<double>& values = result.values[i];
  const double median = sim::Median(values);
  const auto [least, most] = std::minmax_element(values.begin(), values.end());
  const bool at_least = bar.limit == Bar::Limit::kAtLeast;
  const std::string name = absl::StrCat("[", result.scenario->title, "](#", result.scenario->name, ")");
  return absl::StrCat("| ", i == 0 ? name : "", " | ", bar.what, " | ", at_least ? "≥ " : "≤ ",
                      Number(bar.value, bar), " | ", bar.Holds(median) ? "" : "**", Number(median, bar),
                      bar.Holds(median) ? "" : "**", " | ", Number(at_least ? *least : *most, bar), " |\n");
}

}  // namespace

std::string WritePage(const std::vector<ScenarioResult>& results) {
  std::string table, pictures;
  for (const ScenarioResult& result : results) {
    for (size_t i = 0; i < result.values.size(); ++i) table += Row(result, i);
    absl::StrAppend(&pictures, "\n<a id=\"", result.scenario->name, "\"></a>\n\n## ", result.scenario->title,
                    "\n\n", result.scenario->about, "\n\n![", result.scenario->title, "](",
                    result.scenario->name, ".svg)\n");
  }
  return absl::StrCat(
      "# Congestion control on simulated networks\n\n"
      "Written by `scripts/bench network`, in virtual time: every run can be repeated by its seed. Bars are "
      "held by the\n"
      "median over the seeds 1 to ",
      results.front().values.front().size(),
      " (`tests/sim/congestion_test.cc` fails otherwise); the pictures are of seed 1. Unless a\n"
      "network says otherwise the path takes 20 ms each way, the queue holds 500 ms at the link's rate, "
      "feedback comes\n"
      "every 50 to 250 ms, and a video source of 30 frames a second follows the estimate, beside 40 kbit/s "
      "of audio.\n\n"
      "| network | bar | limit | median | worst seed |\n| --- | --- | --- | --- | --- |\n",
      table, pictures);
}

}  // namespace sluice::bench
