// Writes what one consumer gets to see of a received packet: one copy, no allocation.
//
// The fixed header is the consumer's own, the CSRCs and the payload are the received packet's (its padding is
// not), and the extension block is rebuilt: our own values for the transport sequence number, the absolute
// send time and the MID, in this order; then what the packet carries and the consumer negotiated, see
// ExtensionLayout. The block is in the one-byte form (RFC 8285 §4.2) unless an id or an element asks for the
// two-byte form.
//
// The payload stands last, so a caller who rewrites its descriptor finds it at size - payload_size (where
// none of it is left out). Hot path: runs once for every packet and consumer.
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

#include "rtp/abs_send_time.h"
#include "rtp/bytes.h"
#include "rtp/extension_layout.h"
#include "rtp/ids.h"
#include "rtp/slab.h"

namespace sluice::rtp {

struct OutgoingHeader {
  Ssrc ssrc = {};
  SequenceNumber sequence_number = {};
  uint32_t timestamp = 0;  // RTP units.
  PayloadType payload_type = {};
  bool marker = false;
  uint16_t left_out = 0;  // Octets at the beginning of the payload that are not written. At most all.
};

// The values of the elements that are ours; each is written only if its kind was negotiated.
struct OutgoingStamp {
  std::string_view mid = {};  // 1…255 octets; otherwise the element is left out.
  uint16_t transport_sequence_number = 0;
  AbsSendTime abs_send_time = {};
  Bytes dependency_descriptor = {};  // In place of the received one, if there is one. Empty: that goes on.
};

// Writes `packet`, whose packet() has been filled in by ReadPacket(), into `out`, which must not overlap it.
// Answers the size, or 0 (and writes nothing) if it does not fit.
[[nodiscard]] size_t WriteForwarded(const Slab& packet, const ExtensionLayout& layout,
                                    const OutgoingHeader& header, const OutgoingStamp& stamp,
                                    MutableBytes out);

// The same as a retransmission (RFC 4588 §4): `original`, the sequence number under which this consumer was
// sent the packet, stands before the payload. `header` is the retransmission stream's.
[[nodiscard]] size_t WriteRetransmission(const Slab& packet, const ExtensionLayout& layout,
                                         const OutgoingHeader& header, const OutgoingStamp& stamp,
                                         SequenceNumber original, MutableBytes out);

// A packet that holds nothing: our own elements and one octet of padding, or, as a retransmission,
// `original`.
[[nodiscard]] size_t WritePadding(const ExtensionLayout& layout, const OutgoingHeader& header,
                                  const OutgoingStamp& stamp, std::optional<SequenceNumber> original,
                                  MutableBytes out);

}  // namespace sluice::rtp
