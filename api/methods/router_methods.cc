// router.*: rooms.
#include <memory>
#include <utility>

#include "api/methods/methods.h"
#include "api/objects_json.h"
#include "api/ortc/consumer_parameters.h"
#include "api/ortc/router_capabilities.h"
#include "api/ortc/rtp_capabilities_json.h"

namespace sluice::api {
namespace {

Outcome Create(ControlPlane& control, ObjectReader& params) {
  Graph& graph = control.graph();
  std::string id =
      ReadNewId(params, "routerId", [&](const std::string& taken) { return graph.FindRouter(taken); });
  std::vector<RtpCodecCapability> codecs = ReadRtpCodecCapabilities(params, "mediaCodecs");
  auto max_speakers = params.OptionalUint<uint16_t>("maxSpeakers", 1);
  params.Finish();
  if (params.error()) return *params.error();
  Result<RtpCapabilities> capabilities = MakeRouterCapabilities(codecs, params.PathOf("mediaCodecs"));
  if (!capabilities.ok()) return capabilities.error();

  auto router = std::make_unique<Router>();
  router->id = id;
  router->audio_worker = control.data_plane().Place();
  router->capabilities = *std::move(capabilities);
  router->max_speakers = max_speakers;
  if (max_speakers) {
    router->audio_selector = graph.NewHandle<router::RtpObserverHandle>();
    control.data_plane().Send(router->audio_worker,
                              worker::CreateAudioSelector{router->audio_selector, {.limit = *max_speakers}});
  }
  nlohmann::json rtp_capabilities = ToJson(router->capabilities);
  graph.Add(std::move(router));
  return nlohmann::json{{"routerId", id}, {"rtpCapabilities", std::move(rtp_capabilities)}};
}

Outcome Close(Graph& graph, ObjectReader& params) {
  Router* router = ReadRouter(params, graph);
  params.Finish();
  if (params.error()) return *params.error();
  graph.Close(router);
  return nlohmann::json::object();
}

Outcome Dump(Graph& graph, ObjectReader& params) {
  Router* router = ReadRouter(params, graph);
  params.Finish();
  if (params.error()) return *params.error();
  return RouterJson(*router);
}

Outcome CanConsume(Graph& graph, ObjectReader& params) {
  Router* router = ReadRouter(params, graph);
  std::string producer_id = params.RequiredString("producerId", kIdLength);
  RtpCapabilities client = ReadRtpCapabilities(params.RequiredObject("rtpCapabilities", Fields::kOpen));
  params.Finish();
  if (params.error()) return *params.error();
  auto producer = router->producers.find(producer_id);
  if (producer == router->producers.end()) {
    return RpcError::NotFound("producer", producer_id, params.PathOf("producerId"));
  }
  bool can = api::CanConsume(producer->second->parameters.consumable, client);
  return nlohmann::json{{"canConsume", can}};
}

}  // namespace

void RegisterRouterMethods(ControlPlane* control, Dispatcher* dispatcher) {
  Graph* graph = &control->graph();
  dispatcher->RegisterSync("router.create",
                           [control](ObjectReader& params) { return Create(*control, params); });
  dispatcher->RegisterSync("router.close", [graph](ObjectReader& params) { return Close(*graph, params); });
  dispatcher->RegisterSync("router.dump", [graph](ObjectReader& params) { return Dump(*graph, params); });
  dispatcher->RegisterSync("router.canConsume",
                           [graph](ObjectReader& params) { return CanConsume(*graph, params); });
}

}  // namespace sluice::api
