#include "api/methods/methods.h"

#include <utility>

#include "worker/random.h"

namespace sluice::api {
namespace {

template <typename Object>
Object* ReadObject(ObjectReader& params, std::string_view field, std::string_view kind,
                   absl::FunctionRef<Object*(const std::string&)> find) {
  std::string id = params.RequiredString(field, kIdLength);
  if (!params.ok()) return nullptr;
  Object* object = find(id);
  if (!object) params.Fail(RpcError::NotFound(kind, id, params.PathOf(field)));
  return object;
}

template <typename Object>
Object* ReadObjectOf(ObjectReader& params, const Router* router, std::string_view field,
                     std::string_view kind, std::map<std::string, Object*> Router::*objects) {
  return ReadObject<Object>(params, field, kind, [&](const std::string& id) {
    if (!router) return static_cast<Object*>(nullptr);
    auto it = (router->*objects).find(id);
    return it == (router->*objects).end() ? nullptr : it->second;
  });
}

template <typename Object>
Object* ReadUnambiguous(ObjectReader& params, std::string_view field, std::string_view kind,
                        absl::FunctionRef<Graph::Found<Object>(const std::string&)> find) {
  return ReadObject<Object>(params, field, kind, [&](const std::string& id) {
    Graph::Found<Object> found = find(id);
    if (found.ambiguous) params.Fail(RpcError::MissingField(params.PathOf("routerId")));
    return found.object;
  });
}

}  // namespace

Router* ReadRouter(ObjectReader& params, Graph& graph) {
  return ReadObject<Router>(params, "routerId", "router",
                            [&](const std::string& id) { return graph.FindRouter(id); });
}

WebRtcServer* ReadWebRtcServer(ObjectReader& params, Graph& graph) {
  return ReadObject<WebRtcServer>(params, "webRtcServerId", "webRtcServer",
                                  [&](const std::string& id) { return graph.FindWebRtcServer(id); });
}

Transport* ReadTransport(ObjectReader& params, Graph& graph) {
  return ReadObject<Transport>(params, "transportId", "transport",
                               [&](const std::string& id) { return graph.FindTransport(id); });
}

Producer* ReadProducer(ObjectReader& params, Graph& graph) {
  if (params.Has("routerId")) return ReadProducerOf(params, ReadRouter(params, graph));
  return ReadUnambiguous<Producer>(params, "producerId", "producer",
                                   [&](const std::string& id) { return graph.FindProducer(id); });
}

Producer* ReadProducerOf(ObjectReader& params, const Router* router) {
  return ReadObjectOf(params, router, "producerId", "producer", &Router::producers);
}

Consumer* ReadConsumer(ObjectReader& params, Graph& graph) {
  return ReadObject<Consumer>(params, "consumerId", "consumer",
                              [&](const std::string& id) { return graph.FindConsumer(id); });
}

RtpObserver* ReadRtpObserver(ObjectReader& params, Graph& graph) {
  return ReadObject<RtpObserver>(params, "rtpObserverId", "rtpObserver",
                                 [&](const std::string& id) { return graph.FindRtpObserver(id); });
}

DataProducer* ReadDataProducer(ObjectReader& params, Graph& graph) {
  if (params.Has("routerId")) return ReadDataProducerOf(params, ReadRouter(params, graph));
  return ReadUnambiguous<DataProducer>(params, "dataProducerId", "data producer",
                                       [&](const std::string& id) { return graph.FindDataProducer(id); });
}

DataProducer* ReadDataProducerOf(ObjectReader& params, const Router* router) {
  return ReadObjectOf(params, router, "dataProducerId", "data producer", &Router::data_producers);
}

DataConsumer* ReadDataConsumer(ObjectReader& params, Graph& graph) {
  return ReadObject<DataConsumer>(params, "dataConsumerId", "data consumer",
                                  [&](const std::string& id) { return graph.FindDataConsumer(id); });
}

std::string RandomId() { return worker::UuidV4(); }

std::unique_ptr<Transport> NewTransport(ControlPlane& control, Router* router, std::string id) {
  auto transport = std::make_unique<Transport>();
  transport->id = std::move(id);
  transport->router = router;
  transport->handle = control.graph().NewHandle<router::TransportHandle>();
  transport->worker = control.data_plane().Place();
  return transport;
}

}  // namespace sluice::api
