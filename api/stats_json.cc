#include "api/stats_json.h"

#include <string>

#include "api/objects_json.h"
#include "api/sctp_json.h"
#include "api/transport_json.h"
#include "worker/clock.h"

namespace sluice::api {
namespace {

using nlohmann::json;

int64_t UnixMilliseconds() { return worker::UnixTime().ms(); }

json StreamStatsJson(const Producer& producer, const worker::StreamSnapshot& stream,
                     const std::optional<TimeDelta>& round_trip_time) {
  const RtpParameters& parameters = producer.parameters.rtp_parameters;
  const RtpEncodingParameters& encoding = parameters.encodings[stream.encoding];
  json stats = {{"type", "inbound-rtp"},
                {"timestamp", UnixMilliseconds()},
                {"ssrc", stream.ssrc->value()},
                {"encodingIdx", stream.encoding},
                {"kind", ToString(producer.kind)},
                {"mimeType", parameters.CodecOf(encoding)->mime_type},
                {"packetCount", stream.packets},
                {"byteCount", stream.bytes},
                {"bitrate", stream.bitrate.bps()},
                {"packetsLost", stream.packets_lost},
                {"fractionLost", stream.fraction_lost},
                {"jitter", stream.jitter},
                {"packetsDiscarded", stream.counters.duplicates - stream.counters.rtx_duplicates},
                {"packetsRetransmitted", stream.counters.retransmitted},
                {"packetsRepaired", stream.counters.repaired},
                {"nackCount", stream.counters.nack_messages},
                {"nackPacketCount", stream.counters.nacked_packets},
                {"pliCount", stream.counters.pli},
                {"firCount", stream.counters.fir},
                {"score", stream.score}};
  stats["bitrateByLayer"] = json::object();
  for (const auto& [layers, bitrate] : stream.layer_bitrates)
    stats["bitrateByLayer"][std::to_string(layers.spatial) + '.' + std::to_string(layers.temporal)] =
        bitrate.bps();
  if (stream.rtx_ssrc) {
    stats["rtxSsrc"] = stream.rtx_ssrc->value();
    stats["rtxPacketsDiscarded"] = stream.counters.rtx_duplicates;
  }
  if (encoding.rid) stats["rid"] = *encoding.rid;
  if (round_trip_time) stats["roundTripTime"] = round_trip_time->seconds() * 1000;
  return stats;
}

void Describe(const Transport& transport, const worker::WebRtcSnapshot& snapshot, json* stats) {
  stats->update({{"type", "webrtc-transport"},
                 {"iceRole", "controlled"},
                 {"iceState", ToString(snapshot.ice_state)},
                 {"dtlsState", ToString(snapshot.dtls_state)}});
  if (!snapshot.selected_path) return;
  const ListenAddress& listening = transport.As<WebRtcDetails>()->listening[snapshot.selected_path->socket];
  (*stats)["iceSelectedTuple"] = TupleJson(listening, *snapshot.selected_path);
}

void Describe(const Transport& transport, const worker::PlainSnapshot& snapshot, json* stats) {
  if (const auto* pipe = transport.As<PipeDetails>()) {
    stats->update({{"type", "pipe-transport"}, {"tuple", TupleJson(pipe->listening, snapshot.rtp_remote)}});
    return;
  }
  const auto* details = transport.As<PlainDetails>();
  stats->update({{"type", "plain-rtp-transport"},
                 {"rtcpMux", !details->rtcp_listening},
                 {"comedia", details->comedia},
                 {"tuple", TupleJson(details->listening, snapshot.rtp_remote)}});
  if (details->rtcp_listening)
    (*stats)["rtcpTuple"] = TupleJson(*details->rtcp_listening, snapshot.rtcp_remote);
}

void Describe(const Transport&, const worker::DirectSnapshot&, json* stats) {
  (*stats)["type"] = "direct-transport";
}

json OutboundJson(const Consumer& consumer, const RtpEncodingParameters& encoding,
                  const worker::ConsumerSnapshot& snapshot) {
  const router::ConsumerStatistics& statistics = snapshot.statistics;
  json own = {{"type", "outbound-rtp"},
              {"timestamp", UnixMilliseconds()},
              {"ssrc", encoding.ssrc->value()},
              {"kind", ToString(consumer.producer->kind)},
              {"mimeType", consumer.rtp_parameters.FirstMediaCodec()->mime_type},
              {"packetCount", statistics.packets},
              {"byteCount", statistics.bytes},
              {"bitrate", snapshot.bitrate.bps()},
              {"packetsLost", statistics.packets_lost},
              {"fractionLost", statistics.fraction_lost},
              {"jitter", statistics.jitter},
              {"packetsDiscarded", statistics.unrepairable_packets},
              {"packetsRetransmitted", statistics.retransmitted_packets},
              {"packetsRepaired", statistics.repaired_packets},
              {"nackCount", statistics.nack_messages},
              {"nackPacketCount", statistics.nacked_packets},
              {"pliCount", statistics.pli},
              {"firCount", statistics.fir},
              {"roundTripTime", statistics.round_trip_time.seconds() * 1000},
              {"score", snapshot.score}};
  if (encoding.rtx_ssrc) own["rtxSsrc"] = encoding.rtx_ssrc->value();
  return own;
}

}  // namespace

json TransportStatsJson(const Transport& transport, const worker::TransportSnapshot& snapshot) {
  json stats = {{"transportId", transport.id},
                {"timestamp", UnixMilliseconds()},
                {"bytesReceived", snapshot.received.bytes},
                {"recvBitrate", snapshot.received.bitrate.bps()},
                {"bytesSent", snapshot.sent.bytes},
                {"sendBitrate", snapshot.sent.bitrate.bps()},
                {"rtpBytesReceived", snapshot.rtp_received.bytes},
                {"rtpRecvBitrate", snapshot.rtp_received.bitrate.bps()},
                {"rtpBytesSent", snapshot.rtp_sent.bytes},
                {"rtpSendBitrate", snapshot.rtp_sent.bitrate.bps()},
                {"rtxBytesReceived", snapshot.rtx_received.bytes},
                {"rtxRecvBitrate", snapshot.rtx_received.bitrate.bps()},
                {"rtxBytesSent", snapshot.rtx_sent.bytes},
                {"rtxSendBitrate", snapshot.rtx_sent.bitrate.bps()},
                {"transportFeedbackSent", snapshot.transport_feedback_sent},
                {"rembSent", snapshot.remb_sent}};
  std::visit([&](const auto& details) { Describe(transport, details, &stats); }, snapshot.details);
  if (transport.max_incoming_bitrate) stats["maxIncomingBitrate"] = *transport.max_incoming_bitrate;
  if (transport.sctp) stats["sctpState"] = ToString(transport.sctp->state);
  if (snapshot.received_loss) stats["rtpPacketLossReceived"] = *snapshot.received_loss;
  if (snapshot.sent_loss) stats["rtpPacketLossSent"] = *snapshot.sent_loss;
  json drops = json::object();
  for (const auto& [reason, count] : snapshot.drops) drops[reason] = count;
  stats["packetsDropped"] = std::move(drops);
  return stats;
}

json ProducerStatsJson(const Producer& producer, const worker::ProducerSnapshot& snapshot) {
  json stats = json::array();
  for (const worker::StreamSnapshot& stream : snapshot.streams) {
    if (stream.ssrc && stream.packets > 0)
      stats.push_back(StreamStatsJson(producer, stream, snapshot.round_trip_time));
  }
  return stats;
}

json ConsumerStatsJson(const Consumer& consumer, const worker::ConsumerSnapshot& snapshot,
                       const worker::ProducerSnapshot& producer) {
  json stats = json::array({OutboundJson(consumer, consumer.rtp_parameters.encodings.front(), snapshot)});
  for (const worker::StreamSnapshot& stream : producer.streams) {
    bool taken = !snapshot.current_encoding || *snapshot.current_encoding == stream.encoding;
    if (!taken || !stream.ssrc || stream.packets == 0) continue;
    stats.push_back(StreamStatsJson(*consumer.producer, stream, producer.round_trip_time));
    break;
  }
  return stats;
}

json PipeConsumerStatsJson(const Consumer& consumer, const std::vector<worker::ConsumerSnapshot>& snapshots,
                           const worker::ProducerSnapshot& producer) {
  json stats = json::array();
  for (size_t i = 0; i < snapshots.size(); ++i) {
    stats.push_back(OutboundJson(consumer, consumer.rtp_parameters.encodings[i], snapshots[i]));
  }
  for (json& inbound : ProducerStatsJson(*consumer.producer, producer)) stats.push_back(std::move(inbound));
  return stats;
}

}  // namespace sluice::api
