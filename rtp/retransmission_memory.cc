#include "rtp/retransmission_memory.h"

#include <algorithm>

#include "rtp/retransmission_history.h"

namespace sluice::rtp {

RetransmissionMemory::RetransmissionMemory(size_t max_bytes)
    : max_packets_(std::clamp<size_t>(max_bytes / kPacketBytes, 1, UINT32_MAX - 1)) {}

RetransmissionMemory::Place RetransmissionMemory::Add(RetransmissionHistory* holder, int64_t sequence) {
  if (packets_ == max_packets_) {
    const Entry oldest = entries_[entries_[0].next];
    ++evicted_;
    oldest.holder->Release(oldest.sequence);
  }
  const Place place = TakeFree();
  const Place newest = entries_[0].previous;
  entries_[place] = {.holder = holder, .sequence = sequence, .previous = newest, .next = 0};
  entries_[newest].next = place;
  entries_[0].previous = place;
  ++packets_;
  return place;
}

void RetransmissionMemory::Remove(Place place) {
  Entry& entry = entries_[place];
  entries_[entry.previous].next = entry.next;
  entries_[entry.next].previous = entry.previous;
  entry = {.holder = nullptr, .sequence = 0, .previous = 0, .next = free_};
  free_ = place;
  --packets_;
}

RetransmissionMemory::Place RetransmissionMemory::TakeFree() {
  if (free_ == 0) {
    entries_.emplace_back();
    return static_cast<Place>(entries_.size() - 1);
  }
  const Place place = free_;
  free_ = entries_[place].next;
  return place;
}

}  // namespace sluice::rtp
