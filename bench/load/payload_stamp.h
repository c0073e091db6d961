// What each synthetic packet says of itself, in the last octets of its payload: when it left and which it is.
// At the end, because whoever forwards it may rewrite the codec's descriptor in front.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>

#include "rtp/bytes.h"
#include "rtp/units.h"

namespace sluice::load {

struct PayloadStamp {
  static constexpr size_t kSize = 16;

  Timestamp sent;       // Monotonic clock of this machine.
  uint32_t packet = 0;  // Counts the packets of its stream.

  // Into the last kSize octets of `payload`, which has at least as many.
  void Write(MutableBytes payload) const;
  // nullopt: not one of ours.
  static std::optional<PayloadStamp> Read(Bytes payload);

  bool operator==(const PayloadStamp&) const = default;
};

}  // namespace sluice::load
