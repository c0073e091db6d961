// The header extensions that one consumer negotiated, in the order in which its packets carry them.
//
// Built once, when the consumer is created. RID and repaired RID are never in it: a consumer gets one stream,
// and how the producer told its encodings apart is not its business.
#pragma once

#include <absl/base/attributes.h>

#include <array>
#include <cstdint>
#include <span>

#include "rtp/header_extension.h"

namespace sluice::rtp {

class ExtensionLayout {
 public:
  struct Entry {
    ExtensionKind kind;
    uint8_t id;
  };

  ExtensionLayout() = default;  // None.
  explicit ExtensionLayout(const ExtensionMap& negotiated);

  // The elements that sluice fills in itself; id 0: not negotiated.
  uint8_t transport_sequence_number_id() const { return transport_sequence_number_id_; }
  uint8_t abs_send_time_id() const { return abs_send_time_id_; }
  uint8_t mid_id() const { return mid_id_; }

  // The elements that are carried over when the received packet has them.
  std::span<const Entry> copied() const ABSL_ATTRIBUTE_LIFETIME_BOUND {
    return {copied_.data(), copied_count_};
  }

 private:
  std::array<Entry, kExtensionKinds> copied_{};
  uint8_t copied_count_ = 0;
  uint8_t transport_sequence_number_id_ = 0;
  uint8_t abs_send_time_id_ = 0;
  uint8_t mid_id_ = 0;
};

}  // namespace sluice::rtp
