// What congestion control must reach on each simulated network (congestion_scenarios.h), by the median over
// seeds.
#include <gtest/gtest.h>

#include <string>

#include "tests/sim/congestion_scenarios.h"

namespace sluice::sim {
namespace {

// A sanitizer makes the runs ten times as long: it sees fewer of them.
#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
constexpr int kSeeds = 3;
#elif defined(__clang__)
constexpr int kSeeds = __has_feature(address_sanitizer) || __has_feature(thread_sanitizer) ? 3 : 9;
#else
constexpr int kSeeds = 9;
#endif

class CongestionTest : public ::testing::TestWithParam<Scenario> {};

TEST_P(CongestionTest, KeepsItsBars) {
  const Scenario& scenario = GetParam();
  const std::vector<double> medians = MeasureBars(scenario, kSeeds);
  for (size_t i = 0; i < medians.size(); ++i) {
    const Bar& bar = scenario.bars[i];
    const char* limit = bar.limit == Bar::Limit::kAtLeast ? " must be at least " : " must be at most ";
    EXPECT_TRUE(bar.Holds(medians[i])) << bar.what << " is " << medians[i] << limit << bar.value << bar.unit;
  }
}

INSTANTIATE_TEST_SUITE_P(Networks, CongestionTest, ::testing::ValuesIn(CongestionScenarios()),
                         [](const auto& scenario) { return scenario.param.name; });

TEST(CongestionScenariosTest, ASeedFixesTheWholeRun) {
  const Scenario& scenario = CongestionScenarios().front();
  const Record first = scenario.run(7), second = scenario.run(7), other = scenario.run(8);
  ASSERT_EQ(first.waits.size(), second.waits.size());
  EXPECT_NE(first.waits.size(), other.waits.size());
  for (size_t i = 0; i < first.waits.size(); ++i) ASSERT_EQ(first.waits[i].ms, second.waits[i].ms);
}

}  // namespace
}  // namespace sluice::sim
