// Fixed-size, reference-counted packet memory: one slab holds one datagram.
//
//   SlabPool pool;                       // one a worker
//   SlabRef slab = pool.Acquire();       // empty, unique
//   recv(fd, slab->storage().data(), …); slab->Resize(n);
//   SlabRef shared = slab;               // another reference, also on another thread
//
// Threads: a pool belongs to one thread, which alone calls Acquire(). References may be copied and
// dropped on any thread; a slab whose last reference goes elsewhere travels home on a lock-free stack
// that the owner takes in one exchange. Bytes may be written only while the reference is unique.
// Lifetime: a pool outlives its slabs' last reference (workers are joined before pools are destroyed).
#pragma once

#include <algorithm>
#include <atomic>
#include <cassert>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <new>
#include <utility>
#include <vector>

#include "rtp/bytes.h"
#include "rtp/received_packet.h"

namespace sluice {

class SlabPool;

class alignas(64) Slab {
 public:
  // A full Ethernet frame's IP payload, the SRTP trailer, and room for a rewritten, longer header.
  static constexpr size_t kCapacity = 1664;

  MutableBytes storage() { return {data_, kCapacity}; }
  MutableBytes bytes() { return {data_, size_}; }
  Bytes bytes() const { return {data_, size_}; }
  size_t size() const { return size_; }
  void Resize(size_t size) {  // At most kCapacity.
    assert(size <= kCapacity);
    size_ = static_cast<uint16_t>(size);
  }

  // What was read from the packet at ingest. Written once by the receiving worker, before sharing.
  rtp::ReceivedPacket& packet() { return packet_; }
  const rtp::ReceivedPacket& packet() const { return packet_; }

 private:
  friend class SlabPool;
  friend class SlabRef;

  std::atomic<uint32_t> references_{0};
  uint16_t size_ = 0;
  SlabPool* owner_ = nullptr;
  Slab* next_ = nullptr;  // On a free list.
  rtp::ReceivedPacket packet_;
  uint8_t data_[kCapacity];
};

// One counted reference. Empty after a move.
class SlabRef {
 public:
  SlabRef() = default;
  SlabRef(const SlabRef& o) : slab_(o.slab_) {
    if (slab_) slab_->references_.fetch_add(1, std::memory_order_relaxed);
  }
  SlabRef(SlabRef&& o) noexcept : slab_(std::exchange(o.slab_, nullptr)) {}
  SlabRef& operator=(SlabRef o) noexcept {
    std::swap(slab_, o.slab_);
    return *this;
  }
  ~SlabRef() {
    if (slab_) Release();
  }

  explicit operator bool() const { return slab_ != nullptr; }
  Slab* operator->() const { return slab_; }
  Slab& operator*() const { return *slab_; }
  Slab* get() const { return slab_; }
  void reset() { *this = SlabRef(); }

 private:
  friend class SlabPool;
  explicit SlabRef(Slab* adopted) : slab_(adopted) {}
  void Release();

  Slab* slab_ = nullptr;
};

class SlabPool {
 public:
  // `max_slabs` bounds the memory; Acquire() beyond it answers an empty reference.
  explicit SlabPool(size_t max_slabs = 256 * 1024);
  ~SlabPool();
  SlabPool(const SlabPool&) = delete;
  SlabPool& operator=(const SlabPool&) = delete;

  // Owner thread only. Empty when the bound is reached: drop and count.
  [[nodiscard]] SlabRef Acquire() {
    if (!free_ && !Refill()) return SlabRef();
    Slab* slab = std::exchange(free_, free_->next_);
    slab->size_ = 0;
    slab->references_.store(1, std::memory_order_relaxed);
    return SlabRef(slab);
  }

  // A slab with these bytes in it; empty also where they do not fit.
  [[nodiscard]] SlabRef AcquireCopy(Bytes bytes) {
    SlabRef slab = bytes.size() <= Slab::kCapacity ? Acquire() : SlabRef();
    if (!slab) return slab;
    std::copy(bytes.begin(), bytes.end(), slab->storage().begin());
    slab->Resize(bytes.size());
    return slab;
  }

  // Slabs ever made; grows while the load grows and then stays.
  size_t capacity() const { return chunks_.size() * kChunkSlabs; }

 private:
  friend class SlabRef;
  static constexpr size_t kChunkSlabs = 128;

  // Refills the free list from what came home, or with a new chunk.
  bool Refill();
  void Return(Slab* slab);

  Slab* free_ = nullptr;
  const uint64_t serial_;  // Never reused in the process.
  const size_t max_slabs_;
  std::vector<std::unique_ptr<Slab[]>> chunks_;
  alignas(64) std::atomic<Slab*> returned_{nullptr};  // Pushed by any thread.
};

inline void SlabRef::Release() {
  // The last holder needs no atomic read-modify-write: nobody else can take a reference any more.
  if (slab_->references_.load(std::memory_order_acquire) == 1 ||
      slab_->references_.fetch_sub(1, std::memory_order_acq_rel) == 1) {
    slab_->owner_->Return(slab_);
  }
}

}  // namespace sluice
