// How fast packets arrive, over any window of the last 300 ms or more: 96 slots of at least 4 ms.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>

#include "rtp/units.h"

namespace sluice::rtp::congestion {

class DeliveryRate {
 public:
  // `arrival` on the receiver's clock; what is earlier than the newest counts as arrived with it.
  void Add(Timestamp arrival, size_t bytes);
  // Over the last `window` before the newest arrival; nullopt when packets are known of less than half of it.
  std::optional<DataRate> Over(TimeDelta window) const;
  void Reset() { count_ = 0; }

 private:
  static constexpr size_t kSlots = 96;
  static constexpr TimeDelta kSlotTime = TimeDelta::Millis(4);
  // Packets that arrived within kSlotTime of the first of them.
  struct Slot {
    Timestamp first;
    Timestamp last;
    int64_t bytes = 0;
  };
  const Slot& Back(size_t i) const { return slots_[(newest_ + kSlots - i) % kSlots]; }

  std::array<Slot, kSlots> slots_{};
  size_t newest_ = 0;
  size_t count_ = 0;
};

}  // namespace sluice::rtp::congestion
