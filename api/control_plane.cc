#include "api/control_plane.h"

#include <utility>
#include <variant>

#include "api/json_rpc/text.h"
#include "api/logging.h"
#include "api/methods/methods.h"
#include "api/packet_line.h"
#include "api/sctp_json.h"
#include "api/session_events.h"
#include "api/transport_json.h"

namespace sluice::api {

ControlPlane::ControlPlane(Options options)
    : options_(std::move(options)),
      captures_({.directory = std::move(options_.capture_directory),
                 .max_captures = options_.limits.captures,
                 .wake = options_.wake},
                [this](router::TransportHandle transport, nlohmann::json description) {
                  HandleCaptureEnd(transport, std::move(description));
                }),
      data_plane_({.workers = options_.workers,
                   .tcp = options_.limits.tcp,
                   .max_history_bytes = options_.limits.history_bytes,
                   .on_events = options_.wake},
                  [this](worker::Event&& event) { HandleEvent(std::move(event)); }),
      graph_(
          &data_plane_,
          [this](const std::string& consumer) {
            Notify("consumer.producerClose", {{"consumerId", consumer}});
          },
          [this](const std::string& consumer) {
            Notify("dataConsumer.dataProducerClose", {{"dataConsumerId", consumer}});
          }) {
  RegisterWorkerMethods(this, &dispatcher_);
  RegisterRouterMethods(this, &dispatcher_);
  RegisterWebRtcServerMethods(this, &dispatcher_);
  RegisterWebRtcTransportMethods(this, &dispatcher_);
  RegisterPlainTransportMethods(this, &dispatcher_);
  RegisterPipeTransportMethods(this, &dispatcher_);
  RegisterDirectTransportMethods(this, &dispatcher_);
  RegisterTransportMethods(this, &dispatcher_);
  RegisterCaptureMethods(this, &dispatcher_);
  RegisterProducerMethods(this, &dispatcher_);
  RegisterConsumerMethods(this, &dispatcher_);
  RegisterRtpObserverMethods(this, &dispatcher_);
  RegisterDataProducerMethods(this, &dispatcher_);
  RegisterDataConsumerMethods(this, &dispatcher_);
}

std::optional<RpcError> ControlPlane::CheckTransportLimit(size_t count) const {
  if (graph_.transport_count() + count <= options_.limits.transports) return std::nullopt;
  return RpcError::ResourceUnavailable(
      Concat("the process has as many transports as it may have (--max-transports ",
             std::to_string(options_.limits.transports), ")"));
}

void ControlPlane::Notify(std::string_view method, nlohmann::json params) {
  options_.notify(ToLine(MakeNotification(method, std::move(params))));
}

// The worker may still hold what the packets went into.
void ControlPlane::HandleCaptureEnd(router::TransportHandle handle, nlohmann::json description) {
  if (const Transport* transport = graph_.FindTransport(handle))
    data_plane_.Send(transport->worker, worker::StopCapture{handle});
  Notify("transport.captureEnd", std::move(description));
}

void ControlPlane::HandleEvent(worker::Event&& event) {
  std::visit([this](const auto& specific) { Handle(specific); }, event);
}

void ControlPlane::Handle(const worker::IceRestarted& event) {
  Transport* transport = graph_.FindTransport(event.transport);
  if (transport) graph_.RemoveUsernameFragmentsBefore(transport, event.username_fragment);
}

void ControlPlane::Handle(const worker::IceStateChanged& event) {
  Transport* transport = graph_.FindTransport(event.transport);
  if (!transport) return;
  transport->As<WebRtcDetails>()->ice_state = event.state;
  Log(LogTag::kIce, LogLevel::kDebug, "transport {}: ICE {}", transport->id, ToString(event.state));
  Notify("webRtcTransport.iceStateChange",
         {{"transportId", transport->id}, {"iceState", ToString(event.state)}});
}

void ControlPlane::Handle(const worker::SelectedPathChanged& event) {
  Transport* transport = graph_.FindTransport(event.transport);
  if (!transport) return;
  auto* details = transport->As<WebRtcDetails>();
  details->selected_path = event.path;
  Notify("webRtcTransport.iceSelectedTupleChange",
         {{"transportId", transport->id},
          {"iceSelectedTuple", TupleJson(details->listening[event.path.socket], event.path)}});
}

void ControlPlane::Handle(const worker::DtlsStateChanged& event) {
  Transport* transport = graph_.FindTransport(event.transport);
  if (!transport) return;
  auto* details = transport->As<WebRtcDetails>();
  details->dtls_state = event.state;
  if (event.state == transports::DtlsState::kFailed) {
    Log(LogTag::kDtls, LogLevel::kWarn, "transport {}: DTLS failed", transport->id);
  }
  nlohmann::json params = {{"transportId", transport->id}, {"dtlsState", ToString(event.state)}};
  if (!event.remote_certificate_pem.empty()) {
    details->dtls_remote_certificate = event.remote_certificate_pem;
    params["dtlsRemoteCert"] = event.remote_certificate_pem;
  }
  Notify("webRtcTransport.dtlsStateChange", std::move(params));
}

void ControlPlane::Handle(const router::SessionEvent& event) { HandleSessionEvent(*this, event); }

bool ControlPlane::MayTrace() {
  if (!options_.backlogged || !options_.backlogged()) return true;
  ++traces_dropped_;
  return false;
}

void ControlPlane::Handle(const worker::AudioObserved& event) {
  if (const auto* selection = std::get_if<router::AudioObserver::Selection>(&event.output)) {
    if (const Router* router = graph_.FindRouterOfSelector(event.observer)) Notify(*router, *selection);
    return;
  }
  const RtpObserver* observer = graph_.FindRtpObserver(event.observer);
  if (!observer) return;
  std::visit(
      [&](const auto& output) {
        using Output = std::decay_t<decltype(output)>;
        if constexpr (!std::is_same_v<Output, router::AudioObserver::Selection>) Notify(*observer, output);
      },
      event.output);
}

void ControlPlane::Notify(const Router& router, const router::AudioObserver::Selection& selection) {
  nlohmann::json ids = nlohmann::json::array();
  for (router::ProducerHandle handle : selection.producers) {
    if (const Producer* producer = graph_.FindProducer(handle)) ids.push_back(producer->id);
  }
  Notify("router.speakersChange", {{"routerId", router.id}, {"producerIds", std::move(ids)}});
}

void ControlPlane::Notify(const RtpObserver& observer, const router::AudioObserver::Volumes& volumes) {
  nlohmann::json entries = nlohmann::json::array();
  for (const router::AudioObserver::Volume& entry : volumes.entries) {
    const Producer* producer = graph_.FindProducer(entry.producer);
    if (producer) entries.push_back({{"producerId", producer->id}, {"volume", entry.volume}});
  }
  if (entries.empty()) return;
  Notify("audioLevelObserver.volumes", {{"rtpObserverId", observer.id}, {"volumes", std::move(entries)}});
}

void ControlPlane::Notify(const RtpObserver& observer, const router::AudioObserver::Silence&) {
  Notify("audioLevelObserver.silence", {{"rtpObserverId", observer.id}});
}

void ControlPlane::Notify(const RtpObserver& observer,
                          const router::AudioObserver::DominantSpeaker& speaker) {
  const Producer* producer = graph_.FindProducer(speaker.producer);
  if (!producer) return;
  Notify("activeSpeakerObserver.dominantSpeaker",
         {{"rtpObserverId", observer.id}, {"producerId", producer->id}});
}

void ControlPlane::Handle(const worker::SctpStateChanged& event) {
  Transport* transport = graph_.FindTransport(event.transport);
  if (!transport || !transport->sctp) return;
  SctpDetails& sctp = *transport->sctp;
  sctp.state = event.state;
  Log(LogTag::kSctp, LogLevel::kDebug, "transport {}: SCTP {}", transport->id, ToString(event.state));
  nlohmann::json params = {{"transportId", transport->id}, {"sctpState", ToString(event.state)}};
  if (event.state == transports::SctpState::kConnected) {
    sctp.outbound_streams = event.outbound_streams;
    sctp.inbound_streams = event.inbound_streams;
    params["sctpNegotiatedCapabilities"] = SctpNegotiatedCapabilitiesJson(sctp);
  }
  Notify("transport.sctpStateChange", std::move(params));
}

void ControlPlane::Handle(const worker::DataBufferFull& event) {
  const DataConsumer* consumer = graph_.FindDataConsumer(event.consumer);
  if (consumer) Notify("dataConsumer.sctpSendBufferFull", {{"dataConsumerId", consumer->id}});
}

void ControlPlane::Handle(const worker::DataBufferedAmountLow& event) {
  const DataConsumer* consumer = graph_.FindDataConsumer(event.consumer);
  if (!consumer) return;
  Notify("dataConsumer.bufferedAmountLow",
         {{"dataConsumerId", consumer->id}, {"bufferedAmount", event.amount}});
}

void ControlPlane::PacketNotify(std::string_view method, const PacketSubject& subject,
                                std::optional<uint32_t> ppid, Bytes payload) {
  packets_missed_ += options_.notify_packet(PacketLine(method, subject, ppid, payload));
}

void ControlPlane::Handle(const worker::ConsumedData& event) {
  data_plane_.application().Remove(event.size());
  const DataConsumer* consumer = graph_.FindDataConsumer(event.consumer);
  if (!consumer) return;
  PacketNotify("dataConsumer.message", {"dataConsumerId", consumer->id}, event.ppid, *event.payload);
}

void ControlPlane::Handle(const worker::ConsumedRtp& event) {
  data_plane_.application().Remove(event.size());
  const Consumer* consumer = graph_.FindConsumer(event.consumer);
  if (!consumer) return;
  PacketNotify("consumer.rtp", {"consumerId", consumer->id}, std::nullopt, event.packet->bytes());
}

void ControlPlane::Handle(const worker::ConsumedRtcp& event) {
  data_plane_.application().Remove(event.size());
  const Transport* transport = graph_.FindTransport(event.transport);
  if (!transport) return;
  PacketNotify("directTransport.rtcp", {"transportId", transport->id}, std::nullopt, event.packet->bytes());
}

void ControlPlane::Handle(const worker::RemoteLearnt& event) {
  Transport* transport = graph_.FindTransport(event.transport);
  if (!transport) return;
  auto* details = transport->As<PlainDetails>();
  if (event.socket == transports::PlainTransport::kRtpSocket) {
    details->remote = event.remote;
    Notify("plainTransport.tuple",
           {{"transportId", transport->id}, {"tuple", TupleJson(details->listening, details->remote)}});
  } else {
    details->rtcp_remote = event.remote;
    Notify("plainTransport.rtcpTuple", {{"transportId", transport->id},
                                        {"rtcpTuple", TupleJson(*details->rtcp_listening, event.remote)}});
  }
}

}  // namespace sluice::api
