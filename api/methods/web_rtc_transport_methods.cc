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

struct CreateRequest {
  Router* router = nullptr;
  std::string id;
  std::vector<ListenInfo> listen_infos;
  TimeDelta consent_timeout;
  std::optional<transports::SctpOptions> sctp;
};

CreateRequest ReadCreate(Graph& graph, ObjectReader& params) {
  CreateRequest request;
  request.router = ReadRouter(params, graph);
  request.id =
      ReadNewId(params, "transportId", [&](const std::string& id) { return graph.FindTransport(id); });
  request.listen_infos = ReadListenInfos(params);
  for (const char* field : {"enableUdp", "enableTcp", "preferUdp", "preferTcp"}) {
    if (!params.OptionalBool(field) || !params.ok()) continue;
    params.Fail(RpcError::ExclusiveFields(
        params.PathOf(field),
        Concat("listenInfos say their protocols and are in order of preference: no ", field)));
  }
  request.consent_timeout = ReadConsentTimeout(params);
  params.OptionalUint<uint32_t>("initialAvailableOutgoingBitrate");
  request.sctp = ReadSctpOptions(params, /*in_dtls=*/true);
  params.Finish();
  return request;
}

Outcome Create(ControlPlane& control, ObjectReader& params) {
  CreateRequest request = ReadCreate(control.graph(), params);
  if (params.error()) return *params.error();
  Result<BoundSockets> bound = BindAll(request.listen_infos);
  if (!bound.ok()) return bound.error();

  auto transport = std::make_unique<Transport>();
  transport->id = request.id;
  transport->router = request.router;
  transport->handle = control.graph().NewHandle<router::TransportHandle>();
  transport->worker = control.data_plane().Place();
  WebRtcDetails& details = transport->details.emplace<WebRtcDetails>();
  details.listening = std::move(bound->addresses);
  details.candidates = MakeCandidates(request.listen_infos, details.listening, CandidatePolicy());
  details.ice = NewIceCredentials();
  if (request.sctp) transport->sctp = SctpDetails{.options = *request.sctp};
  control.data_plane().Send(
      transport->worker,
      worker::CreateWebRtcTransport{.transport = transport->handle,
                                    .sockets = std::move(bound->sockets),
                                    .ice = {.local = details.ice, .consent_timeout = request.consent_timeout},
                                    .dtls = control.dtls(),
                                    .sctp = request.sctp,
                                    .rtcp_ssrc = Ssrc(worker::RandomUint32()),
                                    .random_seed = worker::RandomUint32()});
  const Transport* added = control.graph().Add(std::move(transport));
  nlohmann::json created = {{"transportId", request.id},
                            {"iceRole", "controlled"},
                            {"iceParameters", IceParametersJson(details)},
                            {"iceCandidates", IceCandidatesJson(details)},
                            {"iceState", ToString(details.ice_state)},
                            {"dtlsParameters", DtlsParametersJson(details, *control.dtls())},
                            {"dtlsState", ToString(details.dtls_state)}};
  if (added->sctp) created.update(SctpJson(*added->sctp));
  return created;
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
