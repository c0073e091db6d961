// What is on its way to the application: packets and messages that direct transports have told the control
// plane, and lines that its clients have not taken. Direct transports drop what may be lost, and hold or drop
// the rest, before a client that reads too slowly costs memory or its connection.
//
// Threads: any. Relaxed counters: a limit may be exceeded by what a few workers say at once.
#pragma once

#include <atomic>
#include <cstddef>
#include <cstdint>

namespace sluice::worker {

class ApplicationBacklog {
 public:
  // For RTP, RTCP and channels that may lose messages. Less than a client may leave unread and still be read
  // from: media alone never silences one.
  static constexpr int64_t kMaxLossy = int64_t{2} << 20;
  // For channels that lose nothing.
  static constexpr int64_t kMax = int64_t{8} << 20;

  // Of a payload of `size` bytes, as a line.
  static int64_t CostOf(size_t size) { return static_cast<int64_t>(size / 3 * 4) + 200; }

  // On the workers.
  void Add(size_t size) { underway_.fetch_add(CostOf(size), std::memory_order_relaxed); }
  int64_t bytes() const {
    return underway_.load(std::memory_order_relaxed) + unwritten_.load(std::memory_order_relaxed);
  }
  double fill() const { return static_cast<double>(bytes()) / static_cast<double>(kMax); }
  // What clients have taken, ever.
  uint64_t taken() const { return taken_.load(std::memory_order_relaxed); }

  // On the control thread: one of those that were added was handled.
  void Remove(size_t size) { underway_.fetch_sub(CostOf(size), std::memory_order_relaxed); }
  // Of the client that reads best.
  void SetUnwritten(size_t bytes) {
    unwritten_.store(static_cast<int64_t>(bytes), std::memory_order_relaxed);
  }
  void AddTaken(size_t bytes) { taken_.fetch_add(bytes, std::memory_order_relaxed); }

 private:
  std::atomic<int64_t> underway_{0};
  std::atomic<int64_t> unwritten_{0};
  std::atomic<uint64_t> taken_{0};
};

}  // namespace sluice::worker
