#include "rtp/retransmission_history.h"

#include <algorithm>
#include <bit>
#include <utility>

namespace sluice::rtp {

RetransmissionHistory::RetransmissionHistory(TimeDelta window, size_t max_packets,
                                             RetransmissionMemory* memory)
    : window_(window), max_packets_(std::bit_ceil(std::max(max_packets, kMinPackets))), memory_(memory) {}

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
  Keep(sequence, std::move(packet));
}

void RetransmissionHistory::Keep(int64_t sequence, SlabRef packet) {
  Release(sequence);
  // Others may have to go for it, of this history too.
  const uint32_t place = memory_ ? memory_->Add(this, sequence) : 0;
  Slot(sequence) = {std::move(packet), place};
}

void RetransmissionHistory::Release(int64_t sequence) {
  Kept& kept = Slot(sequence);
  if (!kept.packet) return;
  if (memory_) memory_->Remove(kept.place);
  kept.packet.reset();
}

const Slab* RetransmissionHistory::Find(Timestamp now, int64_t sequence) const {
  if (sequence < begin_ || sequence >= end_) return nullptr;
  const Slab* slab = Slot(sequence).packet.get();
  return slab && slab->packet().arrival >= now - window_ ? slab : nullptr;
}

void RetransmissionHistory::Expire(Timestamp now) {
  Timestamp oldest_kept = now - window_;
  while (begin_ < end_) {
    const SlabRef& packet = Slot(begin_).packet;
    if (packet && packet->packet().arrival >= oldest_kept) return;
    Release(begin_++);
  }
}

void RetransmissionHistory::Clear() { ReleaseBefore(end_); }

void RetransmissionHistory::ReleaseBefore(int64_t sequence) {
  int64_t stop = std::min(sequence, end_);
  while (begin_ < stop) Release(begin_++);
}

// Doubles the ring until all of [begin_, end_) has a slot of its own.
void RetransmissionHistory::GrowToSpan() {
  auto span = static_cast<size_t>(end_ - begin_);
  if (span <= ring_.size()) return;
  std::vector<Kept> larger(std::max(std::bit_ceil(span), kMinPackets));
  std::swap(ring_, larger);
  if (larger.empty()) return;
  for (Kept& kept : larger) {
    if (!kept.packet) continue;
    int64_t sequence = kept.packet->packet().sequence;
    Slot(sequence) = std::move(kept);
  }
}

}  // namespace sluice::rtp
