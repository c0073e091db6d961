// plainTransport.*: RTP over UDP, without ICE and DTLS.
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

using transports::Endpoint;
using transports::SrtpProfile;

struct CreateRequest {
  Router* router = nullptr;
  std::string id;
  ListenInfo listen;
  std::optional<ListenInfo> rtcp_listen;  // Absent: RTCP is on the same socket.
  bool comedia = false;
  std::optional<SrtpProfile> srtp;
  std::optional<transports::SctpOptions> sctp;
};

// The socket of RTCP: its own listen info, else another port of the same.
std::optional<ListenInfo> ReadRtcpListenInfo(ObjectReader& params, const ListenInfo& listen) {
  std::optional<ObjectReader> info = params.OptionalObject("rtcpListenInfo");
  const bool mux = params.OptionalBool("rtcpMux", !info.has_value());
  if (mux && !info) return std::nullopt;
  if (mux) {
    params.Fail(RpcError::ExclusiveFields(params.PathOf("rtcpListenInfo"),
                                          "rtcpListenInfo is for RTCP that is not multiplexed"));
  }
  if (info) return ReadUdpListenInfo(*std::move(info));
  if (params.ok() && listen.bind.port != 0)
    params.Fail(RpcError::MissingField(params.PathOf("rtcpListenInfo")));
  return listen;
}

CreateRequest ReadCreate(Graph& graph, ObjectReader& params) {
  CreateRequest request;
  request.router = ReadRouter(params, graph);
  request.id =
      ReadNewId(params, "transportId", [&](const std::string& id) { return graph.FindTransport(id); });
  request.listen = ReadUdpListenInfo(params.RequiredObject("listenInfo"));
  request.rtcp_listen = ReadRtcpListenInfo(params, request.listen);
  request.comedia = params.OptionalBool("comedia", false);
  const bool srtp = params.OptionalBool("enableSrtp", false);
  const SrtpProfile profile = params.OptionalChoice<SrtpProfile>("srtpCryptoSuite", kCryptoSuites)
                                  .value_or(SrtpProfile::kAesCm128HmacSha1_80);
  if (srtp) request.srtp = profile;
  request.sctp = ReadSctpOptions(params, /*in_dtls=*/false);
  params.Finish();
  return request;
}

// One socket or two, or the error of the first that could not be bound.
Result<std::vector<worker::UdpSocket>> Bind(const CreateRequest& request) {
  std::vector<worker::UdpSocket> sockets;
  Result<worker::UdpSocket> rtp = BindUdp(request.listen);
  if (!rtp.ok()) return rtp.error();
  sockets.push_back(*std::move(rtp));
  if (!request.rtcp_listen) return sockets;
  Result<worker::UdpSocket> rtcp = BindUdp(*request.rtcp_listen);
  if (!rtcp.ok()) return rtcp.error();
  sockets.push_back(*std::move(rtcp));
  return sockets;
}

PlainDetails MakeDetails(const CreateRequest& request, const std::vector<worker::UdpSocket>& sockets) {
  PlainDetails details;
  details.listening = {.local = sockets[0].local(), .announced = request.listen.announced_address};
  if (request.rtcp_listen) {
    details.rtcp_listening = {.local = sockets[1].local(),
                              .announced = request.rtcp_listen->announced_address};
  }
  details.comedia = request.comedia;
  if (request.srtp) details.srtp = NewSrtpParameters(*request.srtp);
  return details;
}

Outcome Create(ControlPlane& control, ObjectReader& params) {
  CreateRequest request = ReadCreate(control.graph(), params);
  if (params.error()) return *params.error();
  if (auto error = control.CheckTransportLimit()) return *error;
  Result<std::vector<worker::UdpSocket>> sockets = Bind(request);
  if (!sockets.ok()) return sockets.error();

  std::unique_ptr<Transport> transport = NewTransport(control, request.router, request.id);
  auto& details = transport->details.emplace<PlainDetails>(MakeDetails(request, *sockets));
  control.data_plane().Send(transport->worker,
                            worker::CreatePlainTransport{.transport = transport->handle,
                                                         .sockets = *std::move(sockets),
                                                         .options = {.rtcp_mux = !details.rtcp_listening,
                                                                     .comedia = details.comedia,
                                                                     .srtp = details.srtp.has_value()},
                                                         .sctp = request.sctp,
                                                         .rtcp_ssrc = Ssrc(worker::RandomUint32()),
                                                         .random_seed = worker::RandomUint32()});
  if (request.sctp) transport->sctp = SctpDetails{.options = *request.sctp};
  nlohmann::json created = CreatedJson(*transport, PlainJson(details));
  control.graph().Add(std::move(transport));
  return created;
}

struct ConnectRequest {
  Transport* transport = nullptr;
  std::optional<transports::IpAddress> ip;
  std::optional<uint16_t> port;
  std::optional<uint16_t> rtcp_port;
  std::optional<SrtpParameters> srtp;
};

// What is asked for and what is forbidden depends on how the transport was created.
void CheckConnect(const ConnectRequest& request, const PlainDetails& details, ObjectReader& params) {
  auto require = [&](const char* field) {
    if (params.ok() && !params.Has(field)) params.Fail(RpcError::MissingField(params.PathOf(field)));
  };
  auto forbid = [&](const char* field, const char* why) {
    if (params.ok() && params.Has(field)) params.Fail(RpcError::ExclusiveFields(params.PathOf(field), why));
  };
  if (details.comedia) {
    for (const char* field : {"ip", "port", "rtcpPort"}) forbid(field, "the peer is learnt (comedia)");
  } else {
    require("ip");
    require("port");
    if (details.rtcp_listening) {
      require("rtcpPort");
    } else {
      forbid("rtcpPort", "RTCP goes to the port of RTP (rtcpMux)");
    }
  }
  if (details.srtp) {
    require("srtpParameters");
  } else {
    forbid("srtpParameters", "the transport has no SRTP");
  }
  if (params.ok() && request.ip) CheckReachable(*request.ip, details.listening.local.address, params);
}

ConnectRequest ReadConnect(Graph& graph, ObjectReader& params) {
  ConnectRequest request;
  request.transport = ReadTransportOf<PlainDetails>(params, graph, "plain");
  if (params.Has("ip")) request.ip = ReadRemoteIp(params);
  request.port = params.OptionalUint<uint16_t>("port", 1);
  request.rtcp_port = params.OptionalUint<uint16_t>("rtcpPort", 1);
  if (std::optional<ObjectReader> srtp = params.OptionalObject("srtpParameters")) {
    request.srtp = ReadSrtpParameters(*std::move(srtp));
  }
  params.Finish();
  if (params.ok()) CheckConnect(request, *request.transport->As<PlainDetails>(), params);
  return request;
}

Outcome Connect(ControlPlane& control, ObjectReader& params) {
  ConnectRequest request = ReadConnect(control.graph(), params);
  if (params.error()) return *params.error();
  auto* details = request.transport->As<PlainDetails>();
  if (details->connected) return RpcError::InvalidState("the transport is already connected");

  details->connected = true;
  worker::ConnectPlainTransport command{.transport = request.transport->handle, .remote = {}};
  if (request.ip) {
    command.remote.rtp = details->remote = Endpoint{*request.ip, *request.port};
    if (request.rtcp_port)
      command.remote.rtcp = details->rtcp_remote = Endpoint{*request.ip, *request.rtcp_port};
  }
  if (request.srtp) {
    // The peer may choose another suite than was offered; its keys are of another length then, and ours too.
    if (details->srtp->profile != request.srtp->profile)
      details->srtp = NewSrtpParameters(request.srtp->profile);
    command.remote.keys = transports::SrtpKeys{.profile = request.srtp->profile,
                                               .local = details->srtp->key_and_salt,
                                               .remote = request.srtp->key_and_salt};
  }
  control.data_plane().Send(request.transport->worker, std::move(command));
  return PlainJson(*details);
}

}  // namespace

void RegisterPlainTransportMethods(ControlPlane* control, Dispatcher* dispatcher) {
  dispatcher->RegisterSync("plainTransport.create",
                           [control](ObjectReader& params) { return Create(*control, params); });
  dispatcher->RegisterSync("plainTransport.connect",
                           [control](ObjectReader& params) { return Connect(*control, params); });
}

}  // namespace sluice::api
