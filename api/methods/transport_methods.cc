// transport.*: what all kinds of transports have.
#include <utility>

#include "api/methods/methods.h"
#include "api/stats_json.h"
#include "api/transport_json.h"

namespace sluice::api {
namespace {

Outcome Close(ControlPlane& control, ObjectReader& params) {
  Transport* transport = ReadTransport(params, control.graph());
  params.Finish();
  if (params.error()) return *params.error();
  control.graph().Close(transport);
  return nlohmann::json::object();
}

Outcome Dump(ControlPlane& control, ObjectReader& params) {
  Transport* transport = ReadTransport(params, control.graph());
  params.Finish();
  if (params.error()) return *params.error();
  return TransportJson(*transport, *control.dtls());
}

void GetStats(ControlPlane& control, ObjectReader& params, Dispatcher::Reply reply) {
  const Transport* transport = ReadTransport(params, control.graph());
  params.Finish();
  if (params.error()) return reply(*params.error());
  control.data_plane().Ask(
      transport->worker, worker::Query{.transport = transport->handle},
      [&control, id = transport->id, reply = std::move(reply)](worker::Snapshot snapshot) mutable {
        const Transport* still_there = control.graph().FindTransport(id);
        const auto* stats = std::get_if<worker::TransportSnapshot>(&snapshot);
        if (!still_there || !stats) return reply(RpcError::NotFound("transport", id));
        reply(nlohmann::json{{"stats", {TransportStatsJson(*still_there, *stats)}}});
      });
}

Outcome SetMaxIncomingBitrate(ControlPlane& control, ObjectReader& params) {
  Transport* transport = ReadTransport(params, control.graph());
  auto bitrate = params.RequiredUint<uint64_t>("bitrate", 0, 1'000'000'000'000);
  params.Finish();
  if (params.error()) return *params.error();
  transport->max_incoming_bitrate = bitrate == 0 ? std::nullopt : std::optional<uint64_t>(bitrate);
  DataRate limit = bitrate == 0 ? DataRate::Infinite() : DataRate::BitsPerSec(static_cast<int64_t>(bitrate));
  control.data_plane().Send(transport->worker, worker::SetMaxIncomingBitrate{transport->handle, limit});
  return nlohmann::json::object();
}

}  // namespace

void RegisterTransportMethods(ControlPlane* control, Dispatcher* dispatcher) {
  dispatcher->RegisterSync("transport.close",
                           [control](ObjectReader& params) { return Close(*control, params); });
  dispatcher->RegisterSync("transport.dump",
                           [control](ObjectReader& params) { return Dump(*control, params); });
  dispatcher->Register("transport.getStats", [control](ObjectReader& params, Dispatcher::Reply reply) {
    GetStats(*control, params, std::move(reply));
  });
  dispatcher->RegisterSync("transport.setMaxIncomingBitrate", [control](ObjectReader& params) {
    return SetMaxIncomingBitrate(*control, params);
  });
}

}  // namespace sluice::api
