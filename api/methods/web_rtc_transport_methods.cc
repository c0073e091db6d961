// webRtcTransport.*: ICE and DTLS.
#include <algorithm>
#include <memory>
#include <utility>
#include <vector>

#include "api/listen_info.h"
#include "api/methods/methods.h"
#include "api/sctp_json.h"
#include "api/transport_json.h"
#include "worker/random.h"

namespace sluice::api {
namespace {

using transports::DtlsRole;
using transports::Fingerprint;

constexpr size_t kIceCredentialLength = 32;
// 0 switches consent checks off; otherwise mediasoup's bounds.
constexpr uint32_t kDefaultConsentSeconds = 30;
constexpr uint32_t kMinConsentSeconds = 10;
constexpr uint32_t kMaxConsentSeconds = 60;

transports::IceCredentials NewIceCredentials() {
  return {.username_fragment = worker::RandomString(kIceCredentialLength),
          .password = worker::RandomString(kIceCredentialLength)};
}

TimeDelta ReadConsentTimeout(ObjectReader& params) {
  auto seconds = params.OptionalUintOr<uint32_t>("iceConsentTimeout", kDefaultConsentSeconds, 0, 86'400);
  if (seconds == 0) return TimeDelta::Zero();
  return TimeDelta::Seconds(std::clamp(seconds, kMinConsentSeconds, kMaxConsentSeconds));
}

// Where the transport listens: on sockets of its own, or on a server's.
struct Listening {
  std::vector<ListenInfo> infos;
  WebRtcServer* server = nullptr;
  std::vector<IceCandidate> candidates;  // The server's.
};

// Of the listen infos' protocols and their order nothing can be said besides.
void RefuseProtocolOptions(ObjectReader& params) {
  for (const char* field : {"enableUdp", "enableTcp", "preferUdp", "preferTcp"}) {
    if (!params.OptionalBool(field) || !params.ok()) continue;
    params.Fail(RpcError::ExclusiveFields(
        params.PathOf(field),
        Concat("listenInfos say their protocols and are in order of preference: no ", field)));
  }
}

Listening ReadListening(Graph& graph, ObjectReader& params) {
  Listening listening;
  std::optional<std::string> server_id = params.OptionalString("webRtcServerId", kIdLength);
  if (!server_id) {
    listening.infos = ReadListenInfos(params);
    RefuseProtocolOptions(params);
    return listening;
  }
  if (params.ok() && params.Has("listenInfos")) {
    params.Fail(RpcError::ExclusiveFields(params.PathOf("webRtcServerId"),
                                          "listenInfos and webRtcServerId exclude each other"));
  }
  CandidatePolicy policy{.udp = params.OptionalBool("enableUdp", true),
                         .tcp = params.OptionalBool("enableTcp", true),
                         .prefer_udp = params.OptionalBool("preferUdp", false),
                         .prefer_tcp = params.OptionalBool("preferTcp", false)};
  if (!params.ok()) return listening;
  listening.server = graph.FindWebRtcServer(*server_id);
  if (!listening.server) {
    params.Fail(RpcError::NotFound("webRtcServer", *server_id, params.PathOf("webRtcServerId")));
    return listening;
  }
  listening.candidates = MakeCandidates(listening.server->listening, policy);
  if (listening.candidates.empty()) {
    params.Fail(RpcError::InvalidValue(params.PathOf(policy.tcp ? "enableUdp" : "enableTcp"),
                                       "leaves no candidate of the server's"));
  }
  return listening;
}

struct CreateRequest {
  Router* router = nullptr;
  std::string id;
  Listening listening;
  TimeDelta consent_timeout;
  std::optional<transports::SctpOptions> sctp;
};

CreateRequest ReadCreate(Graph& graph, ObjectReader& params) {
  CreateRequest request;
  request.router = ReadRouter(params, graph);
  request.id =
      ReadNewId(params, "transportId", [&](const std::string& id) { return graph.FindTransport(id); });
  request.listening = ReadListening(graph, params);
  request.consent_timeout = ReadConsentTimeout(params);
  params.OptionalUint<uint32_t>("initialAvailableOutgoingBitrate");
  request.sctp = ReadSctpOptions(params, /*in_dtls=*/true);
  params.Finish();
  return request;
}

Outcome Create(ControlPlane& control, ObjectReader& params) {
  CreateRequest request = ReadCreate(control.graph(), params);
  if (params.error()) return *params.error();
  if (auto error = control.CheckTransportLimit()) return *error;
  Result<BoundSockets> bound = BindAll(request.listening.infos);
  if (!bound.ok()) return bound.error();

  std::unique_ptr<Transport> transport = NewTransport(control, request.router, request.id);
  WebRtcDetails& details = transport->details.emplace<WebRtcDetails>();
  WebRtcServer* server = request.listening.server;
  details.server = server;
  details.listening = server ? server->listening : std::move(bound->addresses);
  details.candidates =
      server ? std::move(request.listening.candidates) : MakeCandidates(details.listening, CandidatePolicy());
  details.ice = NewIceCredentials();
  if (request.sctp) transport->sctp = SctpDetails{.options = *request.sctp};
  control.data_plane().Send(
      transport->worker,
      worker::CreateWebRtcTransport{.transport = transport->handle,
                                    .server = server ? server->handle : worker::WebRtcServerHandle(),
                                    .sockets = std::move(bound->sockets),
                                    .ice = {.local = details.ice,
                                            .consent_timeout = request.consent_timeout,
                                            .max_paths = control.limits().ice_paths,
                                            .max_unauthenticated_errors = control.limits().stun_errors},
                                    .dtls = control.dtls(),
                                    .sctp = request.sctp,
                                    .rtcp_ssrc = Ssrc(worker::RandomUint32()),
                                    .random_seed = worker::RandomUint32()});
  Transport* added = control.graph().Add(std::move(transport));
  if (server) control.graph().AddUsernameFragment(added, details.ice.username_fragment);
  return CreatedJson(*added, {{"iceRole", "controlled"},
                              {"iceParameters", IceParametersJson(details)},
                              {"iceCandidates", IceCandidatesJson(details)},
                              {"iceState", ToString(details.ice_state)},
                              {"dtlsParameters", DtlsParametersJson(details, *control.dtls())},
                              {"dtlsState", ToString(details.dtls_state)}});
}

std::vector<Fingerprint> ReadFingerprints(ObjectReader& dtls) {
  std::vector<Fingerprint> fingerprints;
  for (ObjectReader& reader : dtls.RequiredObjects("fingerprints", {1, 16}, Fields::kOpen)) {
    std::string algorithm = reader.RequiredString("algorithm");
    std::string value = reader.RequiredString("value");
    if (!reader.ok()) break;
    if (!transports::KnownFingerprintAlgorithm(algorithm)) continue;  // RFC 8122 §5: use those we know.
    std::optional<Fingerprint> fingerprint = transports::ParseFingerprint(algorithm, value);
    if (fingerprint) {
      fingerprints.push_back(*std::move(fingerprint));
    } else {
      reader.Fail(RpcError::InvalidValue(reader.PathOf("value"), "is not a fingerprint of its algorithm"));
    }
  }
  if (dtls.ok() && fingerprints.empty()) {
    dtls.Fail(RpcError::InvalidValue(dtls.PathOf("fingerprints"), "has no algorithm that is known"));
  }
  return fingerprints;
}

Outcome Connect(ControlPlane& control, ObjectReader& params) {
  enum class RemoteRole { kAuto, kClient, kServer };
  Transport* transport = ReadTransportOf<WebRtcDetails>(params, control.graph(), "webRtc");
  ObjectReader dtls = params.RequiredObject("dtlsParameters", Fields::kOpen);
  RemoteRole remote_role = dtls.OptionalChoice<RemoteRole>("role", {{"auto", RemoteRole::kAuto},
                                                                    {"client", RemoteRole::kClient},
                                                                    {"server", RemoteRole::kServer}})
                               .value_or(RemoteRole::kAuto);
  std::vector<Fingerprint> fingerprints = ReadFingerprints(dtls);
  params.Finish();
  if (params.error()) return *params.error();
  auto* details = transport->As<WebRtcDetails>();
  if (details->dtls_role) return RpcError::InvalidState("the transport is already connected");

  details->dtls_role = remote_role == RemoteRole::kClient ? DtlsRole::kServer : DtlsRole::kClient;
  control.data_plane().Send(transport->worker,
                            worker::ConnectWebRtcTransport{.transport = transport->handle,
                                                           .role = *details->dtls_role,
                                                           .fingerprints = std::move(fingerprints)});
  return nlohmann::json{{"dtlsLocalRole", ToString(*details->dtls_role)}};
}

Outcome RestartIce(ControlPlane& control, ObjectReader& params) {
  Transport* transport = ReadTransportOf<WebRtcDetails>(params, control.graph(), "webRtc");
  params.Finish();
  if (params.error()) return *params.error();
  auto* details = transport->As<WebRtcDetails>();
  details->ice = NewIceCredentials();
  control.data_plane().Send(transport->worker, worker::RestartIce{transport->handle, details->ice});
  if (details->server) control.graph().AddUsernameFragment(transport, details->ice.username_fragment);
  return nlohmann::json{{"iceParameters", IceParametersJson(*details)}};
}

}  // namespace

void RegisterWebRtcTransportMethods(ControlPlane* control, Dispatcher* dispatcher) {
  dispatcher->RegisterSync("webRtcTransport.create",
                           [control](ObjectReader& params) { return Create(*control, params); });
  dispatcher->RegisterSync("webRtcTransport.connect",
                           [control](ObjectReader& params) { return Connect(*control, params); });
  dispatcher->RegisterSync("webRtcTransport.restartIce",
                           [control](ObjectReader& params) { return RestartIce(*control, params); });
}

}  // namespace sluice::api
