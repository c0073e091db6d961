// webRtcServer.*: ports that transports share.
#include <memory>
#include <utility>
#include <vector>

#include "api/listen_info.h"
#include "api/methods/methods.h"
#include "api/objects_json.h"

namespace sluice::api {
namespace {

Outcome Create(ControlPlane& control, ObjectReader& params) {
  Graph& graph = control.graph();
  std::string id = ReadNewId(params, "webRtcServerId",
                             [&](const std::string& taken) { return graph.FindWebRtcServer(taken); });
  std::vector<ListenInfo> infos = ReadListenInfos(params);
  params.Finish();
  if (params.error()) return *params.error();
  DataPlane& data_plane = control.data_plane();
  Result<SharedSockets> bound = BindShared(infos, data_plane.workers());
  if (!bound.ok()) return bound.error();

  auto server = std::make_unique<WebRtcServer>();
  server->id = id;
  server->handle = graph.NewHandle<worker::WebRtcServerHandle>();
  server->listening = std::move(bound->addresses);
  server->steered = bound->steered;
  for (uint32_t worker = 0; worker < data_plane.workers(); ++worker) {
    data_plane.Send(worker, worker::CreateWebRtcServer{.server = server->handle,
                                                       .sockets = std::move(bound->by_worker[worker])});
  }
  graph.Add(std::move(server));
  return nlohmann::json{{"webRtcServerId", id}};
}

Outcome Close(ControlPlane& control, ObjectReader& params) {
  WebRtcServer* server = ReadWebRtcServer(params, control.graph());
  params.Finish();
  if (params.error()) return *params.error();
  const nlohmann::json transports = IdsOf(server->transports);
  control.graph().Close(server);
  for (const nlohmann::json& id : transports) {
    control.Notify("webRtcTransport.listenServerClose", {{"transportId", id}});
  }
  return nlohmann::json::object();
}

// Asks every worker, and replies when the last has answered.
void Dump(ControlPlane& control, ObjectReader& params, Dispatcher::Reply reply) {
  struct Collected {
    std::vector<worker::WebRtcServerSnapshot> snapshots;
    uint32_t missing;
    Dispatcher::Reply reply;
  };
  const WebRtcServer* server = ReadWebRtcServer(params, control.graph());
  params.Finish();
  if (params.error()) return reply(*params.error());
  DataPlane& data_plane = control.data_plane();
  auto collected = std::make_shared<Collected>();
  collected->missing = data_plane.workers();
  collected->reply = std::move(reply);
  for (uint32_t worker = 0; worker < data_plane.workers(); ++worker) {
    worker::Query query{.query = 0};
    query.server = server->handle;
    data_plane.Ask(worker, query, [&control, collected, id = server->id](worker::Snapshot snapshot) {
      const auto* known = std::get_if<worker::WebRtcServerSnapshot>(&snapshot);
      if (known) collected->snapshots.push_back(*known);
      if (--collected->missing > 0) return;
      const WebRtcServer* still_there = control.graph().FindWebRtcServer(id);
      if (!still_there) return collected->reply(RpcError::NotFound("webRtcServer", id));
      collected->reply(WebRtcServerJson(*still_there, collected->snapshots));
    });
  }
}

}  // namespace

void RegisterWebRtcServerMethods(ControlPlane* control, Dispatcher* dispatcher) {
  dispatcher->RegisterSync("webRtcServer.create",
                           [control](ObjectReader& params) { return Create(*control, params); });
  dispatcher->RegisterSync("webRtcServer.close",
                           [control](ObjectReader& params) { return Close(*control, params); });
  dispatcher->Register("webRtcServer.dump", [control](ObjectReader& params, Dispatcher::Reply reply) {
    Dump(*control, params, std::move(reply));
  });
}

}  // namespace sluice::api
