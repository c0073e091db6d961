#include "tests/allocation_count.h"

#include <gtest/gtest.h>

#include <array>
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

TEST(AllocationCountTest, KnowsHowMuchThisThreadHolds) {
  if (!SLUICE_COUNTS_ALLOCATIONS) GTEST_SKIP() << "the sanitizer has operators of its own";
  const int64_t before = AllocatedBytes();
  auto kept = std::make_unique<std::array<char, 1'000>>();
  EXPECT_GE(AllocatedBytes(), before + 1'000);
  EXPECT_LT(AllocatedBytes(), before + 1'100);
  kept.reset();
  EXPECT_EQ(AllocatedBytes(), before);
}

}  // namespace
}  // namespace sluice::worker
