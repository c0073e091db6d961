#include "router/rtp_sender.h"

#include <utility>

#include "rtp/abs_send_time.h"

namespace sluice::router {

size_t RtpSender::Send(Timestamp now, const OutgoingPacket& packet) {
  SlabRef slab = pool_->Acquire();
  if (!slab) {
    ++dropped_;
    return 0;
  }
  const size_t size = Write(now, packet, slab->storage());
  if (size == 0) {
    ++dropped_;
    return 0;
  }
  if (packet.traces.HasPackets()) TracePacket(now, packet, size);
  ++transport_sequence_number_;
  if (packet.original) {
    rtx_bytes_ += static_cast<int64_t>(size);
    rtx_rate_.Add(now, size);
  }
  slab->Resize(size);
  port_->SendRtp(std::move(slab), packet.kind);
  return size;
}

void RtpSender::TracePacket(Timestamp now, const OutgoingPacket& packet, size_t size) {
  const rtp::ReceivedPacket& source = packet.source->packet();
  std::optional<TraceKind> kind = packet.traces.KindOfPacket(source.frame.key_frame);
  if (!events_ || !kind) return;
  TracedPacket traced{.payload_type = packet.header.payload_type,
                      .sequence_number = packet.header.sequence_number,
                      .timestamp = packet.header.timestamp,
                      .marker = packet.header.marker,
                      .ssrc = packet.header.ssrc,
                      .key_frame = source.frame.key_frame,
                      .retransmission = packet.original.has_value(),
                      .size = size,
                      .payload_size = size_t{source.payload_size} - packet.header.left_out,
                      .spatial_layer = source.frame.layers.spatial,
                      .temporal_layer = source.frame.layers.temporal};
  if (packet.extensions->mid_id() != 0) traced.mid = packet.mid;
  if (packet.extensions->transport_sequence_number_id() != 0) {
    traced.transport_sequence_number = transport_sequence_number_;
  }
  events_->Tell(ConsumerTraced{packet.consumer,
                               {.kind = *kind, .at = now, .incoming = false, .content = std::move(traced)}});
}

size_t RtpSender::Write(Timestamp now, const OutgoingPacket& packet, MutableBytes out) const {
  const rtp::OutgoingStamp stamp{.mid = packet.mid,
                                 .transport_sequence_number = transport_sequence_number_,
                                 .abs_send_time = rtp::AbsSendTime::At(now),
                                 .dependency_descriptor = packet.dependency_descriptor};
  if (packet.is_padding)
    return rtp::WritePadding(*packet.extensions, packet.header, stamp, packet.original, out);
  const size_t size =
      packet.original ? rtp::WriteRetransmission(*packet.source, *packet.extensions, packet.header, stamp,
                                                 *packet.original, out)
                      : rtp::WriteForwarded(*packet.source, *packet.extensions, packet.header, stamp, out);
  const rtp::ReceivedPacket& source = packet.source->packet();
  if (size > 0 && packet.header.left_out == 0)
    rtp::WritePictureIds(source.frame.ids, packet.picture_ids, &out[size - source.payload_size]);
  return size;
}

}  // namespace sluice::router
