// Writes the packets of one transport's consumers: one copy from the received slab into a fresh one, with
// what differs for the consumer and the transport's own stamps (transport-wide sequence, send time).
//
// Thread: the transport's worker.
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

#include "router/packet_port.h"
#include "rtp/packet_writer.h"
#include "rtp/slab.h"
#include "rtp/units.h"

namespace sluice::router {

struct OutgoingPacket {
  const Slab* source = nullptr;
  const rtp::ExtensionLayout* extensions = nullptr;
  rtp::OutgoingHeader header;
  std::string_view mid;
  std::optional<SequenceNumber> original;  // Set: a retransmission by RTX of that sequence number.
  MediaKind kind = MediaKind::kVideo;
};

class RtpSender {
 public:
  // Both outlive the sender.
  RtpSender(SlabPool* pool, PacketPort* port) : pool_(pool), port_(port) {}

  // False until the transport can encrypt: packets written before would be lost unseen.
  bool writable() const { return writable_; }
  void set_writable(bool writable) { writable_ = writable; }

  // Bytes handed to the transport; 0 when there was no memory or the packet did not fit, both counted.
  size_t Send(Timestamp now, const OutgoingPacket& packet);

  int64_t dropped() const { return dropped_; }
  int64_t rtx_bytes() const { return rtx_bytes_; }  // Of retransmissions by RTX, RTP headers included.

 private:
  SlabPool* pool_;
  PacketPort* port_;
  bool writable_ = false;
  uint16_t transport_sequence_number_ = 0;
  int64_t dropped_ = 0;
  int64_t rtx_bytes_ = 0;
};

}  // namespace sluice::router
