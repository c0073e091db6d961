#include "rtp/slab.h"

#include <cassert>
#include <thread>

namespace sluice {
namespace {
// The pool whose owner runs on this thread, so that a release at home needs no atomic operation.
thread_local SlabPool* home_pool = nullptr;
}  // namespace

SlabPool::SlabPool(size_t max_slabs) : max_slabs_(max_slabs) {}

SlabPool::~SlabPool() {
  if (home_pool == this) home_pool = nullptr;
}

bool SlabPool::Refill() {
  home_pool = this;
  free_ = returned_.exchange(nullptr, std::memory_order_acquire);
  if (free_) return true;
  if (capacity() + kChunkSlabs > max_slabs_) return false;
  chunks_.push_back(std::make_unique<Slab[]>(kChunkSlabs));
  for (size_t i = 0; i < kChunkSlabs; ++i) {
    Slab& slab = chunks_.back()[i];
    slab.owner_ = this;
    slab.next_ = std::exchange(free_, &slab);
  }
  return true;
}

void SlabPool::Return(Slab* slab) {
  if (home_pool == this) {
    slab->next_ = std::exchange(free_, slab);
    return;
  }
  slab->next_ = returned_.load(std::memory_order_relaxed);
  while (!returned_.compare_exchange_weak(slab->next_, slab, std::memory_order_release,
                                          std::memory_order_relaxed)) {
  }
}

}  // namespace sluice
