#include "tests/worker/allocation_count.h"

#include <gtest/gtest.h>

#include <memory>
#include <vector>

namespace sluice::worker {
namespace {

TEST(AllocationCountTest, CountsThisThreadsAllocations) {
  if (!SLUICE_COUNTS_ALLOCATIONS) GTEST_SKIP() << "the sanitizer has operators of its own";
  const uint64_t before = AllocationCount();
  std::vector<std::unique_ptr<int>> kept;
  kept.push_back(std::make_unique<int>(1));
  EXPECT_EQ(AllocationCount(), before + 2);
}

}  // namespace
}  // namespace sluice::worker
