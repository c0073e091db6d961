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
  if (request.sctp) request.sctp->to_router = true;
  params.Finish();
  return request;
}

Outcome Create(ControlPlane& control, ObjectReader& params) {
  CreateRequest request = ReadCreate(control.graph(), params);
  if (params.error()) return *params.error();
  if (auto error = control.CheckTransportLimit()) return *error;
  Result<worker::UdpSocket> socket = BindUdp(request.listen);
  if (!socket.ok()) return socket.error();

  std::unique_ptr<Transport> transport = NewTransport(control, request.router, request.id);
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
  nlohmann::json created = CreatedJson(*transport, PipeJson(details));
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
  if (details->local) return RpcError::InvalidState("the transport is one of a pair, which are connected");
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

struct PairRequest {
  struct End {
    Router* router = nullptr;
    std::string id;
  };
  std::vector<End> ends;
  bool rtx = false;
  std::optional<transports::SctpOptions> sctp;
};

PairRequest ReadCreatePair(Graph& graph, ObjectReader& params) {
  PairRequest request;
  for (ObjectReader& reader : params.RequiredObjects("ends", {2, 2})) {
    PairRequest::End end{.router = ReadRouter(reader, graph)};
    end.id = ReadNewId(reader, "transportId", [&](const std::string& id) {
      return graph.FindTransport(id) || (!request.ends.empty() && request.ends.front().id == id);
    });
    reader.Finish();
    request.ends.push_back(std::move(end));
  }
  request.rtx = params.OptionalBool("enableRtx", false);
  request.sctp = ReadSctpOptions(params, /*in_dtls=*/false);
  params.Finish();
  return request;
}

std::unique_ptr<Transport> MakeEnd(ControlPlane& control, const PairRequest& request, size_t index) {
  const PairRequest::End& end = request.ends[index];
  std::unique_ptr<Transport> transport = NewTransport(control, end.router, end.id);
  auto& details = transport->details.emplace<PipeDetails>();
  details.local = true;
  details.listening.local.address = transports::IpAddress::V4({127, 0, 0, 1});
  details.rtx = request.rtx;
  if (request.sctp) {
    transport->sctp = SctpDetails{.options = *request.sctp,
                                  .state = transports::SctpState::kConnected,
                                  .outbound_streams = transports::kSctpStreams,
                                  .inbound_streams = transports::kSctpStreams};
  }
  return transport;
}

Outcome CreatePair(ControlPlane& control, ObjectReader& params) {
  const PairRequest request = ReadCreatePair(control.graph(), params);
  if (params.error()) return *params.error();
  if (auto error = control.CheckTransportLimit(2)) return *error;
  Transport* near = control.graph().Add(MakeEnd(control, request, 0));
  Transport* far = control.graph().Add(MakeEnd(control, request, 1));
  nlohmann::json created = nlohmann::json::array();
  for (auto [end, other] : {std::pair(near, far), std::pair(far, near)}) {
    control.data_plane().Send(
        end->worker, worker::CreateLocalPipe{.transport = end->handle,
                                             .peer_worker = other->worker,
                                             .peer = other->handle,
                                             .data = request.sctp.value_or(transports::SctpOptions()),
                                             .rtcp_ssrc = Ssrc(worker::RandomUint32()),
                                             .random_seed = worker::RandomUint32()});
    created.push_back(CreatedJson(*end, PipeJson(*end->As<PipeDetails>())));
  }
  return nlohmann::json{{"transports", std::move(created)}};
}

}  // namespace

void RegisterPipeTransportMethods(ControlPlane* control, Dispatcher* dispatcher) {
  dispatcher->RegisterSync("pipeTransport.create",
                           [control](ObjectReader& params) { return Create(*control, params); });
  dispatcher->RegisterSync("pipeTransport.createPair",
                           [control](ObjectReader& params) { return CreatePair(*control, params); });
  dispatcher->RegisterSync("pipeTransport.connect",
                           [control](ObjectReader& params) { return Connect(*control, params); });
}

}  // namespace sluice::api
