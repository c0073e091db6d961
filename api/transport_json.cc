#include "api/transport_json.h"

#include <string>
#include <utility>

#include "api/objects_json.h"
#include "api/sctp_json.h"
#include "api/srtp_parameters.h"
#include "rtp/header_extension.h"

namespace sluice::api {
namespace {

using nlohmann::json;

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

std::string AddressOf(const ListenAddress& listening) {
  return listening.announced.empty() ? listening.local.address.ToString() : listening.announced;
}

void DescribeSctp(const Transport& transport, json* dump) {
  json by_stream = json::array();
  for (const auto& [id, producer] : transport.data_producers) {
    by_stream.push_back(KeyValue(producer->sctp->stream, id));
  }
  dump->update(SctpJson(*transport.sctp));
  dump->update({{"maxSendMessageSize", transport.sctp->options.max_send_message_size},
                {"maxReceiveMessageSize", transport.sctp->options.max_receive_message_size},
                {"sctpListener", {{"streamIdTable", by_stream}}}});
}

void Describe(const WebRtcDetails& details, const transports::DtlsContext& dtls, json* dump) {
  dump->update({{"type", "webrtc"},
                {"iceRole", "controlled"},
                {"iceParameters", IceParametersJson(details)},
                {"iceCandidates", IceCandidatesJson(details)},
                {"iceState", ToString(details.ice_state)},
                {"dtlsParameters", DtlsParametersJson(details, dtls)},
                {"dtlsState", ToString(details.dtls_state)}});
  if (details.selected_path) {
    const ListenAddress& listening = details.listening[details.selected_path->socket];
    (*dump)["iceSelectedTuple"] = TupleJson(listening, *details.selected_path);
  }
  if (!details.dtls_remote_certificate.empty()) (*dump)["dtlsRemoteCert"] = details.dtls_remote_certificate;
}

void Describe(const PlainDetails& details, const transports::DtlsContext&, json* dump) {
  (*dump)["type"] = "plain";
  dump->update(PlainJson(details));
}

void Describe(const PipeDetails& details, const transports::DtlsContext&, json* dump) {
  (*dump)["type"] = "pipe";
  dump->update(PipeJson(details));
}

void Describe(const DirectDetails& details, const transports::DtlsContext&, json* dump) {
  dump->update({{"type", "direct"},
                {"direct", true},
                {"maxSendMessageSize", details.max_send_message_size},
                {"maxReceiveMessageSize", details.max_receive_message_size}});
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

json IceParametersJson(const WebRtcDetails& details) {
  return {{"usernameFragment", details.ice.username_fragment},
          {"password", details.ice.password},
          {"iceLite", true}};
}

json IceCandidatesJson(const WebRtcDetails& details) {
  json candidates = json::array();
  for (const IceCandidate& candidate : details.candidates) {
    json& added = candidates.emplace_back(json{{"foundation", candidate.foundation},
                                               {"priority", candidate.priority},
                                               {"ip", candidate.address},
                                               {"address", candidate.address},
                                               {"protocol", ToString(candidate.protocol)},
                                               {"port", candidate.port},
                                               {"type", "host"}});
    if (candidate.protocol == transports::Protocol::kTcp) added["tcpType"] = "passive";
  }
  return candidates;
}

json DtlsParametersJson(const WebRtcDetails& details, const transports::DtlsContext& dtls) {
  json fingerprints = json::array();
  for (const transports::Fingerprint& fingerprint : dtls.certificate().fingerprints()) {
    fingerprints.push_back({{"algorithm", fingerprint.algorithm}, {"value", fingerprint.value}});
  }
  return {{"role", details.dtls_role ? ToString(*details.dtls_role) : "auto"},
          {"fingerprints", fingerprints}};
}

json TupleJson(const ListenAddress& listening, const transports::Path& path) {
  return {{"localIp", AddressOf(listening)},   {"localAddress", AddressOf(listening)},
          {"localPort", listening.local.port}, {"remoteIp", path.remote.address.ToString()},
          {"remotePort", path.remote.port},    {"protocol", ToString(path.protocol)}};
}

json TupleJson(const ListenAddress& listening, const std::optional<transports::Endpoint>& remote) {
  json tuple = {{"localIp", AddressOf(listening)},
                {"localAddress", AddressOf(listening)},
                {"localPort", listening.local.port},
                {"protocol", "udp"}};
  if (remote) tuple.update({{"remoteIp", remote->address.ToString()}, {"remotePort", remote->port}});
  return tuple;
}

json PlainJson(const PlainDetails& details) {
  json plain = {{"rtcpMux", !details.rtcp_listening},
                {"comedia", details.comedia},
                {"tuple", TupleJson(details.listening, details.remote)}};
  if (details.rtcp_listening) plain["rtcpTuple"] = TupleJson(*details.rtcp_listening, details.rtcp_remote);
  if (details.srtp) plain["srtpParameters"] = ToJson(*details.srtp);
  return plain;
}

json PipeJson(const PipeDetails& details) {
  json pipe = {{"tuple", TupleJson(details.listening, details.remote)}, {"rtx", details.rtx}};
  if (details.srtp) pipe["srtpParameters"] = ToJson(*details.srtp);
  return pipe;
}

json CreatedJson(const Transport& transport, json details) {
  if (transport.sctp) details.update(SctpJson(*transport.sctp));
  details["transportId"] = transport.id;
  return details;
}

json TransportJson(const Transport& transport, const transports::DtlsContext& dtls) {
  json by_ssrc = json::array();
  json by_rtx_ssrc = json::array();
  for (const auto& [id, consumer] : transport.consumers) {
    for (const RtpEncodingParameters& encoding : consumer->rtp_parameters.encodings) {
      by_ssrc.push_back(KeyValue(encoding.ssrc->value(), id));
      if (encoding.rtx_ssrc) by_rtx_ssrc.push_back(KeyValue(encoding.rtx_ssrc->value(), id));
    }
  }
  json dump = {{"id", transport.id},
               {"direct", false},
               {"worker", transport.worker},
               {"producerIds", IdsOf(transport.producers)},
               {"consumerIds", IdsOf(transport.consumers)},
               {"mapSsrcConsumerId", by_ssrc},
               {"mapRtxSsrcConsumerId", by_rtx_ssrc},
               {"recvRtpHeaderExtensions", ReceivedExtensionsJson(transport)},
               {"rtpListener", ListenerJson(transport)},
               {"dataProducerIds", IdsOf(transport.data_producers)},
               {"dataConsumerIds", IdsOf(transport.data_consumers)},
               {"traceEventTypes", json::array()}};
  if (transport.max_incoming_bitrate) dump["maxIncomingBitrate"] = *transport.max_incoming_bitrate;
  if (transport.sctp) DescribeSctp(transport, &dump);
  std::visit([&](const auto& details) { Describe(details, dtls, &dump); }, transport.details);
  return dump;
}

}  // namespace sluice::api
