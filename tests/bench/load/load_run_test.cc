// Short runs against the real binary.
#include "bench/load/load_run.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace sluice::load {
namespace {

LoadOptions Short(const std::vector<std::string>& scenario) {
  LoadOptions options;
  options.scenario = *ParseScenario(scenario);
  options.sluice = SLUICE_BINARY;
  options.warmup = TimeDelta::Millis(500);
  options.duration = TimeDelta::Millis(1000);
  options.quiet = true;
  return options;
}

RunResult Execute(const LoadOptions& options) {
  auto result = LoadRun(options).Execute();
  EXPECT_TRUE(result.ok()) << result.status();
  return result.ok() ? *std::move(result) : RunResult{};
}

// How many arrive in a given time depends on the machine; that they arrive, and all of them, does not.
TEST(LoadRunTest, AMeetingForwardsEverythingToEverybody) {
  RunResult result = Execute(Short({"meeting", "3"}));
  EXPECT_EQ(result.seen.clients, 6u);
  EXPECT_EQ(result.seen.connected, 6u);
  const Counters& counters = result.seen.counters;
  EXPECT_GT(counters.media_received, 0u);
  EXPECT_EQ(counters.damaged, 0u);
  EXPECT_EQ(counters.unknown, 0u);
  EXPECT_GT(counters.decrypted, 0u);
  EXPECT_GT(result.seen.delay.count(), 0u);
  EXPECT_GT(result.server.cpu, TimeDelta::Zero());
  EXPECT_GT(ToJson(result)["packetsPerSecond"], 0);
  EXPECT_THAT(Table(result), ::testing::HasSubstr("meeting 3"));
}

TEST(LoadRunTest, PeersComeAndGo) {
  LoadOptions options = Short({"churn", "3"});
  options.churn_interval = TimeDelta::Millis(100);
  options.threads = 2;
  RunResult result = Execute(options);
  EXPECT_EQ(result.seen.clients, 6u);
  EXPECT_EQ(result.seen.failed, 0u);
  EXPECT_GT(result.seen.counters.media_received, 0u);
  EXPECT_EQ(result.seen.counters.damaged, 0u);
}

TEST(LoadRunTest, AServerThatCannotBeStartedIsAnError) {
  LoadOptions options = Short({"meeting", "2"});
  options.sluice = "/nowhere/sluice";
  EXPECT_FALSE(LoadRun(options).Execute().ok());
  options.sluice = "/bin/true";
  EXPECT_FALSE(LoadRun(options).Execute().ok());
}

}  // namespace
}  // namespace sluice::load
