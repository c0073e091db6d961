#include "rtp/slab.h"

#include <utility>

namespace sluice {
namespace {
// The pool whose owner runs on this thread, so that a release at home needs no atomic operation. By serial
// number, not by address: a later pool of another thread may stand where an earlier one stood.
thread_local uint64_t home_pool = 0;
std::atomic<uint64_t> last_serial{0};
}  // namespace

SlabPool::SlabPool(size_t max_slabs)
    : serial_(last_serial.fetch_add(1, std::memory_order_relaxed) + 1), max_slabs_(max_slabs) {}

SlabPool::~SlabPool() = default;

bool SlabPool::Refill() {
  home_pool = serial_;
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
  if (home_pool == serial_) {
    slab->next_ = std::exchange(free_, slab);
    return;
  }
  slab->next_ = returned_.load(std::memory_order_relaxed);
  while (!returned_.compare_exchange_weak(slab->next_, slab, std::memory_order_release,
                                          std::memory_order_relaxed)) {
  }
}

}  // namespace sluice
