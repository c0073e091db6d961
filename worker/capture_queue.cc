#include "worker/capture_queue.h"

#include <algorithm>
#include <cstring>

namespace sluice::worker {

bool CaptureQueue::Put(const CapturedPacket& packet) {
  if (end() != CaptureEnd::kNone) return false;
  if (!Takes(packet.incoming)) return true;
  const PcapngPacketBlock block(packet, limits_.snap_length);
  if (bytes_ + block.size() > limits_.bytes) {
    End(CaptureEnd::kSize);
    return false;
  }
  const uint64_t tail = tail_.load(std::memory_order_relaxed);
  if (tail + block.size() - head_.load(std::memory_order_acquire) > kCapacity) {
    dropped_.fetch_add(1, std::memory_order_relaxed);
    return true;
  }
  Append(block.head(), tail);
  Append(block.body(), tail + block.head().size());
  Append(block.tail(), tail + block.head().size() + block.body().size());
  bytes_ += block.size();
  packets_.fetch_add(1, std::memory_order_relaxed);
  tail_.store(tail + block.size(), std::memory_order_release);
  return true;
}

void CaptureQueue::Append(Bytes bytes, uint64_t at) {
  if (bytes.empty()) return;
  const size_t offset = at % kCapacity;
  const size_t first = std::min(bytes.size(), kCapacity - offset);
  std::memcpy(ring_.data() + offset, bytes.data(), first);
  std::memcpy(ring_.data(), bytes.data() + first, bytes.size() - first);
}

void CaptureQueue::End(CaptureEnd end) {
  CaptureEnd none = CaptureEnd::kNone;
  if (end_.compare_exchange_strong(none, end, std::memory_order_acq_rel)) ended_.release();
}

bool CaptureQueue::Take(const std::function<bool(Bytes)>& write) {
  const uint64_t head = head_.load(std::memory_order_relaxed);
  const auto size = static_cast<size_t>(tail_.load(std::memory_order_acquire) - head);
  const size_t offset = head % kCapacity;
  const size_t first = std::min(size, kCapacity - offset);
  const Bytes ring(ring_);
  if (first > 0 && !write(ring.subspan(offset, first))) return false;
  if (size > first && !write(ring.first(size - first))) return false;
  head_.store(head + size, std::memory_order_release);
  return true;
}

}  // namespace sluice::worker
