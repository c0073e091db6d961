#include "api/objects_json.h"

#include "api/ortc/rtp_parameters_json.h"
#include "rtp/header_extension.h"

namespace sluice::api {
namespace {

using nlohmann::json;

template <typename Object>
json IdsOf(const std::map<std::string, Object*>& objects) {
  json ids = json::array();
  for (const auto& [id, object] : objects) ids.push_back(id);
  return ids;
}

// The ids of the extensions that a transport reads itself, as its producers negotiated them.
json ReceivedExtensionsJson(const Transport& transport) {
  using rtp::ExtensionKind;
  constexpr std::pair<ExtensionKind, const char*> kNames[] = {
      {ExtensionKind::kMid, "mid"},
      {ExtensionKind::kRid, "rid"},
      {ExtensionKind::kRepairedRid, "rrid"},
      {ExtensionKind::kAbsSendTime, "absSendTime"},
      {ExtensionKind::kTransportSequenceNumber, "transportWideCc01"}};
  json ids = json::object();
  for (const auto& [id, producer] : transport.producers) {
    for (const RtpHeaderExtensionParameters& extension :
         producer->parameters.rtp_parameters.header_extensions) {
      for (const auto& [kind, name] : kNames) {
        if (extension.uri == rtp::ExtensionUri(kind)) ids[name] = extension.id;
      }
    }
  }
  return ids;
}

json KeyValue(json key, json value) { return {{"key", std::move(key)}, {"value", std::move(value)}}; }

json ListenerJson(const Transport& transport) {
  json by_ssrc = json::array();
  json by_mid = json::array();
  json by_rid = json::array();
  for (const auto& [id, producer] : transport.producers) {
    const RtpParameters& parameters = producer->parameters.rtp_parameters;
    if (parameters.mid) by_mid.push_back(KeyValue(*parameters.mid, id));
    for (const RtpEncodingParameters& encoding : parameters.encodings) {
      if (encoding.ssrc) by_ssrc.push_back(KeyValue(encoding.ssrc->value(), id));
      if (encoding.rtx_ssrc) by_ssrc.push_back(KeyValue(encoding.rtx_ssrc->value(), id));
      if (encoding.rid) by_rid.push_back(KeyValue(*encoding.rid, id));
    }
  }
  return {{"ssrcTable", by_ssrc}, {"midTable", by_mid}, {"ridTable", by_rid}};
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

std::string AddressOf(const ListenAddress& listening) {
  return listening.announced.empty() ? listening.local.address.ToString() : listening.announced;
}

}  // namespace

std::string_view ToString(transports::IceState state) {
  constexpr std::string_view kNames[] = {"new", "connected", "completed", "disconnected", "closed"};
  return kNames[static_cast<size_t>(state)];
}

std::string_view ToString(transports::DtlsState state) {
  constexpr std::string_view kNames[] = {"new", "connecting", "connected", "failed", "closed"};
  return kNames[static_cast<size_t>(state)];
}

std::string_view ToString(transports::DtlsRole role) {
  return role == transports::DtlsRole::kClient ? "client" : "server";
}

std::string_view ToString(transports::Protocol protocol) {
  return protocol == transports::Protocol::kUdp ? "udp" : "tcp";
}

json IceParametersJson(const Transport& transport) {
  return {{"usernameFragment", transport.ice.username_fragment},
          {"password", transport.ice.password},
          {"iceLite", true}};
}

json IceCandidatesJson(const Transport& transport) {
  json candidates = json::array();
  for (const IceCandidate& candidate : transport.candidates) {
    candidates.push_back({{"foundation", candidate.foundation},
                          {"priority", candidate.priority},
                          {"ip", candidate.address},
                          {"address", candidate.address},
                          {"protocol", ToString(candidate.protocol)},
                          {"port", candidate.port},
                          {"type", "host"}});
  }
  return candidates;
}

json DtlsParametersJson(const Transport& transport, const transports::DtlsContext& dtls) {
  json fingerprints = json::array();
  for (const transports::Fingerprint& fingerprint : dtls.certificate().fingerprints()) {
    fingerprints.push_back({{"algorithm", fingerprint.algorithm}, {"value", fingerprint.value}});
  }
  return {{"role", transport.dtls_role ? ToString(*transport.dtls_role) : "auto"},
          {"fingerprints", fingerprints}};
}

json TupleJson(const Transport& transport, const transports::Path& path) {
  const ListenAddress& listening = transport.listening[path.socket];
  return {{"localIp", AddressOf(listening)},   {"localAddress", AddressOf(listening)},
          {"localPort", listening.local.port}, {"remoteIp", path.remote.address.ToString()},
          {"remotePort", path.remote.port},    {"protocol", ToString(path.protocol)}};
}

json PreferredLayersJson(const Consumer& consumer) {
  json layers = {{"spatialLayer", consumer.preferred_spatial_layer.value_or(0)}};
  if (consumer.preferred_temporal_layer) layers["temporalLayer"] = *consumer.preferred_temporal_layer;
  return layers;
}

json WorkerJson(const worker::WorkerSnapshot& snapshot) {
  return {{"index", snapshot.worker},
          {"transports", snapshot.transports},
          {"producers", snapshot.producers},
          {"consumers", snapshot.consumers},
          {"slabs", snapshot.slabs},
          {"peerPacketsDropped", snapshot.peer_packets_dropped},
          {"datagramsSent", snapshot.send.datagrams},
          {"sendMessages", snapshot.send.messages},
          {"sendCalls", snapshot.send.system_calls},
          {"datagramsReceived", snapshot.receive.datagrams},
          {"receiveCalls", snapshot.receive.system_calls}};
}

json RouterJson(const Router& router) {
  json consumers_of_producer = json::array();
  json producer_of_consumer = json::array();
  for (const auto& [id, producer] : router.producers) {
    consumers_of_producer.push_back({{"key", id}, {"values", IdsOf(producer->consumers)}});
    for (const auto& [consumer_id, consumer] : producer->consumers) {
      producer_of_consumer.push_back(KeyValue(consumer_id, id));
    }
  }
  return {{"id", router.id},
          {"transportIds", IdsOf(router.transports)},
          {"rtpObserverIds", json::array()},
          {"mapProducerIdConsumerIds", consumers_of_producer},
          {"mapConsumerIdProducerId", producer_of_consumer},
          {"mapProducerIdObserverIds", json::array()},
          {"mapDataProducerIdDataConsumerIds", json::array()},
          {"mapDataConsumerIdDataProducerId", json::array()}};
}

json TransportJson(const Transport& transport, const transports::DtlsContext& dtls) {
  json by_ssrc = json::array();
  json by_rtx_ssrc = json::array();
  for (const auto& [id, consumer] : transport.consumers) {
    const RtpEncodingParameters& encoding = consumer->rtp_parameters.encodings.front();
    by_ssrc.push_back(KeyValue(encoding.ssrc->value(), id));
    if (encoding.rtx_ssrc) by_rtx_ssrc.push_back(KeyValue(encoding.rtx_ssrc->value(), id));
  }
  json dump = {{"id", transport.id},
               {"type", "webrtc"},
               {"direct", false},
               {"worker", transport.worker},
               {"producerIds", IdsOf(transport.producers)},
               {"consumerIds", IdsOf(transport.consumers)},
               {"mapSsrcConsumerId", by_ssrc},
               {"mapRtxSsrcConsumerId", by_rtx_ssrc},
               {"recvRtpHeaderExtensions", ReceivedExtensionsJson(transport)},
               {"rtpListener", ListenerJson(transport)},
               {"dataProducerIds", json::array()},
               {"dataConsumerIds", json::array()},
               {"traceEventTypes", json::array()},
               {"iceRole", "controlled"},
               {"iceParameters", IceParametersJson(transport)},
               {"iceCandidates", IceCandidatesJson(transport)},
               {"iceState", ToString(transport.ice_state)},
               {"dtlsParameters", DtlsParametersJson(transport, dtls)},
               {"dtlsState", ToString(transport.dtls_state)}};
  if (transport.selected_path) dump["iceSelectedTuple"] = TupleJson(transport, *transport.selected_path);
  if (!transport.dtls_remote_certificate.empty()) dump["dtlsRemoteCert"] = transport.dtls_remote_certificate;
  if (transport.max_incoming_bitrate) dump["maxIncomingBitrate"] = *transport.max_incoming_bitrate;
  return dump;
}

json ProducerJson(const Producer& producer) {
  return {{"id", producer.id},
          {"kind", ToString(producer.kind)},
          {"type", ToString(producer.parameters.type)},
          {"rtpParameters", ToJson(producer.parameters.rtp_parameters)},
          {"rtpMapping", MappingJson(producer.parameters.rtp_mapping)},
          {"rtpStreams", json::array()},
          {"traceEventTypes", json::array()},
          {"paused", producer.paused}};
}

json ConsumerJson(const Consumer& consumer) {
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
               {"type", ToString(consumer.producer->parameters.type)},
               {"rtpParameters", ToJson(consumer.rtp_parameters)},
               {"consumableRtpEncodings", consumable},
               {"supportedCodecPayloadTypes", payload_types},
               {"traceEventTypes", json::array()},
               {"paused", consumer.paused},
               {"producerPaused", consumer.producer->paused},
               {"priority", 1}};
  if (consumer.preferred_spatial_layer) dump["preferredLayers"] = PreferredLayersJson(consumer);
  return dump;
}

}  // namespace sluice::api
