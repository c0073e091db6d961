// Packets that wait, first in, first out: a ring that grows from 32 to at most `max_packets`, a power of two,
// and the time of each.
#pragma once

#include <cstddef>
#include <cstdint>
#include <utility>
#include <vector>

#include "rtp/units.h"

namespace sluice::rtp::congestion {

template <typename Packet, size_t max_packets>
class PacketQueue {
 public:
  static constexpr size_t kMinPackets = 32;
  static constexpr size_t kMaxPackets = max_packets;

  // False: full.
  [[nodiscard]] bool Push(Timestamp now, Packet&& packet, size_t size) {
    if (count_ == ring_.size() && !Grow()) return false;
    ring_[(first_ + count_++) & (ring_.size() - 1)] = {std::move(packet), Milliseconds(now),
                                                       static_cast<uint32_t>(size)};
    size_ += DataSize::Bytes(static_cast<int64_t>(size));
    return true;
  }
  // Of a queue that is not empty.
  size_t front_size() const { return ring_[first_].size; }
  Packet Pop() {
    Entry& entry = ring_[first_];
    size_ = size_ - DataSize::Bytes(entry.size);
    first_ = (first_ + 1) & (ring_.size() - 1);
    --count_;
    return std::move(entry.packet);
  }
  template <typename Predicate>
  void Remove(Predicate&& matches);

  bool empty() const { return count_ == 0; }
  DataSize size() const { return size_; }
  // Of the first packet, to the millisecond.
  TimeDelta Age(Timestamp now) const {
    return empty() ? TimeDelta::Zero() : TimeDelta::Millis(Milliseconds(now) - ring_[first_].since_ms);
  }

 private:
  struct Entry {
    Packet packet;
    uint32_t since_ms = 0;  // The lower bits.
    uint32_t size = 0;
  };
  static uint32_t Milliseconds(Timestamp at) { return static_cast<uint32_t>(at.ms()); }
  bool Grow() {
    if (ring_.size() == kMaxPackets) return false;
    std::vector<Entry> grown(ring_.empty() ? kMinPackets : ring_.size() * 2);
    for (size_t i = 0; i < count_; ++i) grown[i] = std::move(ring_[(first_ + i) & (ring_.size() - 1)]);
    ring_ = std::move(grown);
    first_ = 0;
    return true;
  }

  std::vector<Entry> ring_;
  size_t first_ = 0;
  size_t count_ = 0;
  DataSize size_;
};

template <typename Packet, size_t max_packets>
template <typename Predicate>
void PacketQueue<Packet, max_packets>::Remove(Predicate&& matches) {
  for (size_t left = count_; left > 0; --left) {
    const uint32_t since = ring_[first_].since_ms;
    size_t size = front_size();
    Packet packet = Pop();
    if (matches(std::as_const(packet))) continue;
    ring_[(first_ + count_++) & (ring_.size() - 1)] = {std::move(packet), since, static_cast<uint32_t>(size)};
    size_ += DataSize::Bytes(static_cast<int64_t>(size));
  }
}

}  // namespace sluice::rtp::congestion
