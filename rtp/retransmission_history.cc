#include "rtp/retransmission_history.h"

#include <algorithm>
#include <bit>
#include <utility>

namespace sluice::rtp {

RetransmissionHistory::RetransmissionHistory(TimeDelta window, size_t max_packets)
    : window_(window), max_packets_(std::bit_ceil(std::max(max_packets, kMinPackets))) {}

void RetransmissionHistory::Insert(Timestamp now, SlabRef packet) {
  int64_t sequence = packet->packet().sequence;
  Expire(now);
  if (empty()) begin_ = end_ = sequence;
  if (sequence >= end_) {
    if (sequence - begin_ >= static_cast<int64_t>(max_packets_)) {
      ReleaseBefore(sequence + 1 - static_cast<int64_t>(max_packets_));
    }
    if (empty()) begin_ = sequence;
    end_ = sequence + 1;
  } else if (sequence < begin_) {
    if (end_ - sequence > static_cast<int64_t>(max_packets_)) return;
    begin_ = sequence;
  }
  GrowToSpan();
  Slot(sequence) = std::move(packet);
}

const Slab* RetransmissionHistory::Find(Timestamp now, int64_t sequence) const {
  if (sequence < begin_ || sequence >= end_) return nullptr;
  const Slab* slab = Slot(sequence).get();
  return slab && slab->packet().arrival >= now - window_ ? slab : nullptr;
}

void RetransmissionHistory::Expire(Timestamp now) {
  Timestamp oldest_kept = now - window_;
  while (begin_ < end_) {
    SlabRef& slot = Slot(begin_);
    if (slot && slot->packet().arrival >= oldest_kept) return;
    slot.reset();
    ++begin_;
  }
}

void RetransmissionHistory::Clear() { ReleaseBefore(end_); }

void RetransmissionHistory::ReleaseBefore(int64_t sequence) {
  int64_t stop = std::min(sequence, end_);
  while (begin_ < stop) Slot(begin_++).reset();
}

// Doubles the ring until all of [begin_, end_) has a slot of its own.
void RetransmissionHistory::GrowToSpan() {
  auto span = static_cast<size_t>(end_ - begin_);
  if (span <= ring_.size()) return;
  std::vector<SlabRef> larger(std::max(std::bit_ceil(span), kMinPackets));
  std::swap(ring_, larger);
  if (larger.empty()) return;
  for (SlabRef& slot : larger) {
    if (!slot) continue;
    int64_t sequence = slot->packet().sequence;
    Slot(sequence) = std::move(slot);
  }
}

}  // namespace sluice::rtp
