// What this thread has taken by operator new: on the packet path nothing, in steady state.
//
//   const uint64_t before = AllocationCount();
//   …; EXPECT_EQ(AllocationCount(), before);
//
// Linked into the tests of the folders that ask for it (tests/CMakeLists.txt).
// Under the address and thread sanitizers, whose runtimes bring operators of their own, nothing is counted.
#pragma once

#include <cstdint>

#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
#define SLUICE_COUNTS_ALLOCATIONS 0
#elif defined(__clang__)
#define SLUICE_COUNTS_ALLOCATIONS !(__has_feature(address_sanitizer) || __has_feature(thread_sanitizer))
#else
#define SLUICE_COUNTS_ALLOCATIONS 1
#endif

namespace sluice {

uint64_t AllocationCount();
// Less what it has given back; in octets, as malloc() rounds them up.
int64_t AllocatedBytes();

}  // namespace sluice
