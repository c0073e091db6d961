// audioLevelObserver.*, activeSpeakerObserver.* and what they have in common, rtpObserver.*: who is heard.
#include <algorithm>
#include <cmath>
#include <memory>
#include <utility>

#include "api/methods/methods.h"
#include "api/objects_json.h"

namespace sluice::api {
namespace {

// mediasoup's bounds; what is outside is brought inside.
constexpr uint32_t kMinLevelInterval = 250;
constexpr uint32_t kMinSpeakerInterval = 100;
constexpr uint32_t kMaxInterval = 5000;

struct CreateRequest {
  Router* router = nullptr;
  std::string id;
};

CreateRequest ReadCreate(Graph& graph, ObjectReader& params) {
  CreateRequest request;
  request.router = ReadRouter(params, graph);
  request.id =
      ReadNewId(params, "rtpObserverId", [&](const std::string& id) { return graph.FindRtpObserver(id); });
  return request;
}

TimeDelta ReadInterval(ObjectReader& params, uint32_t otherwise, uint32_t min) {
  auto interval = params.OptionalUintOr<uint32_t>("interval", otherwise);
  return TimeDelta::Millis(std::clamp(interval, min, kMaxInterval));
}

// `Command` creates it on the worker.
template <typename Command, typename Options>
Outcome Add(ControlPlane& control, CreateRequest request, const Options& options) {
  auto observer = std::make_unique<RtpObserver>();
  observer->id = request.id;
  observer->router = request.router;
  observer->handle = control.graph().NewHandle<router::RtpObserverHandle>();
  observer->options = options;
  control.data_plane().Send(request.router->audio_worker, Command{observer->handle, options});
  control.graph().Add(std::move(observer));
  return nlohmann::json{{"rtpObserverId", request.id}};
}

Outcome CreateAudioLevelObserver(ControlPlane& control, ObjectReader& params) {
  CreateRequest request = ReadCreate(control.graph(), params);
  router::AudioLevelObserver::Options options;
  options.max_entries = params.OptionalUintOr<uint16_t>("maxEntries", 1, 1);
  double threshold = params.OptionalNumber("threshold", -127, 0).value_or(-80);
  options.threshold = static_cast<int8_t>(std::ceil(threshold));
  options.interval = ReadInterval(params, 1000, kMinLevelInterval);
  params.Finish();
  if (params.error()) return *params.error();
  return Add<worker::CreateAudioLevelObserver>(control, std::move(request), options);
}

Outcome CreateActiveSpeakerObserver(ControlPlane& control, ObjectReader& params) {
  CreateRequest request = ReadCreate(control.graph(), params);
  router::ActiveSpeakerObserver::Options options{.interval = ReadInterval(params, 300, kMinSpeakerInterval)};
  params.Finish();
  if (params.error()) return *params.error();
  return Add<worker::CreateActiveSpeakerObserver>(control, std::move(request), options);
}

Outcome Close(ControlPlane& control, ObjectReader& params) {
  RtpObserver* observer = ReadRtpObserver(params, control.graph());
  params.Finish();
  if (params.error()) return *params.error();
  control.graph().Close(observer);
  return nlohmann::json::object();
}

Outcome SetPaused(ControlPlane& control, ObjectReader& params, bool paused) {
  RtpObserver* observer = ReadRtpObserver(params, control.graph());
  params.Finish();
  if (params.error()) return *params.error();
  observer->paused = paused;
  control.data_plane().Send(observer->router->audio_worker,
                            worker::SetRtpObserverPaused{observer->handle, paused});
  return nlohmann::json::object();
}

// An observer and a producer of its room.
struct ObservedPair {
  RtpObserver* observer = nullptr;
  Producer* producer = nullptr;
};

ObservedPair ReadObserved(Graph& graph, ObjectReader& params) {
  ObservedPair pair;
  pair.observer = ReadRtpObserver(params, graph);
  pair.producer = ReadProducerOf(params, pair.observer ? pair.observer->router : nullptr);
  params.Finish();
  return pair;
}

Outcome AddProducer(ControlPlane& control, ObjectReader& params) {
  ObservedPair pair = ReadObserved(control.graph(), params);
  if (params.ok() && pair.producer->kind != MediaKind::kAudio) {
    params.Fail(RpcError::InvalidValue(params.PathOf("producerId"), "is not an audio producer"));
  }
  if (params.error()) return *params.error();
  control.graph().Observe(pair.observer, pair.producer);
  return nlohmann::json::object();
}

Outcome RemoveProducer(ControlPlane& control, ObjectReader& params) {
  ObservedPair pair = ReadObserved(control.graph(), params);
  if (params.error()) return *params.error();
  control.graph().StopObserving(pair.observer, pair.producer);
  return nlohmann::json::object();
}

Outcome Dump(ControlPlane& control, ObjectReader& params) {
  const RtpObserver* observer = ReadRtpObserver(params, control.graph());
  params.Finish();
  if (params.error()) return *params.error();
  return RtpObserverJson(*observer);
}

}  // namespace

void RegisterRtpObserverMethods(ControlPlane* control, Dispatcher* dispatcher) {
  auto add = [&](std::string_view method, Outcome (*handler)(ControlPlane&, ObjectReader&)) {
    dispatcher->RegisterSync(method,
                             [control, handler](ObjectReader& params) { return handler(*control, params); });
  };
  add("audioLevelObserver.create", CreateAudioLevelObserver);
  add("activeSpeakerObserver.create", CreateActiveSpeakerObserver);
  add("rtpObserver.close", Close);
  add("rtpObserver.pause",
      [](ControlPlane& plane, ObjectReader& params) { return SetPaused(plane, params, true); });
  add("rtpObserver.resume",
      [](ControlPlane& plane, ObjectReader& params) { return SetPaused(plane, params, false); });
  add("rtpObserver.addProducer", AddProducer);
  add("rtpObserver.removeProducer", RemoveProducer);
  add("rtpObserver.dump", Dump);
}

}  // namespace sluice::api
