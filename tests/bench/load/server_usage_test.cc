#include "bench/load/server_usage.h"

#include <gtest/gtest.h>
#include <unistd.h>

namespace sluice::load {
namespace {

TEST(ServerUsageTest, ReadsTicksBehindAnyName) {
  auto stat = ProcStat::Parse("12 (a (b) 1 2 3) S 1 2 3 4 5 6 7 8 9 10 1234 567 0 0 20 0 4 0\n");
  ASSERT_TRUE(stat);
  EXPECT_EQ(stat->user_ticks, 1234u);
  EXPECT_EQ(stat->kernel_ticks, 567u);
}

TEST(ServerUsageTest, OtherTextIsRefused) {
  for (const char* text : {"", "12", "12 (x) S 1 2", "12 (x) S 1 2 3 4 5 6 7 8 9 10 many 567"}) {
    EXPECT_FALSE(ProcStat::Parse(text)) << text;
  }
}

TEST(ServerUsageTest, KnowsThisProcessAndNoneThatIsNot) {
  auto usage = ServerUsage::Of(getpid());
  ASSERT_TRUE(usage);
  EXPECT_GT(usage->resident_kb, 100u);
  EXPECT_GE(usage->threads, 1u);
  EXPECT_FALSE(ServerUsage::Of(-7));
}

}  // namespace
}  // namespace sluice::load
