#include "api/objects_json.h"

#include <algorithm>

#include "api/json_rpc/text.h"
#include "api/ortc/rtp_parameters_json.h"
#include "api/stream_json.h"
#include "api/trace_types.h"

namespace sluice::api {
namespace {

using nlohmann::json;

void Describe(const router::AudioLevelObserver::Options& options, json* dump) {
  dump->update({{"type", "audiolevel"},
                {"maxEntries", options.max_entries},
                {"threshold", options.threshold},
                {"interval", options.interval.ms()}});
}

void Describe(const router::ActiveSpeakerObserver::Options& options, json* dump) {
  dump->update({{"type", "activespeaker"}, {"interval", options.interval.ms()}});
}

json MappingJson(const RtpMapping& mapping) {
  json codecs = json::array();
  for (const CodecMapping& codec : mapping.codecs) {
    codecs.push_back({{"payloadType", codec.payload_type.value()},
                      {"mappedPayloadType", codec.mapped_payload_type.value()}});
  }
  json encodings = json::array();
  for (const EncodingMapping& encoding : mapping.encodings) {
    json made = {{"mappedSsrc", encoding.mapped_ssrc.value()}};
    if (encoding.ssrc) made["ssrc"] = encoding.ssrc->value();
    if (encoding.rid) made["rid"] = *encoding.rid;
    encodings.push_back(std::move(made));
  }
  return {{"codecs", codecs}, {"encodings", encodings}};
}

json TcpJson(const worker::TcpStats& stats) {
  return {{"connections", stats.connections},
          {"accepted", stats.accepted},
          {"packetsReceived", stats.packets_received},
          {"packetsSent", stats.packets_sent},
          {"receiveCalls", stats.read_calls},
          {"sendCalls", stats.write_calls},
          {"packetsDropped",
           {{"queueFull", stats.dropped_full},
            {"connectionClosed", stats.dropped_broken},
            {"empty", stats.skipped_empty},
            {"tooLong", stats.skipped_too_long},
            {"outOfMemory", stats.skipped_no_memory}}},
          {"connectionsClosed", {{"tooMany", stats.refused}, {"unclaimed", stats.unclaimed}}},
          {"acceptFailures", stats.accept_failures}};
}

json ServerShareJson(const worker::WebRtcServerSnapshot& snapshot) {
  const worker::ServerStats& stats = snapshot.stats;
  return {{"index", snapshot.worker},
          {"transports", snapshot.transports},
          {"paths", snapshot.paths},
          {"datagramsReceived", stats.datagrams},
          {"datagramsForwarded", stats.forwarded},
          {"datagramsDropped",
           {{"unknownUsernameFragment", stats.unknown_fragment}, {"unknownPath", stats.unknown_path}}},
          {"peersSteered", stats.steered},
          {"peersNotSteered", stats.steering_failures},
          {"connectionsMoved", stats.connections_moved},
          {"connectionsUnclaimed", snapshot.unclaimed_connections}};
}

// -1: none.
void AddLayers(std::string_view which, std::optional<rtp::Layers> layers, json* dump) {
  (*dump)[Concat(which, "SpatialLayer")] = layers ? layers->spatial : -1;
  (*dump)[Concat(which, "TemporalLayer")] = layers ? layers->temporal : -1;
}

}  // namespace

json KeyValue(json key, json value) { return {{"key", std::move(key)}, {"value", std::move(value)}}; }

std::string_view ConsumerTypeOf(const Consumer& consumer) {
  return consumer.pipe ? "pipe" : ToString(consumer.producer->parameters.type);
}

json LayersJson(rtp::Layers layers) {
  return {{"spatialLayer", layers.spatial}, {"temporalLayer", layers.temporal}};
}

json WorkerJson(const worker::WorkerSnapshot& snapshot) {
  return {{"index", snapshot.worker},
          {"transports", snapshot.transports},
          {"producers", snapshot.producers},
          {"consumers", snapshot.consumers},
          {"slabs", snapshot.slabs},
          {"peerPacketsDropped", snapshot.peer_packets_dropped},
          {"traceEventsDropped", snapshot.traces_dropped},
          {"history",
           {{"packets", snapshot.history.packets},
            {"bytes", snapshot.history.bytes},
            {"maxBytes", snapshot.history.max_bytes},
            {"packetsEvicted", snapshot.history.evicted}}},
          {"datagramsSent", snapshot.send.datagrams},
          {"sendMessages", snapshot.send.messages},
          {"sendCalls", snapshot.send.system_calls},
          {"datagramsReceived", snapshot.receive.datagrams},
          {"receiveCalls", snapshot.receive.system_calls},
          {"tcp", TcpJson(snapshot.tcp)}};
}

json WebRtcServerJson(const WebRtcServer& server, std::vector<worker::WebRtcServerSnapshot> snapshots) {
  json udp = json::array();
  json tcp = json::array();
  for (const ListenAddress& address : server.listening) {
    json& sockets = address.protocol == transports::Protocol::kUdp ? udp : tcp;
    sockets.push_back({{"ip", address.local.address.ToString()}, {"port", address.local.port}});
  }
  json fragments = json::array();
  for (const auto& [id, transport] : server.transports) {
    for (const std::string& fragment : transport->As<WebRtcDetails>()->username_fragments) {
      fragments.push_back({{"localIceUsernameFragment", fragment}, {"webRtcTransportId", id}});
    }
  }
  std::sort(snapshots.begin(), snapshots.end(),
            [](const auto& a, const auto& b) { return a.worker < b.worker; });
  json workers = json::array();
  for (const worker::WebRtcServerSnapshot& snapshot : snapshots) workers.push_back(ServerShareJson(snapshot));
  return {{"id", server.id},
          {"udpSockets", udp},
          {"tcpServers", tcp},
          {"webRtcTransportIds", IdsOf(server.transports)},
          {"localIceUsernameFragments", fragments},
          {"steering", server.steered ? "kernel" : "mailbox"},
          {"workers", workers}};
}

json RouterJson(const Router& router) {
  json consumers_of_producer = json::array();
  json producer_of_consumer = json::array();
  json observers_of_producer = json::array();
  for (const auto& [id, producer] : router.producers) {
    consumers_of_producer.push_back({{"key", id}, {"values", IdsOf(producer->consumers)}});
    for (const auto& [consumer_id, consumer] : producer->consumers) {
      producer_of_consumer.push_back(KeyValue(consumer_id, id));
    }
    if (producer->observers.empty()) continue;
    observers_of_producer.push_back({{"key", id}, {"values", IdsOf(producer->observers)}});
  }
  json consumers_of_data_producer = json::array();
  json data_producer_of_consumer = json::array();
  for (const auto& [id, producer] : router.data_producers) {
    consumers_of_data_producer.push_back({{"key", id}, {"values", IdsOf(producer->consumers)}});
    for (const auto& [consumer_id, consumer] : producer->consumers) {
      data_producer_of_consumer.push_back(KeyValue(consumer_id, id));
    }
  }
  json dump = {{"id", router.id},
               {"transportIds", IdsOf(router.transports)},
               {"rtpObserverIds", IdsOf(router.observers)},
               {"mapProducerIdConsumerIds", consumers_of_producer},
               {"mapConsumerIdProducerId", producer_of_consumer},
               {"mapProducerIdObserverIds", observers_of_producer},
               {"mapDataProducerIdDataConsumerIds", consumers_of_data_producer},
               {"mapDataConsumerIdDataProducerId", data_producer_of_consumer}};
  if (router.max_speakers) dump["maxSpeakers"] = *router.max_speakers;
  return dump;
}

json ProducerJson(const Producer& producer, const worker::ProducerSnapshot& snapshot) {
  return {{"id", producer.id},
          {"kind", ToString(producer.kind)},
          {"type", ToString(producer.parameters.type)},
          {"rtpParameters", ToJson(producer.parameters.rtp_parameters)},
          {"rtpMapping", MappingJson(producer.parameters.rtp_mapping)},
          {"rtpStreams", ProducerStreamsJson(producer, snapshot)},
          {"traceEventTypes", TraceTypesJson(producer.traces)},
          {"paused", producer.paused}};
}

json ConsumerJson(const Consumer& consumer, const std::vector<worker::ConsumerSnapshot>& snapshots) {
  json consumable = json::array();
  for (const RtpEncodingParameters& encoding : consumer.producer->parameters.consumable.encodings) {
    consumable.push_back(ToJson(encoding));
  }
  json payload_types = json::array();
  for (const RtpCodecParameters& codec : consumer.rtp_parameters.codecs) {
    payload_types.push_back(codec.payload_type.value());
  }
  json dump = {{"id", consumer.id},
               {"producerId", consumer.producer->id},
               {"kind", ToString(consumer.producer->kind)},
               {"type", ConsumerTypeOf(consumer)},
               {"rtpParameters", ToJson(consumer.rtp_parameters)},
               {"consumableRtpEncodings", consumable},
               {"supportedCodecPayloadTypes", payload_types},
               {"traceEventTypes", TraceTypesJson(consumer.traces)},
               {"paused", consumer.paused},
               {"producerPaused", consumer.producer->paused},
               {"priority", consumer.priority}};
  json streams = json::array();
  for (size_t i = 0; i < snapshots.size(); ++i)
    streams.push_back(ConsumerStreamJson(consumer, i, snapshots[i]));
  if (consumer.pipe) {
    dump["rtpStreams"] = std::move(streams);
  } else {
    dump["rtpStream"] = std::move(streams.front());
  }
  if (consumer.preferred_layers) {
    AddLayers("preferred", consumer.preferred_layers, &dump);
    AddLayers("target", snapshots.front().target_layers, &dump);
    AddLayers("current", snapshots.front().current_layers, &dump);
  }
  return dump;
}

json RtpObserverJson(const RtpObserver& observer) {
  json dump = {{"id", observer.id}, {"paused", observer.paused}, {"producerIds", IdsOf(observer.producers)}};
  std::visit([&](const auto& options) { Describe(options, &dump); }, observer.options);
  return dump;
}

}  // namespace sluice::api
