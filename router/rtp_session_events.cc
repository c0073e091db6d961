// RtpSession: what it tells besides packets.
#include <algorithm>
#include <utility>

#include "router/rtp_session.h"

namespace sluice::router {
namespace {

std::string TextOf(const Slab& packet, rtp::ExtensionKind kind) {
  Bytes element = packet.packet().extensions.Data(packet.bytes(), kind);
  return {element.begin(), element.end()};
}

// As the publisher calls it: for a packet that came by RTX that of the media inside.
PayloadType PayloadTypeOf(const Producer& producer, const Slab& packet) {
  PayloadType sent(packet.bytes()[1]);
  for (const ProducerCodec& codec : producer.config().codecs) {
    if (codec.rtx_payload_type == sent) return codec.payload_type;
  }
  return sent;
}

std::optional<uint16_t> TransportSequenceNumberOf(const Slab& packet) {
  Bytes element =
      packet.packet().extensions.Data(packet.bytes(), rtp::ExtensionKind::kTransportSequenceNumber);
  return element.size() < 2 ? std::nullopt : std::optional(LoadU16(element.data()));
}

}  // namespace

void RtpSession::Tell(SessionEvent event) {
  if (options_.events) options_.events->Tell(std::move(event));
}

void RtpSession::SetTraces(ProducerHandle handle, TraceKinds kinds) {
  if (Producer* producer = FindProducer(handle)) producer->set_traces(kinds);
}

void RtpSession::SetTraces(ConsumerHandle handle, TraceKinds kinds) {
  if (Consumer* consumer = FindConsumer(handle)) consumer->set_traces(kinds);
}

void RtpSession::Attend(Timestamp now, Producer* producer, const Slab& packet, bool retransmission) {
  const uint8_t attention = producer->attention();
  producer->ClearAttention();
  if (attention & Producer::kStreamStarted) Tell(producer->Scores());
  if (attention & Producer::kOrientationChanged) {
    Tell(OrientationChanged{producer->config().handle, *producer->orientation()});
  }
  if (attention & Producer::kTraced) TracePacket(now, *producer, packet, retransmission);
}

void RtpSession::TracePacket(Timestamp now, const Producer& producer, const Slab& packet,
                             bool retransmission) {
  const rtp::ReceivedPacket& info = packet.packet();
  std::optional<TraceKind> kind = producer.traces().KindOfPacket(info.frame.key_frame);
  if (!kind) return;
  TracedPacket traced{.payload_type = PayloadTypeOf(producer, packet),
                      .sequence_number = SequenceNumber(static_cast<uint16_t>(info.sequence)),
                      .timestamp = info.timestamp,
                      .marker = info.marker,
                      .ssrc = info.ssrc,
                      .key_frame = info.frame.key_frame,
                      .retransmission = retransmission,
                      .size = packet.size(),
                      .payload_size = info.payload_size,
                      .spatial_layer = info.frame.layers.spatial,
                      .temporal_layer = info.frame.layers.temporal,
                      .mid = TextOf(packet, rtp::ExtensionKind::kMid),
                      .rid = TextOf(packet, rtp::ExtensionKind::kRid),
                      .repaired_rid = TextOf(packet, rtp::ExtensionKind::kRepairedRid),
                      .transport_sequence_number = TransportSequenceNumberOf(packet)};
  Tell(ProducerTraced{producer.config().handle,
                      {.kind = *kind, .at = now, .incoming = true, .content = std::move(traced)}});
}

void RtpSession::TraceMessage(Timestamp now, const Producer& producer, TraceKind kind, bool incoming,
                              decltype(Trace::content) content) {
  if (!producer.traces().Has(kind)) return;
  Tell(ProducerTraced{producer.config().handle,
                      {.kind = kind, .at = now, .incoming = incoming, .content = std::move(content)}});
}

void RtpSession::TraceMessage(Timestamp now, const Consumer& consumer, TraceKind kind,
                              decltype(Trace::content) content) {
  if (!consumer.traces().Has(kind)) return;
  Tell(ConsumerTraced{consumer.config().handle,
                      {.kind = kind, .at = now, .incoming = true, .content = std::move(content)}});
}

std::optional<double> RtpSession::ValueOf(const rtp::RecentAverage& loss) {
  return loss.empty() ? std::nullopt : std::optional(loss.value());
}

}  // namespace sluice::router
