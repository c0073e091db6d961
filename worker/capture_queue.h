// A capture between a transport's worker, which puts packets in, and the thread that writes the file: a ring
// of bytes, without locks. What does not fit is dropped and counted, so that a slow disk never holds a
// worker.
//
// Threads: Put() and dropped() on the worker's, Take() on the writer's, End() and end() on any.
#pragma once

#include <atomic>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <semaphore>
#include <vector>

#include "rtp/bytes.h"
#include "worker/pcapng.h"

namespace sluice::worker {

// Why a capture has ended.
enum class CaptureEnd : uint8_t {
  kNone,      // It has not.
  kStopped,   // It was asked to.
  kSize,      // The next packet would have made the file too large.
  kDuration,  // Its time was over.
  kDisk,      // The file could not be written: no space, usually.
  kClosed,    // The transport was closed.
};

struct CaptureLimits {
  uint64_t bytes = 0;      // Of the file.
  size_t snap_length = 0;  // Bytes kept of each packet.
  bool incoming = true;    // Which direction is taken.
  bool outgoing = true;
};

class CaptureQueue {
 public:
  // `written`: the bytes that the file begins with.
  CaptureQueue(const CaptureLimits& limits, uint64_t written) : limits_(limits), bytes_(written) {}
  CaptureQueue(const CaptureQueue&) = delete;
  CaptureQueue& operator=(const CaptureQueue&) = delete;

  // False: the capture has ended.
  bool Put(const CapturedPacket& packet);
  bool Takes(bool incoming) const { return incoming ? limits_.incoming : limits_.outgoing; }

  // The first of several ends counts. The file ends with what was put before.
  void End(CaptureEnd end);
  CaptureEnd end() const { return end_.load(std::memory_order_acquire); }

  // Writes what is there, in at most two pieces; `write` answers false to keep the rest for ever.
  bool Take(const std::function<bool(Bytes)>& write);
  // Until the capture has ended, or that time is over.
  void WaitForEnd(std::chrono::milliseconds time) { (void)ended_.try_acquire_for(time); }

  uint64_t packets() const { return packets_.load(std::memory_order_relaxed); }
  uint64_t dropped() const { return dropped_.load(std::memory_order_relaxed); }

 private:
  static constexpr size_t kCapacity = size_t{1} << 20;

  void Append(Bytes bytes, uint64_t at);

  const CaptureLimits limits_;
  uint64_t bytes_;  // Of the file, with what waits here.
  std::vector<uint8_t> ring_ = std::vector<uint8_t>(kCapacity);
  std::binary_semaphore ended_{0};
  std::atomic<CaptureEnd> end_{CaptureEnd::kNone};
  std::atomic<uint64_t> packets_{0};
  std::atomic<uint64_t> dropped_{0};
  alignas(64) std::atomic<uint64_t> tail_{0};  // Bytes ever put,
  alignas(64) std::atomic<uint64_t> head_{0};  // and ever taken.
};

}  // namespace sluice::worker
