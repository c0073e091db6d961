// Which payload types of a producer pass to a consumer, and what they are called there.
#pragma once

#include <array>
#include <cstdint>
#include <optional>

#include "rtp/ids.h"

namespace sluice::router {

class PayloadTypeMap {
 public:
  PayloadTypeMap() { to_.fill(kNone); }

  // Passes under its own number.
  void set(uint8_t payload_type) { set(payload_type, payload_type); }
  // Passes under another one. All numbers are below 128.
  void set(uint8_t from, uint8_t to) { to_[from & 0x7f] = to & 0x7f; }

  // nullopt: does not pass.
  std::optional<PayloadType> Find(PayloadType from) const {
    const uint8_t to = to_[from.value()];
    return to == kNone ? std::nullopt : std::optional<PayloadType>(PayloadType(to));
  }
  // The new number of the lowest that passes. nullopt: none does.
  std::optional<PayloadType> first() const {
    for (uint8_t to : to_) {
      if (to != kNone) return PayloadType(to);
    }
    return std::nullopt;
  }

 private:
  static constexpr uint8_t kNone = 0xff;

  std::array<uint8_t, 128> to_;
};

}  // namespace sluice::router
