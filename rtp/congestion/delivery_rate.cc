#include "rtp/congestion/delivery_rate.h"

#include <algorithm>

namespace sluice::rtp::congestion {

void DeliveryRate::Add(Timestamp arrival, size_t bytes) {
  if (count_ > 0) {
    Slot& slot = slots_[newest_];
    arrival = std::max(arrival, slot.last);
    if (arrival - slot.first < kSlotTime) {
      slot.last = arrival;
      slot.bytes += static_cast<int64_t>(bytes);
      return;
    }
    newest_ = (newest_ + 1) % kSlots;
  }
  slots_[newest_] = {arrival, arrival, static_cast<int64_t>(bytes)};
  count_ = std::min(count_ + 1, kSlots);
}

// What arrived after the first slot, in the time since that slot.
std::optional<DataRate> DeliveryRate::Over(TimeDelta window) const {
  if (count_ < 2) return std::nullopt;
  const Timestamp end = Back(0).last;
  DataSize size;
  size_t i = 0;
  while (i + 1 < count_ && end - Back(i + 1).last <= window) size += DataSize::Bytes(Back(i++).bytes);
  TimeDelta span = end - Back(i).last;
  if (i == 0 || span < window / 2) return std::nullopt;
  return size / span;
}

}  // namespace sluice::rtp::congestion
