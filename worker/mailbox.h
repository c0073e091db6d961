// A bounded queue from one thread to one other, without locks.
//
//   producer: if (!mailbox.TryPush(std::move(event))) ++dropped;   …then one wake-up for the turn
//   consumer: mailbox.Drain([&](Event&& event) { … });
//
// Threads: TryPush() on the producer's, everything else on the consumer's. Construction and destruction
// while neither runs.
//
// Several mailboxes into one consumer keep causality if it reads PublishedCount() of its peers' first, then
// drains the control mailbox, then each peer's up to what was read: whatever a peer sent on account of a
// command, the command is then in the control mailbox already.
#pragma once

#include <atomic>
#include <bit>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <new>
#include <utility>

namespace sluice::worker {

template <typename T>
class Mailbox {
 public:
  // Room for `capacity` messages, rounded up to a power of two.
  explicit Mailbox(size_t capacity)
      : mask_(std::bit_ceil(capacity < 2 ? size_t{2} : capacity) - 1),
        cells_(std::make_unique<Cell[]>(mask_ + 1)) {}
  ~Mailbox() {
    Drain([](T&&) {});
  }
  Mailbox(const Mailbox&) = delete;
  Mailbox& operator=(const Mailbox&) = delete;

  size_t capacity() const { return mask_ + 1; }

  // False when full; `message` is then unchanged.
  [[nodiscard]] bool TryPush(T&& message) {
    const uint64_t tail = tail_.load(std::memory_order_relaxed);
    if (tail - cached_head_ > mask_) {
      cached_head_ = head_.load(std::memory_order_acquire);
      if (tail - cached_head_ > mask_) return false;
    }
    new (cells_[tail & mask_].bytes) T(std::move(message));
    tail_.store(tail + 1, std::memory_order_release);
    return true;
  }

  // Messages ever pushed, as far as this thread can see; all of them can be drained.
  uint64_t PublishedCount() const { return tail_.load(std::memory_order_acquire); }
  // Messages ever drained.
  uint64_t DrainedCount() const { return head_.load(std::memory_order_relaxed); }

  // Hands over messages in order until `count` have ever been drained, where `count` came from
  // PublishedCount(); returns how many. `handle` takes a T&&; it may push to other mailboxes but not
  // drain this one.
  template <typename Handler>
  size_t DrainUpTo(uint64_t count, Handler&& handle) {
    const uint64_t first = head_.load(std::memory_order_relaxed);
    uint64_t head = first;
    while (head < count) {
      T* message = std::launder(reinterpret_cast<T*>(cells_[head & mask_].bytes));
      handle(std::move(*message));
      message->~T();
      head_.store(++head, std::memory_order_release);
    }
    return static_cast<size_t>(head - first);
  }

  template <typename Handler>
  size_t Drain(Handler&& handle) {
    return DrainUpTo(PublishedCount(), std::forward<Handler>(handle));
  }

 private:
  struct Cell {
    alignas(T) std::byte bytes[sizeof(T)];
  };

  const size_t mask_;
  const std::unique_ptr<Cell[]> cells_;
  // Each side's index on a line of its own, with what only that side uses.
  alignas(64) std::atomic<uint64_t> tail_{0};
  uint64_t cached_head_ = 0;  // Producer: head_ is at least this.
  alignas(64) std::atomic<uint64_t> head_{0};
};

}  // namespace sluice::worker
