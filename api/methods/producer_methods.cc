// producer.*: what a client sends.
#include <memory>
#include <utility>

#include "api/data_plane_config.h"
#include "api/methods/methods.h"
#include "api/objects_json.h"
#include "api/ortc/rtp_parameters_json.h"
#include "api/packet_params.h"
#include "api/stats_json.h"
#include "api/trace_types.h"
#include "api/wanted_layers_json.h"
#include "worker/random.h"

namespace sluice::api {
namespace {

constexpr size_t kCnameLength = 8;

struct CreateRequest {
  Transport* transport = nullptr;
  std::string id;
  MediaKind kind = MediaKind::kAudio;
  RtpParameters rtp_parameters;
  bool paused = false;
  TimeDelta key_frame_request_delay;
};

CreateRequest ReadCreate(Graph& graph, ObjectReader& params) {
  CreateRequest request;
  request.transport = ReadTransport(params, graph);
  request.id = ReadNewId(params, "producerId", [&](const std::string& id) {
    return request.transport && request.transport->router->producers.contains(id);
  });
  request.kind =
      params.RequiredChoice<MediaKind>("kind", {{"audio", MediaKind::kAudio}, {"video", MediaKind::kVideo}});
  request.rtp_parameters = ReadRtpParameters(params.RequiredObject("rtpParameters", Fields::kOpen));
  request.paused = params.OptionalBool("paused", false);
  request.key_frame_request_delay =
      TimeDelta::Millis(params.OptionalUintOr<uint32_t>("keyFrameRequestDelay", 0, 0, 3'600'000));
  params.Finish();
  return request;
}

bool Uses(const RtpParameters& parameters, Ssrc ssrc) {
  for (const RtpEncodingParameters& encoding : parameters.encodings) {
    if (encoding.ssrc == ssrc || encoding.rtx_ssrc == ssrc) return true;
  }
  return false;
}

// Whether packets of the new producer could be told from those of `other`.
std::optional<RpcError> FindConflict(const RtpParameters& parameters, const RtpParameters& other) {
  if (parameters.mid && parameters.mid == other.mid) {
    return RpcError::InvalidValue("params.rtpParameters.mid", "is that of another producer of the transport");
  }
  for (size_t i = 0; i < parameters.encodings.size(); ++i) {
    const RtpEncodingParameters& encoding = parameters.encodings[i];
    if ((encoding.ssrc && Uses(other, *encoding.ssrc)) ||
        (encoding.rtx_ssrc && Uses(other, *encoding.rtx_ssrc))) {
      return RpcError::InvalidValue(JoinPath("params.rtpParameters.encodings", i),
                                    "has the SSRC of another producer of the transport");
    }
  }
  return std::nullopt;
}

std::optional<RpcError> FindConflict(const RtpParameters& parameters, const Transport& transport) {
  for (const auto& [id, other] : transport.producers) {
    if (auto conflict = FindConflict(parameters, other->parameters.rtp_parameters)) return conflict;
  }
  return std::nullopt;
}

Outcome Create(ControlPlane& control, ObjectReader& params) {
  CreateRequest request = ReadCreate(control.graph(), params);
  if (params.error()) return *params.error();
  Transport* transport = request.transport;
  // All producers of a transport are one endpoint and share its CNAME (RFC 8834 §4.9); those that come
  // through a pipe are of many.
  const bool pipe = transport->As<PipeDetails>() != nullptr;
  std::string cname = pipe ? "" : transport->cname;
  if (cname.empty()) cname = request.rtp_parameters.rtcp.cname.value_or("");
  if (cname.empty()) cname = worker::RandomString(kCnameLength);
  request.rtp_parameters.rtcp.cname = cname;
  Result<ProducerParameters> negotiated =
      NegotiateProducer(request.kind, std::move(request.rtp_parameters), transport->router->capabilities,
                        Ssrc(100'000'000 + worker::RandomUint32() % 800'000'000));
  if (!negotiated.ok()) return negotiated.error();
  if (auto conflict = FindConflict(negotiated->rtp_parameters, *transport)) return *conflict;

  if (!pipe) transport->cname = cname;
  auto producer = std::make_unique<Producer>();
  producer->id = request.id;
  producer->transport = transport;
  producer->handle = control.graph().NewHandle<router::ProducerHandle>();
  producer->kind = request.kind;
  producer->parameters = *std::move(negotiated);
  producer->paused = request.paused;
  producer->wanted = router::WantedLayers::Everything(producer->parameters.rtp_parameters.encodings.size());
  Producer* added = control.graph().Add(std::move(producer));
  control.data_plane().Send(
      transport->worker,
      worker::CreateProducer{transport->handle, MakeProducerConfig(*added, request.key_frame_request_delay)});
  if (added->is_selectable()) control.graph().StartSelecting(added);
  return nlohmann::json{{"producerId", added->id},
                        {"routerId", added->transport->router->id},
                        {"kind", ToString(added->kind)},
                        {"type", ToString(added->parameters.type)},
                        {"rtpParameters", ToJson(added->parameters.rtp_parameters)},
                        {"consumableRtpParameters", ToJson(added->parameters.consumable)},
                        {"paused", added->paused},
                        {"wantedLayers", *WantedLayersJson(*added)}};
}

Outcome Close(ControlPlane& control, ObjectReader& params) {
  Producer* producer = ReadProducer(params, control.graph());
  params.Finish();
  if (params.error()) return *params.error();
  control.graph().Close(producer);
  return nlohmann::json::object();
}

Outcome SetPaused(ControlPlane& control, ObjectReader& params, bool paused) {
  Producer* producer = ReadProducer(params, control.graph());
  params.Finish();
  if (params.error()) return *params.error();
  if (producer->paused == paused) return nlohmann::json::object();
  producer->paused = paused;
  const Transport* transport = producer->transport;
  control.data_plane().Send(transport->worker,
                            worker::SetProducerPaused{transport->handle, producer->handle, paused});
  for (const auto& [id, consumer] : producer->consumers) {
    control.Notify(paused ? "consumer.producerPause" : "consumer.producerResume", {{"consumerId", id}});
  }
  return nlohmann::json::object();
}

// The packet takes the way of any other of its transport: its SSRC, MID or RID says whose it is.
Outcome Send(ControlPlane& control, ObjectReader& params) {
  const Producer* producer = ReadProducer(params, control.graph());
  std::vector<uint8_t> packet = ReadPacket(params);
  params.Finish();
  if (params.error()) return *params.error();
  const Transport* transport = producer->transport;
  if (!transport->As<DirectDetails>())
    return RpcError::InvalidState("the producer is a client, not the application");
  control.data_plane().SendPayload(transport->worker,
                                   worker::ReceiveRtp{transport->handle, std::move(packet)});
  return nlohmann::json::object();
}

Outcome EnableTraceEvent(ControlPlane& control, ObjectReader& params) {
  Producer* producer = ReadProducer(params, control.graph());
  router::TraceKinds kinds = ReadTraceTypes(params, ProducerTraceTypes());
  params.Finish();
  if (params.error()) return *params.error();
  producer->traces = kinds;
  const Transport* transport = producer->transport;
  control.data_plane().Send(transport->worker,
                            worker::SetTraces{transport->handle, producer->handle, {}, kinds});
  return nlohmann::json::object();
}

// Answers what `make` makes of the producer and what its worker knows of it.
void Describe(ControlPlane& control, ObjectReader& params, Dispatcher::Reply reply,
              nlohmann::json (*make)(const Producer&, const worker::ProducerSnapshot&)) {
  const Producer* producer = ReadProducer(params, control.graph());
  params.Finish();
  if (params.error()) return reply(*params.error());
  const Transport* transport = producer->transport;
  control.data_plane().Ask(transport->worker,
                           worker::Query{.transport = transport->handle, .producer = producer->handle},
                           [&control, id = producer->id, handle = producer->handle, make,
                            reply = std::move(reply)](worker::Snapshot snapshot) mutable {
                             const Producer* still_there = control.graph().FindProducer(handle);
                             const auto* known = std::get_if<worker::ProducerSnapshot>(&snapshot);
                             if (!still_there || !known) return reply(RpcError::NotFound("producer", id));
                             reply(make(*still_there, *known));
                           });
}

nlohmann::json StatsAnswer(const Producer& producer, const worker::ProducerSnapshot& snapshot) {
  return {{"stats", ProducerStatsJson(producer, snapshot)}};
}

}  // namespace

void RegisterProducerMethods(ControlPlane* control, Dispatcher* dispatcher) {
  dispatcher->RegisterSync("producer.create",
                           [control](ObjectReader& params) { return Create(*control, params); });
  dispatcher->RegisterSync("producer.close",
                           [control](ObjectReader& params) { return Close(*control, params); });
  dispatcher->RegisterSync("producer.pause",
                           [control](ObjectReader& params) { return SetPaused(*control, params, true); });
  dispatcher->RegisterSync("producer.resume",
                           [control](ObjectReader& params) { return SetPaused(*control, params, false); });
  dispatcher->RegisterSync("producer.send",
                           [control](ObjectReader& params) { return Send(*control, params); });
  dispatcher->RegisterSync("producer.enableTraceEvent",
                           [control](ObjectReader& params) { return EnableTraceEvent(*control, params); });
  dispatcher->Register("producer.dump", [control](ObjectReader& params, Dispatcher::Reply reply) {
    Describe(*control, params, std::move(reply), ProducerJson);
  });
  dispatcher->Register("producer.getStats", [control](ObjectReader& params, Dispatcher::Reply reply) {
    Describe(*control, params, std::move(reply), StatsAnswer);
  });
}

}  // namespace sluice::api
