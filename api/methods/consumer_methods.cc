// consumer.*: what a client receives.
#include <algorithm>
#include <memory>
#include <utility>

#include "api/data_plane_config.h"
#include "api/methods/methods.h"
#include "api/objects_json.h"
#include "api/ortc/rtp_capabilities_json.h"
#include "api/ortc/rtp_parameters_json.h"
#include "api/ortc/scalability_mode.h"
#include "api/stats_json.h"
#include "worker/random.h"

namespace sluice::api {
namespace {

struct CreateRequest {
  Transport* transport = nullptr;
  Producer* producer = nullptr;
  std::string id;
  RtpCapabilities client;
  bool paused = false;
  std::optional<std::string> mid;
  std::optional<uint8_t> spatial_layer;
  std::optional<uint8_t> temporal_layer;
  std::optional<bool> enable_rtx;
  bool ignore_dtx = false;
};

// What was asked for, down to what the producer has.
void SetPreferredLayers(const CreateRequest& request, Consumer* consumer) {
  if (request.producer->parameters.type == ProducerType::kSimple || !request.spatial_layer) return;
  const RtpParameters& produced = request.producer->parameters.rtp_parameters;
  ScalabilityMode mode = ParseScalabilityMode(produced.encodings.front().scalability_mode.value_or(""));
  bool simulcast = request.producer->parameters.type == ProducerType::kSimulcast;
  size_t spatial_layers = simulcast ? produced.encodings.size() : mode.spatial_layers;
  consumer->preferred_spatial_layer =
      static_cast<uint8_t>(std::min<size_t>(*request.spatial_layer, spatial_layers - 1));
  if (!request.temporal_layer) return;
  consumer->preferred_temporal_layer =
      static_cast<uint8_t>(std::min<size_t>(*request.temporal_layer, mode.temporal_layers - 1));
}

bool IsMidTaken(const Transport& transport, const std::string& mid) {
  for (const auto& [id, consumer] : transport.consumers) {
    if (consumer->rtp_parameters.mid == mid) return true;
  }
  return false;
}

CreateRequest ReadCreate(Graph& graph, ObjectReader& params) {
  CreateRequest request;
  request.transport = ReadTransport(params, graph);
  request.id = ReadNewId(params, "consumerId", [&](const std::string& id) { return graph.FindConsumer(id); });
  request.producer = ReadProducer(params, graph);
  request.client = ReadRtpCapabilities(params.RequiredObject("rtpCapabilities", Fields::kOpen));
  request.paused = params.OptionalBool("paused", false);
  request.mid = params.OptionalString("mid", {1, 16});
  if (std::optional<ObjectReader> layers = params.OptionalObject("preferredLayers")) {
    request.spatial_layer = layers->RequiredUint<uint8_t>("spatialLayer");
    request.temporal_layer = layers->OptionalUint<uint8_t>("temporalLayer");
    layers->Finish();
  }
  request.enable_rtx = params.OptionalBool("enableRtx");
  request.ignore_dtx = params.OptionalBool("ignoreDtx", false);
  params.Finish();
  if (!params.ok()) return request;
  if (request.producer->transport->router != request.transport->router) {
    params.Fail(RpcError::NotFound("producer", request.producer->id, params.PathOf("producerId")));
  } else if (request.mid && IsMidTaken(*request.transport, *request.mid)) {
    params.Fail(RpcError::InvalidValue(params.PathOf("mid"), "is that of another consumer of the transport"));
  }
  return request;
}

std::string NextMid(Transport* transport) {
  std::string mid;
  do {
    mid = std::to_string(transport->next_mid++);
  } while (IsMidTaken(*transport, mid));
  return mid;
}

bool IsSsrcTaken(const Transport& transport, Ssrc ssrc) {
  for (const auto& [id, consumer] : transport.consumers) {
    const RtpEncodingParameters& encoding = consumer->rtp_parameters.encodings.front();
    if (encoding.ssrc == ssrc || encoding.rtx_ssrc == ssrc) return true;
  }
  return false;
}

// Random, and far from 1234, which mediasoup-client keeps for probing.
Ssrc NewSsrc(const Transport& transport) {
  while (true) {
    uint32_t value = 100'000'000 + worker::RandomUint32() % 900'000'000;
    if (!IsSsrcTaken(transport, Ssrc(value)) && !IsSsrcTaken(transport, Ssrc(value + 1))) return Ssrc(value);
  }
}

nlohmann::json CreatedJson(const Consumer& consumer) {
  nlohmann::json created = {
      {"consumerId", consumer.id},
      {"producerId", consumer.producer->id},
      {"kind", ToString(consumer.producer->kind)},
      {"type", ToString(consumer.producer->parameters.type)},
      {"rtpParameters", ToJson(consumer.rtp_parameters)},
      {"paused", consumer.paused},
      {"producerPaused", consumer.producer->paused},
      {"score", {{"score", 10}, {"producerScore", 10}, {"producerScores", nlohmann::json::array()}}}};
  if (consumer.preferred_spatial_layer) created["preferredLayers"] = PreferredLayersJson(consumer);
  return created;
}

Outcome Create(ControlPlane& control, ObjectReader& params) {
  CreateRequest request = ReadCreate(control.graph(), params);
  if (params.error()) return *params.error();
  Transport* transport = request.transport;
  bool video = request.producer->kind == MediaKind::kVideo;
  ConsumerOptions options{
      .enable_rtx = request.enable_rtx.value_or(video), .mid = request.mid, .ssrc = NewSsrc(*transport)};
  Result<RtpParameters> negotiated =
      NegotiateConsumer(request.producer->parameters.consumable, request.client, options);
  if (!negotiated.ok()) return negotiated.error();

  auto consumer = std::make_unique<Consumer>();
  consumer->id = request.id;
  consumer->transport = transport;
  consumer->producer = request.producer;
  consumer->handle = control.graph().NewHandle<router::ConsumerHandle>();
  consumer->rtp_parameters = *std::move(negotiated);
  if (!request.mid) consumer->rtp_parameters.mid = NextMid(transport);
  consumer->client = std::move(request.client);
  consumer->paused = request.paused;
  SetPreferredLayers(request, consumer.get());
  const Consumer* added = control.graph().Add(std::move(consumer));
  control.data_plane().Send(
      transport->worker,
      worker::CreateConsumer{.transport = transport->handle,
                             .config = MakeConsumerConfig(*added, request.ignore_dtx, worker::RandomUint64()),
                             .producer_worker = request.producer->transport->worker});
  return CreatedJson(*added);
}

Outcome Close(ControlPlane& control, ObjectReader& params) {
  Consumer* consumer = ReadConsumer(params, control.graph());
  params.Finish();
  if (params.error()) return *params.error();
  control.graph().Close(consumer);
  return nlohmann::json::object();
}

Outcome SetPaused(ControlPlane& control, ObjectReader& params, bool paused) {
  Consumer* consumer = ReadConsumer(params, control.graph());
  params.Finish();
  if (params.error()) return *params.error();
  consumer->paused = paused;
  const Transport* transport = consumer->transport;
  control.data_plane().Send(transport->worker,
                            worker::SetConsumerPaused{transport->handle, consumer->handle, paused});
  return nlohmann::json::object();
}

Outcome RequestKeyFrame(ControlPlane& control, ObjectReader& params) {
  Consumer* consumer = ReadConsumer(params, control.graph());
  params.Finish();
  if (params.error()) return *params.error();
  const Transport* transport = consumer->transport;
  control.data_plane().Send(transport->worker, worker::RequestKeyFrame{transport->handle, consumer->handle});
  return nlohmann::json::object();
}

Outcome Dump(ControlPlane& control, ObjectReader& params) {
  Consumer* consumer = ReadConsumer(params, control.graph());
  params.Finish();
  if (params.error()) return *params.error();
  return ConsumerJson(*consumer);
}

// Two questions: the consumer's own stream, then that of the producer it takes from.
void GetStats(ControlPlane& control, ObjectReader& params, Dispatcher::Reply reply) {
  const Consumer* consumer = ReadConsumer(params, control.graph());
  params.Finish();
  if (params.error()) return reply(*params.error());
  const Transport* transport = consumer->transport;
  worker::Query own{.query = 0, .transport = transport->handle, .producer = {}, .consumer = consumer->handle};
  control.data_plane().Ask(
      transport->worker, own,
      [&control, id = consumer->id, reply = std::move(reply)](worker::Snapshot snapshot) mutable {
        const Consumer* still_there = control.graph().FindConsumer(id);
        const auto* stats = std::get_if<worker::ConsumerSnapshot>(&snapshot);
        if (!still_there || !stats) return reply(RpcError::NotFound("consumer", id));
        const Transport* source = still_there->producer->transport;
        worker::Query producer{.query = 0,
                               .transport = source->handle,
                               .producer = still_there->producer->handle,
                               .consumer = {}};
        control.data_plane().Ask(
            source->worker, producer,
            [&control, id, own_stats = *stats,
             reply = std::move(reply)](worker::Snapshot producer_snapshot) mutable {
              const Consumer* consumer_now = control.graph().FindConsumer(id);
              const auto* producer_stats = std::get_if<worker::ProducerSnapshot>(&producer_snapshot);
              if (!consumer_now || !producer_stats) return reply(RpcError::NotFound("consumer", id));
              reply(nlohmann::json{{"stats", ConsumerStatsJson(*consumer_now, own_stats, *producer_stats)}});
            });
      });
}

}  // namespace

void RegisterConsumerMethods(ControlPlane* control, Dispatcher* dispatcher) {
  dispatcher->RegisterSync("consumer.create",
                           [control](ObjectReader& params) { return Create(*control, params); });
  dispatcher->RegisterSync("consumer.close",
                           [control](ObjectReader& params) { return Close(*control, params); });
  dispatcher->RegisterSync("consumer.pause",
                           [control](ObjectReader& params) { return SetPaused(*control, params, true); });
  dispatcher->RegisterSync("consumer.resume",
                           [control](ObjectReader& params) { return SetPaused(*control, params, false); });
  dispatcher->RegisterSync("consumer.requestKeyFrame",
                           [control](ObjectReader& params) { return RequestKeyFrame(*control, params); });
  dispatcher->RegisterSync("consumer.dump",
                           [control](ObjectReader& params) { return Dump(*control, params); });
  dispatcher->Register("consumer.getStats", [control](ObjectReader& params, Dispatcher::Reply reply) {
    GetStats(*control, params, std::move(reply));
  });
}

}  // namespace sluice::api
