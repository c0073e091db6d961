// A queue from one thread to one other for messages that must never be lost: commands and their answers.
//
// It is a chain of bounded blocks. Push() allocates only when a block is full and always publishes at once,
// so it needs no retry and, unlike a queue that spills on the producer's side, it keeps causality between
// mailboxes (see mailbox.h). Its memory is bounded only by how far the consumer falls behind.
//
// Threads: Push() on the producer's, everything else on the consumer's.
#pragma once

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <new>
#include <utility>

namespace sluice::worker {

template <typename T>
class UnboundedMailbox {
 public:
  UnboundedMailbox() : write_(new Block), read_(write_) {}
  ~UnboundedMailbox() {
    Drain([](T&&) {});
    delete read_;
  }
  UnboundedMailbox(const UnboundedMailbox&) = delete;
  UnboundedMailbox& operator=(const UnboundedMailbox&) = delete;

  void Push(T&& message) {
    const uint64_t tail = tail_.load(std::memory_order_relaxed);
    const size_t cell = tail % kBlockSize;
    if (cell == 0 && tail > 0) write_ = write_->next = new Block;
    new (write_->cells[cell].bytes) T(std::move(message));
    tail_.store(tail + 1, std::memory_order_release);  // Publishes the block's link as well.
  }

  // As Mailbox.
  uint64_t PublishedCount() const { return tail_.load(std::memory_order_acquire); }
  uint64_t DrainedCount() const { return head_; }

  // As Mailbox.
  template <typename Handler>
  size_t DrainUpTo(uint64_t count, Handler&& handle) {
    const uint64_t first = head_;
    while (head_ < count) {
      const size_t cell = head_ % kBlockSize;
      if (cell == 0 && head_ > 0) delete std::exchange(read_, read_->next);
      T* message = std::launder(reinterpret_cast<T*>(read_->cells[cell].bytes));
      handle(std::move(*message));
      message->~T();
      ++head_;
    }
    return static_cast<size_t>(head_ - first);
  }

  template <typename Handler>
  size_t Drain(Handler&& handle) {
    return DrainUpTo(PublishedCount(), std::forward<Handler>(handle));
  }

 private:
  static constexpr size_t kBlockSize = 256;
  struct Cell {
    alignas(T) std::byte bytes[sizeof(T)];
  };
  struct Block {
    Block* next = nullptr;
    Cell cells[kBlockSize];
  };

  alignas(64) std::atomic<uint64_t> tail_{0};
  Block* write_;                   // Producer.
  alignas(64) uint64_t head_ = 0;  // Consumer.
  Block* read_;
};

}  // namespace sluice::worker
