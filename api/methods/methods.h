// The methods of the control API, a file for each kind of object. Each registers handlers that read their
// parameters, check everything, and only then change anything.
#pragma once

#include <memory>
#include <string>
#include <string_view>

#include "api/control_plane.h"
#include "api/json_rpc/json_reader.h"
#include "api/json_rpc/text.h"

namespace sluice::api {

void RegisterWorkerMethods(ControlPlane* control, Dispatcher* dispatcher);
void RegisterRouterMethods(ControlPlane* control, Dispatcher* dispatcher);
void RegisterWebRtcServerMethods(ControlPlane* control, Dispatcher* dispatcher);
void RegisterWebRtcTransportMethods(ControlPlane* control, Dispatcher* dispatcher);
void RegisterDirectTransportMethods(ControlPlane* control, Dispatcher* dispatcher);
void RegisterPipeTransportMethods(ControlPlane* control, Dispatcher* dispatcher);
void RegisterPlainTransportMethods(ControlPlane* control, Dispatcher* dispatcher);
void RegisterTransportMethods(ControlPlane* control, Dispatcher* dispatcher);
void RegisterCaptureMethods(ControlPlane* control, Dispatcher* dispatcher);
void RegisterProducerMethods(ControlPlane* control, Dispatcher* dispatcher);
void RegisterConsumerMethods(ControlPlane* control, Dispatcher* dispatcher);
void RegisterRtpObserverMethods(ControlPlane* control, Dispatcher* dispatcher);
void RegisterDataProducerMethods(ControlPlane* control, Dispatcher* dispatcher);
void RegisterDataConsumerMethods(ControlPlane* control, Dispatcher* dispatcher);

// Reads the id of an existing object; on error (kept in `params`) nullptr.
Router* ReadRouter(ObjectReader& params, Graph& graph);
WebRtcServer* ReadWebRtcServer(ObjectReader& params, Graph& graph);
Transport* ReadTransport(ObjectReader& params, Graph& graph);
// One of the kind that has `Details`, which errors call `kind`.
template <typename Details>
Transport* ReadTransportOf(ObjectReader& params, Graph& graph, std::string_view kind);
// Of the router in `routerId`, which is needed where several routers have a producer of that id.
Producer* ReadProducer(ObjectReader& params, Graph& graph);
// Of that router; nullptr, as after an error: there is none.
Producer* ReadProducerOf(ObjectReader& params, const Router* router);
Consumer* ReadConsumer(ObjectReader& params, Graph& graph);
RtpObserver* ReadRtpObserver(ObjectReader& params, Graph& graph);
DataProducer* ReadDataProducer(ObjectReader& params, Graph& graph);
DataProducer* ReadDataProducerOf(ObjectReader& params, const Router* router);
DataConsumer* ReadDataConsumer(ObjectReader& params, Graph& graph);

// The id that a new object is to have: the one in `field`, which must not be taken, or a random UUID.
template <typename Taken>
std::string ReadNewId(ObjectReader& params, std::string_view field, Taken&& taken);

std::string RandomId();

// Placed on a worker, and not in the graph yet.
std::unique_ptr<Transport> NewTransport(ControlPlane& control, Router* router, std::string id);

template <typename Details>
Transport* ReadTransportOf(ObjectReader& params, Graph& graph, std::string_view kind) {
  Transport* transport = ReadTransport(params, graph);
  if (!transport || transport->As<Details>()) return transport;
  params.Fail(RpcError::InvalidValue(params.PathOf("transportId"), Concat("is not a ", kind, " transport")));
  return nullptr;
}

template <typename Taken>
std::string ReadNewId(ObjectReader& params, std::string_view field, Taken&& taken) {
  std::optional<std::string> id = params.OptionalString(field, kIdLength);
  if (!id) return RandomId();
  if (params.ok() && taken(*id)) params.Fail(RpcError::DuplicateId(params.PathOf(field), *id));
  return *id;
}

}  // namespace sluice::api
