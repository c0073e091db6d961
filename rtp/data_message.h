// One message of a data channel (RFC 8831), as it is passed on: by reference, whatever it is.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <vector>

#include "rtp/units.h"

namespace sluice::rtp {

using SharedBytes = std::shared_ptr<const std::vector<uint8_t>>;

// Payload protocol identifiers (RFC 8831 §8). SCTP has no empty messages: those travel as one zero octet.
enum class Ppid : uint32_t {
  kString = 51,
  kBinary = 53,
  kStringEmpty = 56,
  kBinaryEmpty = 57,
};

// How hard a channel tries (RFC 8831 §6.4). At most one of the two limits is set.
struct DataReliability {
  bool ordered = true;
  std::optional<TimeDelta> max_lifetime;
  std::optional<uint16_t> max_retransmits;

  bool reliable() const { return !max_lifetime && !max_retransmits; }
};

}  // namespace sluice::rtp
