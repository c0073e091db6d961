#include "tests/allocation_count.h"

#include <malloc.h>

#include <cstdlib>
#include <new>

namespace {
thread_local uint64_t allocations = 0;
thread_local int64_t allocated_bytes = 0;
}  // namespace

#if SLUICE_COUNTS_ALLOCATIONS
namespace {

void* Allocate(std::size_t size, std::size_t alignment) {
  ++allocations;
  // aligned_alloc wants a multiple of the alignment.
  const std::size_t rounded = (size + alignment - 1) / alignment * alignment;
  void* memory = std::aligned_alloc(alignment, rounded > 0 ? rounded : alignment);
  if (!memory) std::abort();
  allocated_bytes += static_cast<int64_t>(malloc_usable_size(memory));
  return memory;
}

void Free(void* memory) {
  allocated_bytes -= static_cast<int64_t>(malloc_usable_size(memory));
  std::free(memory);
}

}  // namespace

// Not inlined: GCC would see free() on what came from new.
[[gnu::noinline]] void* operator new(std::size_t size) {
  return Allocate(size, __STDCPP_DEFAULT_NEW_ALIGNMENT__);
}
[[gnu::noinline]] void* operator new(std::size_t size, std::align_val_t alignment) {
  return Allocate(size, static_cast<std::size_t>(alignment));
}
[[gnu::noinline]] void operator delete(void* memory) noexcept { Free(memory); }
[[gnu::noinline]] void operator delete(void* memory, std::size_t) noexcept { Free(memory); }
[[gnu::noinline]] void operator delete(void* memory, std::align_val_t) noexcept { Free(memory); }
[[gnu::noinline]] void operator delete(void* memory, std::size_t, std::align_val_t) noexcept { Free(memory); }
#endif

namespace sluice {

uint64_t AllocationCount() { return allocations; }
int64_t AllocatedBytes() { return allocated_bytes; }

}  // namespace sluice
