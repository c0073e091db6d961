// consumer.*: what a client receives.
#include <algorithm>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "absl/functional/any_invocable.h"
#include "api/data_plane_config.h"
#include "api/methods/methods.h"
#include "api/objects_json.h"
#include "api/ortc/produced_layers.h"
#include "api/ortc/rtp_capabilities_json.h"
#include "api/ortc/rtp_parameters_json.h"
#include "api/score_json.h"
#include "api/stats_json.h"
#include "api/trace_types.h"
#include "api/wanted_layers_json.h"
#include "worker/random.h"

namespace sluice::api {
namespace {

struct LayersRequest {
  std::optional<uint8_t> spatial;
  std::optional<uint8_t> temporal;
};

LayersRequest ReadLayers(ObjectReader& layers) {
  LayersRequest request{.spatial = layers.RequiredUint<uint8_t>("spatialLayer"),
                        .temporal = layers.OptionalUint<uint8_t>("temporalLayer")};
  layers.Finish();
  return request;
}

struct CreateRequest {
  Transport* transport = nullptr;
  Producer* producer = nullptr;
  std::string id;
  RtpCapabilities client;
  bool paused = false;
  std::optional<std::string> mid;
  LayersRequest preferred_layers;
  std::optional<bool> enable_rtx;
  bool ignore_dtx = false;
  bool pipe = false;
};

// What was asked for, down to what the producer has; else the highest. What has no layers has no preferences.
void SetPreferredLayers(const LayersRequest& request, Consumer* consumer) {
  const ProducerParameters& parameters = consumer->producer->parameters;
  if (consumer->pipe || parameters.type == ProducerType::kSimple) return;
  const ProducedLayers produced = LayersOf(parameters);
  const rtp::Layers wish = {request.spatial.value_or(UINT8_MAX), request.temporal.value_or(UINT8_MAX)};
  consumer->preferred_layers = wish.LimitedTo({produced.highest_spatial(), produced.highest_temporal()});
}

bool IsMidTaken(const Transport& transport, const std::string& mid) {
  for (const auto& [id, consumer] : transport.consumers) {
    if (consumer->rtp_parameters.mid == mid) return true;
  }
  return false;
}

// What goes through a pipe to another router is not to be chosen.
void ForbidChoices(ObjectReader& params) {
  for (const char* field : {"rtpCapabilities", "mid", "preferredLayers", "enableRtx", "ignoreDtx", "pipe"}) {
    if (params.ok() && params.Has(field)) {
      params.Fail(RpcError::ExclusiveFields(params.PathOf(field), "a pipe transport passes on everything"));
    }
  }
}

CreateRequest ReadCreate(Graph& graph, ObjectReader& params) {
  CreateRequest request;
  request.transport = ReadTransport(params, graph);
  request.id = ReadNewId(params, "consumerId", [&](const std::string& id) { return graph.FindConsumer(id); });
  request.producer = ReadProducerOf(params, request.transport ? request.transport->router : nullptr);
  if (request.transport && request.transport->As<PipeDetails>()) {
    request.pipe = true;
    ForbidChoices(params);
  } else {
    request.client = ReadRtpCapabilities(params.RequiredObject("rtpCapabilities", Fields::kOpen));
    request.pipe = params.OptionalBool("pipe", false);
  }
  request.paused = params.OptionalBool("paused", false);
  request.mid = params.OptionalString("mid", {1, 16});
  if (std::optional<ObjectReader> layers = params.OptionalObject("preferredLayers")) {
    request.preferred_layers = ReadLayers(*layers);
  }
  request.enable_rtx = params.OptionalBool("enableRtx");
  request.ignore_dtx = params.OptionalBool("ignoreDtx", false);
  params.Finish();
  if (!params.ok()) return request;
  if (request.mid && IsMidTaken(*request.transport, *request.mid)) {
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
    for (const RtpEncodingParameters& encoding : consumer->rtp_parameters.encodings) {
      if (encoding.ssrc == ssrc || encoding.rtx_ssrc == ssrc) return true;
    }
  }
  return false;
}

// The first of `count` that are free. Random, and far from 1234, which mediasoup-client keeps for probing.
Ssrc NewSsrcs(const Transport& transport, size_t count) {
  while (true) {
    const uint32_t first = 100'000'000 + worker::RandomUint32() % 900'000'000;
    size_t free = 0;
    while (free < count && !IsSsrcTaken(transport, Ssrc(first + static_cast<uint32_t>(free)))) ++free;
    if (free == count) return Ssrc(first);
  }
}

Result<RtpParameters> Negotiate(const CreateRequest& request) {
  const RtpParameters& consumable = request.producer->parameters.consumable;
  const bool video = request.producer->kind == MediaKind::kVideo;
  const size_t streams = request.pipe ? consumable.encodings.size() : 1;
  ConsumerOptions options{.enable_rtx = request.enable_rtx.value_or(video),
                          .mid = request.mid,
                          .ssrc = NewSsrcs(*request.transport, 2 * streams),
                          .pipe = request.pipe};
  const auto* pipe = request.transport->As<PipeDetails>();
  if (!pipe) return NegotiateConsumer(consumable, request.client, options);
  options.enable_rtx = pipe->rtx;
  return PipeConsumerParameters(consumable, options);
}

nlohmann::json CreatedJson(const Consumer& consumer) {
  nlohmann::json created = {{"consumerId", consumer.id},
                            {"producerId", consumer.producer->id},
                            {"kind", ToString(consumer.producer->kind)},
                            {"type", ConsumerTypeOf(consumer)},
                            {"rtpParameters", ToJson(consumer.rtp_parameters)},
                            {"paused", consumer.paused},
                            {"producerPaused", consumer.producer->paused},
                            {"score", consumer.told_score}};
  if (consumer.preferred_layers) created["preferredLayers"] = LayersJson(*consumer.preferred_layers);
  return created;
}

Outcome Create(ControlPlane& control, ObjectReader& params) {
  CreateRequest request = ReadCreate(control.graph(), params);
  if (params.error()) return *params.error();
  Transport* transport = request.transport;
  Result<RtpParameters> negotiated = Negotiate(request);
  if (!negotiated.ok()) return negotiated.error();

  auto consumer = std::make_unique<Consumer>();
  consumer->id = request.id;
  consumer->transport = transport;
  consumer->producer = request.producer;
  consumer->handle = control.graph().NewHandle<router::ConsumerHandle>();
  consumer->rtp_parameters = *std::move(negotiated);
  consumer->pipe = request.pipe;
  for (size_t i = 1; request.pipe && i < consumer->rtp_parameters.encodings.size(); ++i) {
    consumer->pipe_handles.push_back(control.graph().NewHandle<router::ConsumerHandle>());
  }
  if (!request.mid && !request.pipe) consumer->rtp_parameters.mid = NextMid(transport);
  consumer->paused = request.paused;
  SetPreferredLayers(request.preferred_layers, consumer.get());
  consumer->told_score = ConsumerScoreJson(*consumer);
  const Consumer* added = control.graph().Add(std::move(consumer));
  for (router::ConsumerConfig& config :
       MakeConsumerConfigs(*added, request.ignore_dtx, worker::RandomUint64)) {
    control.data_plane().Send(transport->worker,
                              worker::CreateConsumer{.transport = transport->handle,
                                                     .config = std::move(config),
                                                     .producer_worker = request.producer->transport->worker});
  }
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
  consumer->ForEachHandle([&](router::ConsumerHandle handle) {
    control.data_plane().Send(transport->worker,
                              worker::SetConsumerPaused{transport->handle, handle, paused});
  });
  return nlohmann::json::object();
}

Outcome RequestKeyFrame(ControlPlane& control, ObjectReader& params) {
  Consumer* consumer = ReadConsumer(params, control.graph());
  params.Finish();
  if (params.error()) return *params.error();
  const Transport* transport = consumer->transport;
  consumer->ForEachHandle([&](router::ConsumerHandle handle) {
    control.data_plane().Send(transport->worker, worker::RequestKeyFrame{transport->handle, handle});
  });
  return nlohmann::json::object();
}

Outcome ChangePreferredLayers(ControlPlane& control, ObjectReader& params) {
  Consumer* consumer = ReadConsumer(params, control.graph());
  ObjectReader object = params.RequiredObject("preferredLayers");
  LayersRequest layers = ReadLayers(object);
  params.Finish();
  if (params.error()) return *params.error();
  SetPreferredLayers(layers, consumer);
  if (!consumer->preferred_layers) return nlohmann::json::object();
  const Transport* transport = consumer->transport;
  control.data_plane().Send(transport->worker,
                            worker::SetPreferredLayers{.transport = transport->handle,
                                                       .consumer = consumer->handle,
                                                       .layers = *consumer->preferred_layers});
  return nlohmann::json{{"preferredLayers", LayersJson(*consumer->preferred_layers)}};
}

// What is wanted at the other end of a pipe: the rest is neither sent through it nor asked of the publisher.
Outcome SetWantedLayers(ControlPlane& control, ObjectReader& params) {
  const Consumer* consumer = ReadConsumer(params, control.graph());
  router::WantedLayers wanted;
  if (std::optional<ObjectReader> layers = params.OptionalObject("wantedLayers"); layers && consumer) {
    wanted = ReadWantedLayers(*std::move(layers), *consumer);
  }
  params.Finish();
  if (params.error()) return *params.error();
  if (!consumer->pipe) return RpcError::InvalidState("the consumer is not that of a pipe");
  const Transport* transport = consumer->transport;
  size_t encoding = 0;
  consumer->ForEachHandle([&](router::ConsumerHandle handle) {
    control.data_plane().Send(transport->worker,
                              worker::SetMaxLayers{transport->handle, handle, wanted.Of(encoding++)});
  });
  return nlohmann::json::object();
}

Outcome SetPriority(ObjectReader& params, Consumer* consumer, uint8_t priority) {
  params.Finish();
  if (params.error()) return *params.error();
  consumer->priority = priority;
  return nlohmann::json{{"priority", priority}};
}

Outcome EnableTraceEvent(ControlPlane& control, ObjectReader& params) {
  Consumer* consumer = ReadConsumer(params, control.graph());
  router::TraceKinds kinds = ReadTraceTypes(params, ConsumerTraceTypes());
  params.Finish();
  if (params.error()) return *params.error();
  consumer->traces = kinds;
  const Transport* transport = consumer->transport;
  consumer->ForEachHandle([&](router::ConsumerHandle handle) {
    control.data_plane().Send(transport->worker, worker::SetTraces{transport->handle, {}, handle, kinds});
  });
  return nlohmann::json::object();
}

// What the worker of a consumer knows of its streams, asked for one after the other.
class StreamsQuestion : public std::enable_shared_from_this<StreamsQuestion> {
 public:
  // Once, with the streams in their order; with nullptr if the consumer has gone.
  using Done = absl::AnyInvocable<void(const Consumer*, std::vector<worker::ConsumerSnapshot>)>;

  StreamsQuestion(ControlPlane* control, const Consumer& consumer, Done done)
      : control_(control), id_(consumer.id), done_(std::move(done)) {
    consumer.ForEachHandle([&](router::ConsumerHandle handle) { handles_.push_back(handle); });
  }

  void Ask() {
    const Consumer* consumer = control_->graph().FindConsumer(id_);
    if (!consumer || known_.size() == handles_.size()) return done_(consumer, std::move(known_));
    const Transport* transport = consumer->transport;
    control_->data_plane().Ask(
        transport->worker, worker::Query{.transport = transport->handle, .consumer = handles_[known_.size()]},
        [self = shared_from_this()](worker::Snapshot snapshot) {
          const auto* known = std::get_if<worker::ConsumerSnapshot>(&snapshot);
          if (!known) return self->done_(nullptr, {});
          self->known_.push_back(*known);
          self->Ask();
        });
  }

 private:
  ControlPlane* control_;
  std::string id_;
  std::vector<router::ConsumerHandle> handles_;
  std::vector<worker::ConsumerSnapshot> known_;
  Done done_;
};

void Dump(ControlPlane& control, ObjectReader& params, Dispatcher::Reply reply) {
  const Consumer* consumer = ReadConsumer(params, control.graph());
  params.Finish();
  if (params.error()) return reply(*params.error());
  auto done = [id = consumer->id, reply = std::move(reply)](
                  const Consumer* still_there, const std::vector<worker::ConsumerSnapshot>& own) mutable {
    if (!still_there) return reply(RpcError::NotFound("consumer", id));
    reply(ConsumerJson(*still_there, own));
  };
  std::make_shared<StreamsQuestion>(&control, *consumer, std::move(done))->Ask();
}

// Those of its own streams, then those of the producer that it takes from.
void AnswerStats(ControlPlane& control, const Consumer& consumer, std::vector<worker::ConsumerSnapshot> own,
                 Dispatcher::Reply reply) {
  const Transport* transport = consumer.producer->transport;
  control.data_plane().Ask(
      transport->worker, worker::Query{.transport = transport->handle, .producer = consumer.producer->handle},
      [&control, id = consumer.id, own = std::move(own),
       reply = std::move(reply)](worker::Snapshot snapshot) mutable {
        const Consumer* still_there = control.graph().FindConsumer(id);
        const auto* producer = std::get_if<worker::ProducerSnapshot>(&snapshot);
        if (!still_there || !producer) return reply(RpcError::NotFound("consumer", id));
        reply(nlohmann::json{{"stats", still_there->pipe
                                           ? PipeConsumerStatsJson(*still_there, own, *producer)
                                           : ConsumerStatsJson(*still_there, own.front(), *producer)}});
      });
}

void GetStats(ControlPlane& control, ObjectReader& params, Dispatcher::Reply reply) {
  const Consumer* consumer = ReadConsumer(params, control.graph());
  params.Finish();
  if (params.error()) return reply(*params.error());
  auto done = [&control, id = consumer->id, reply = std::move(reply)](
                  const Consumer* still_there, std::vector<worker::ConsumerSnapshot> own) mutable {
    if (!still_there) return reply(RpcError::NotFound("consumer", id));
    AnswerStats(control, *still_there, std::move(own), std::move(reply));
  };
  std::make_shared<StreamsQuestion>(&control, *consumer, std::move(done))->Ask();
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
  dispatcher->RegisterSync("consumer.setPreferredLayers", [control](ObjectReader& params) {
    return ChangePreferredLayers(*control, params);
  });
  dispatcher->RegisterSync("consumer.setWantedLayers",
                           [control](ObjectReader& params) { return SetWantedLayers(*control, params); });
  dispatcher->RegisterSync("consumer.setPriority", [control](ObjectReader& params) {
    Consumer* consumer = ReadConsumer(params, control->graph());
    return SetPriority(params, consumer, params.RequiredUint<uint8_t>("priority", 1));
  });
  dispatcher->RegisterSync("consumer.unsetPriority", [control](ObjectReader& params) {
    return SetPriority(params, ReadConsumer(params, control->graph()), 1);
  });
  dispatcher->RegisterSync("consumer.enableTraceEvent",
                           [control](ObjectReader& params) { return EnableTraceEvent(*control, params); });
  dispatcher->Register("consumer.dump", [control](ObjectReader& params, Dispatcher::Reply reply) {
    Dump(*control, params, std::move(reply));
  });
  dispatcher->Register("consumer.getStats", [control](ObjectReader& params, Dispatcher::Reply reply) {
    GetStats(*control, params, std::move(reply));
  });
}

}  // namespace sluice::api
