// Writes the packets of one transport's consumers: one copy from the received slab into a fresh one, with
// what differs for the consumer and the transport's own stamps (transport-wide sequence, send time).
//
// Thread: the transport's worker.
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>
#include <utility>

#include "router/packet_port.h"
#include "router/session_event.h"
#include "rtp/packet_writer.h"
#include "rtp/payload/picture_id_writer.h"
#include "rtp/rate_counter.h"
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
  ConsumerHandle consumer;
  TraceKinds traces;                         // Of the consumer.
  rtp::OutgoingPictureIds picture_ids = {};  // Where the payload has any.
  Bytes dependency_descriptor = {};          // In place of the source's; empty: that one.
  bool is_padding = false;                   // Nothing of the source is sent.
};

class RtpSender {
 public:
  // All outlive the sender. `events` may be nullptr: nobody listens.
  RtpSender(SlabPool* pool, PacketPort* port, EventPort* events = nullptr)
      : pool_(pool), port_(port), events_(events) {}

  // False until the transport can encrypt: packets written before would be lost unseen.
  bool writable() const { return writable_; }
  void set_writable(bool writable) { writable_ = writable; }

  // Bytes handed to the transport; 0 when there was no memory or the packet did not fit, both counted.
  size_t Send(Timestamp now, const OutgoingPacket& packet);

  void Tell(SessionEvent event) {
    if (events_) events_->Tell(std::move(event));
  }

  int64_t dropped() const { return dropped_; }
  // Of retransmissions by RTX, RTP headers included.
  int64_t rtx_bytes() const { return rtx_bytes_; }
  DataRate rtx_rate(Timestamp now) const { return rtx_rate_.Rate(now); }

 private:
  void TracePacket(Timestamp now, const OutgoingPacket& packet, size_t size);
  size_t Write(Timestamp now, const OutgoingPacket& packet, MutableBytes out) const;

  SlabPool* pool_;
  PacketPort* port_;
  EventPort* events_;
  bool writable_ = false;
  uint16_t transport_sequence_number_ = 0;
  int64_t dropped_ = 0;
  int64_t rtx_bytes_ = 0;
  rtp::RateCounter rtx_rate_;
};

}  // namespace sluice::router
