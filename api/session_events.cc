#include "api/session_events.h"

#include <string_view>
#include <utility>
#include <variant>

#include "api/objects_json.h"
#include "api/score_json.h"
#include "api/trace_types.h"
#include "api/wanted_layers_json.h"

namespace sluice::api {
namespace {

// A producer's id alone may be that of one of another router, too.
nlohmann::json OfProducer(const Producer& producer, nlohmann::json params) {
  params.update({{"producerId", producer.id}, {"routerId", producer.transport->router->id}});
  return params;
}

// A pipe passes on whatever there is, for others to judge.
void NotifyScore(ControlPlane& control, Consumer* consumer) {
  if (consumer->pipe) return;
  nlohmann::json score = ConsumerScoreJson(*consumer);
  if (score == consumer->told_score) return;
  consumer->told_score = score;
  control.Notify("consumer.score", {{"consumerId", consumer->id}, {"score", std::move(score)}});
}

void Handle(ControlPlane& control, const router::ProducerScored& event) {
  Producer* producer = control.graph().FindProducer(event.producer);
  if (!producer) return;
  producer->scores.assign(event.streams.begin(), event.streams.end());
  control.Notify("producer.score", OfProducer(*producer, {{"score", ProducerScoreJson(*producer)}}));
  for (const auto& [id, consumer] : producer->consumers) NotifyScore(control, consumer);
}

void Handle(ControlPlane& control, const router::ConsumerScored& event) {
  Consumer* consumer = control.graph().FindConsumer(event.consumer);
  if (!consumer) return;
  consumer->score = event.score;
  NotifyScore(control, consumer);
}

void Handle(ControlPlane& control, const router::LayersChanged& event) {
  Consumer* consumer = control.graph().FindConsumer(event.consumer);
  if (!consumer) return;
  consumer->current_layers = event.layers;
  nlohmann::json params = {{"consumerId", consumer->id}};
  if (event.layers) params["layers"] = LayersJson(*event.layers);
  control.Notify("consumer.layersChange", std::move(params));
  NotifyScore(control, consumer);  // That of another encoding.
}

void Handle(ControlPlane& control, const router::WantedLayersChanged& event) {
  Producer* producer = control.graph().FindProducer(event.producer);
  if (!producer) return;
  producer->wanted = event.wanted;
  nlohmann::json params = nlohmann::json::object();
  if (std::optional<nlohmann::json> wanted = WantedLayersJson(*producer)) {
    params["wantedLayers"] = *std::move(wanted);
  }
  control.Notify("producer.wantedLayersChange", OfProducer(*producer, std::move(params)));
}

void Handle(ControlPlane& control, const router::OrientationChanged& event) {
  const Producer* producer = control.graph().FindProducer(event.producer);
  if (!producer) return;
  control.Notify("producer.videoOrientationChange",
                 OfProducer(*producer, {{"camera", event.orientation.camera},
                                        {"flip", event.orientation.flip},
                                        {"rotation", event.orientation.rotation}}));
}

void Handle(ControlPlane& control, const router::ProducerTraced& event) {
  const Producer* producer = control.graph().FindProducer(event.producer);
  if (!producer || !control.MayTrace()) return;
  control.Notify("producer.trace", OfProducer(*producer, TraceJson(event.trace)));
}

void Handle(ControlPlane& control, const router::ConsumerTraced& event) {
  const Consumer* consumer = control.graph().FindConsumer(event.consumer);
  if (!consumer || !control.MayTrace()) return;
  nlohmann::json params = TraceJson(event.trace);
  params["consumerId"] = consumer->id;
  control.Notify("consumer.trace", std::move(params));
}

}  // namespace

void HandleSessionEvent(ControlPlane& control, const router::SessionEvent& event) {
  std::visit([&](const auto& specific) { Handle(control, specific); }, event);
}

}  // namespace sluice::api
