// pipeTransport.*: all of what a router's producers send, to another router.
#include <memory>
#include <utility>
#include <vector>

#include "api/listen_info.h"
#include "api/methods/methods.h"
#include "api/methods/udp_remote.h"
#include "api/sctp_json.h"
#include "api/srtp_parameters.h"
#include "api/transport_json.h"
#include "worker/random.h"

namespace sluice::api {
namespace {

using transports::SrtpProfile;

// The one suite of pipes: both ends are ours, so there is nothing to choose.
constexpr SrtpProfile kPipeProfile = SrtpProfile::kAeadAes256Gcm;

struct CreateRequest {
  Router* router = nullptr;
  std::string id;
  ListenInfo listen;
  bool rtx = false;
  bool srtp = false;
  std::optional<transports::SctpOptions> sctp;
};

CreateRequest ReadCreate(Graph& graph, ObjectReader& params) {
  CreateRequest request;
  request.router = ReadRouter(params, graph);
  request.id =
      ReadNewId(params, "transportId", [&](const std::string& id) { return graph.FindTransport(id); });
  request.listen = ReadUdpListenInfo(params.RequiredObject("listenInfo"));
  request.rtx = params.OptionalBool("enableRtx", false);
  request.srtp = params.OptionalBool("enableSrtp", false);
  request.sctp = ReadSctpOptions(params, /*in_dtls=*/false);
  params.Finish();
  return request;
}

Outcome Create(ControlPlane& control, ObjectReader& params) {
  CreateRequest request = ReadCreate(control.graph(), params);
  if (params.error()) return *params.error();
  Result<worker::UdpSocket> socket = BindUdp(request.listen);
  if (!socket.ok()) return socket.error();

  auto transport = std::make_unique<Transport>();
  transport->id = request.id;
  transport->router = request.router;
  transport->handle = control.graph().NewHandle<router::TransportHandle>();
  transport->worker = control.data_plane().Place();
  auto& details = transport->details.emplace<PipeDetails>();
  details.listening = {.local = socket->local(), .announced = request.listen.announced_address};
  details.rtx = request.rtx;
  if (request.srtp) details.srtp = NewSrtpParameters(kPipeProfile);
  worker::CreatePlainTransport command{.transport = transport->handle,
                                       .sockets = {},
                                       .options = {.srtp = request.srtp},
                                       .sctp = request.sctp,
                                       .rtcp_ssrc = Ssrc(worker::RandomUint32()),
                                       .random_seed = worker::RandomUint32()};
  command.sockets.push_back(*std::move(socket));
  control.data_plane().Send(transport->worker, std::move(command));
  if (request.sctp) transport->sctp = SctpDetails{.options = *request.sctp};
  nlohmann::json created = PipeJson(details);
  if (transport->sctp) created.update(SctpJson(*transport->sctp));
  created["transportId"] = transport->id;
  control.graph().Add(std::move(transport));
  return created;
}

struct ConnectRequest {
  Transport* transport = nullptr;
  transports::Endpoint remote;
  std::optional<SrtpParameters> srtp;
};

void CheckConnect(const ConnectRequest& request, const PipeDetails& details, ObjectReader& params) {
  const std::string srtp = params.PathOf("srtpParameters");
  if (details.srtp && !request.srtp) {
    params.Fail(RpcError::MissingField(srtp));
  } else if (!details.srtp && request.srtp) {
    params.Fail(RpcError::ExclusiveFields(srtp, "the transport has no SRTP"));
  } else if (request.srtp && request.srtp->profile != kPipeProfile) {
    params.Fail(RpcError::InvalidValue(JoinPath(srtp, "cryptoSuite"), "must be AEAD_AES_256_GCM"));
  }
  CheckReachable(request.remote.address, details.listening.local.address, params);
}

ConnectRequest ReadConnect(Graph& graph, ObjectReader& params) {
  ConnectRequest request;
  request.transport = ReadTransportOf<PipeDetails>(params, graph, "pipe");
  request.remote = {ReadRemoteIp(params), params.RequiredUint<uint16_t>("port", 1)};
  if (std::optional<ObjectReader> srtp = params.OptionalObject("srtpParameters")) {
    request.srtp = ReadSrtpParameters(*std::move(srtp));
  }
  params.Finish();
  if (params.ok()) CheckConnect(request, *request.transport->As<PipeDetails>(), params);
  return request;
}

Outcome Connect(ControlPlane& control, ObjectReader& params) {
  ConnectRequest request = ReadConnect(control.graph(), params);
  if (params.error()) return *params.error();
  auto* details = request.transport->As<PipeDetails>();
  if (details->remote) return RpcError::InvalidState("the transport is already connected");

  details->remote = request.remote;
  worker::ConnectPlainTransport command{
      .transport = request.transport->handle,
      .remote = {.rtp = request.remote, .rtcp = std::nullopt, .keys = std::nullopt}};
  if (request.srtp) {
    command.remote.keys = transports::SrtpKeys{
        .profile = kPipeProfile, .local = details->srtp->key_and_salt, .remote = request.srtp->key_and_salt};
  }
  control.data_plane().Send(request.transport->worker, std::move(command));
  return PipeJson(*details);
}

}  // namespace

void RegisterPipeTransportMethods(ControlPlane* control, Dispatcher* dispatcher) {
  dispatcher->RegisterSync("pipeTransport.create",
                           [control](ObjectReader& params) { return Create(*control, params); });
  dispatcher->RegisterSync("pipeTransport.connect",
                           [control](ObjectReader& params) { return Connect(*control, params); });
}

}  // namespace sluice::api
