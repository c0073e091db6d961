// directTransport.*: media and data of the application itself.
#include <memory>
#include <utility>

#include "api/methods/methods.h"
#include "api/packet_params.h"
#include "worker/random.h"

namespace sluice::api {
namespace {

struct CreateRequest {
  Router* router = nullptr;
  std::string id;
  DirectDetails details;
};

CreateRequest ReadCreate(Graph& graph, ObjectReader& params) {
  constexpr uint32_t kMaxMessageSize = 1u << 30;
  CreateRequest request;
  request.router = ReadRouter(params, graph);
  request.id =
      ReadNewId(params, "transportId", [&](const std::string& id) { return graph.FindTransport(id); });
  request.details.max_send_message_size =
      params.OptionalUintOr("maxSendMessageSize", DirectDetails().max_send_message_size, 1, kMaxMessageSize);
  request.details.max_receive_message_size = params.OptionalUintOr(
      "maxReceiveMessageSize", DirectDetails().max_receive_message_size, 1, kMaxMessageSize);
  params.Finish();
  return request;
}

Outcome Create(ControlPlane& control, ObjectReader& params) {
  CreateRequest request = ReadCreate(control.graph(), params);
  if (params.error()) return *params.error();
  if (auto error = control.CheckTransportLimit()) return *error;
  std::unique_ptr<Transport> transport = NewTransport(control, request.router, request.id);
  transport->details = request.details;
  control.data_plane().Send(
      transport->worker,
      worker::CreateDirectTransport{.transport = transport->handle,
                                    .max_send_message_size = request.details.max_send_message_size,
                                    .rtcp_ssrc = Ssrc(worker::RandomUint32()),
                                    .random_seed = worker::RandomUint32()});
  control.graph().Add(std::move(transport));
  return nlohmann::json{{"transportId", request.id}};
}

Outcome SendRtcp(ControlPlane& control, ObjectReader& params) {
  const Transport* transport = ReadTransportOf<DirectDetails>(params, control.graph(), "direct");
  std::vector<uint8_t> packet = ReadPacket(params);
  params.Finish();
  if (params.error()) return *params.error();
  control.data_plane().SendPayload(transport->worker,
                                   worker::ReceiveRtcp{transport->handle, std::move(packet)});
  return nlohmann::json::object();
}

}  // namespace

void RegisterDirectTransportMethods(ControlPlane* control, Dispatcher* dispatcher) {
  dispatcher->RegisterSync("directTransport.create",
                           [control](ObjectReader& params) { return Create(*control, params); });
  dispatcher->RegisterSync("directTransport.sendRtcp",
                           [control](ObjectReader& params) { return SendRtcp(*control, params); });
}

}  // namespace sluice::api
