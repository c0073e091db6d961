#include "worker/worker.h"

#include <type_traits>
#include <utility>
#include <variant>

#include "worker/direct_session.h"
#include "worker/local_pipe_session.h"
#include "worker/plain_session.h"
#include "worker/webrtc_session.h"

namespace sluice::worker {

Worker::Worker(Options options, SlabPool* pool, Switchboard* switchboard)
    : options_(std::move(options)),
      pool_(pool),
      switchboard_(switchboard),
      receiver_(*pool),
      tcp_(options_.tcp),
      outbox_(options_.index, switchboard, options_.wake_peer, options_.wake_control),
      forwarding_(&outbox_, options_.max_history_bytes),
      data_forwarding_(&outbox_),
      sctp_(&loop_, &outbox_),
      audio_gates_(&forwarding_),
      audio_observers_(&loop_, &outbox_, &audio_gates_),
      audio_reporter_(&loop_, &outbox_, &audio_observers_),
      published_(switchboard->workers()),
      wakeup_(loop_, [this] { DrainMailboxes(); }) {
  loop_.SetEndOfTurn([this] { EndTurn(); });
}

Worker::~Worker() = default;

void Worker::Run() { loop_.Run(); }

// The peers' counts are read first: whatever a peer sends on account of a command, that command is then in
// our own mailbox already and is handled before it.
void Worker::DrainMailboxes() {
  const uint32_t self = options_.index;
  const uint32_t workers = switchboard_->workers();
  for (uint32_t peer = 0; peer < workers; ++peer) {
    published_[peer] = {switchboard_->requests(peer, self).PublishedCount(),
                        switchboard_->media(peer, self).PublishedCount()};
  }
  switchboard_->commands(self).Drain([&](Command&& command) {
    std::visit([&](auto&& specific) { Handle(std::move(specific)); }, std::move(command));
  });
  if (from_application_ > 0) outbox_.Tell(ApplicationHandled{std::exchange(from_application_, 0)});
  Timestamp now = loop_.Now();
  for (uint32_t peer = 0; peer < workers; ++peer) {
    switchboard_->requests(peer, self).DrainUpTo(published_[peer].first, [&](PeerRequest&& request) {
      HandleRequest(now, peer, std::move(request));
    });
    switchboard_->media(peer, self).DrainUpTo(published_[peer].second, [&](PeerMedia&& media) {
      HandleMedia(now, peer, std::move(media));
    });
  }
  for (const auto& [handle, server] : servers_) {
    server->RetryUndecided(now);
    server->Settle(now);
  }
}

void Worker::HandleRequest(Timestamp now, uint32_t from, PeerRequest&& request) {
  std::visit(
      [&](auto&& specific) {
        using Request = std::decay_t<decltype(specific)>;
        constexpr bool kOfServer = std::is_same_v<Request, ClaimPath> ||
                                   std::is_same_v<Request, ReleasePath> ||
                                   std::is_same_v<Request, MoveConnection>;
        if constexpr (kOfServer) {
          PassOn(now, from, std::move(specific));
        } else if constexpr (std::is_same_v<Request, PipedData> || std::is_same_v<Request, PipedDataTaken>) {
          if (auto* pipe = FindAs<LocalPipeSession>(specific.transport))
            pipe->Handle(now, std::move(specific));
        } else if constexpr (std::is_same_v<Request, ForwardedData>) {
          data_forwarding_.Handle(now, specific);
        } else if constexpr (std::is_same_v<Request, AudioLevelReport>) {
          audio_observers_.HandleLevels(now, specific.levels);
        } else if constexpr (std::is_same_v<Request, AudioSelected>) {
          audio_gates_.Handle(now, specific.selector, specific.selection);
        } else if constexpr (std::is_same_v<Request, KeyFrameRequest>) {
          forwarding_.RequestKeyFrame(now, specific.producer, specific.encoding);
        } else if constexpr (std::is_same_v<Request, Subscribe> || std::is_same_v<Request, Unsubscribe> ||
                             std::is_same_v<Request, WantLayers>) {
          forwarding_.Handle(from, specific);
        } else if constexpr (std::is_same_v<Request, SctpStarted>) {
          sctp_.Handle(now, specific);
        } else if constexpr (std::is_same_v<Request, SctpTimerOutput>) {
          sctp_.Handle(now, std::move(specific));
        } else {
          data_forwarding_.Handle(from, specific);
        }
      },
      std::move(request));
}

void Worker::HandleMedia(Timestamp now, uint32_t from, PeerMedia&& media) {
  if (auto* datagram = std::get_if<ServerDatagram>(&media)) {
    PassOn(now, from, std::move(*datagram));
  } else if (auto* piped = std::get_if<PipedPacket>(&media)) {
    if (auto* pipe = FindAs<LocalPipeSession>(piped->transport)) pipe->Handle(now, std::move(*piped));
  } else {
    forwarding_.HandleMedia(now, media);
  }
}

void Worker::EndTurn() {
  for (int fd : send_queue_.Flush()) ports_.HandleBlocked(fd);
  tcp_.Flush();
  outbox_.Flush();
}

Session* Worker::Find(router::TransportHandle transport) {
  auto it = sessions_.find(transport);
  return it == sessions_.end() ? nullptr : it->second.get();
}

WorkerContext Worker::MakeContext() {
  return {.loop = &loop_,
          .pool = pool_,
          .receiver = &receiver_,
          .send_queue = &send_queue_,
          .ports = &ports_,
          .tcp = &tcp_,
          .outbox = &outbox_,
          .forwarding = &forwarding_,
          .audio = &audio_reporter_,
          .gates = &audio_gates_,
          .data_forwarding = &data_forwarding_,
          .sctp = &sctp_,
          .traces = &trace_limiter_,
          .clock = options_.clock};
}

WebRtcServer* Worker::FindServer(WebRtcServerHandle server) {
  auto it = servers_.find(server);
  return it == servers_.end() ? nullptr : it->second.get();
}

void Worker::Handle(CreateWebRtcServer&& command) {
  const WebRtcServerHandle handle = command.server;
  servers_[handle] = std::make_unique<WebRtcServer>(MakeContext(), std::move(command));
}

void Worker::Handle(CloseWebRtcServer&& command) { servers_.erase(command.server); }

void Worker::Handle(AddIceFragment&& command) {
  if (WebRtcServer* server = FindServer(command.server)) server->AddFragment(command);
}

void Worker::Handle(RemoveIceFragment&& command) {
  if (WebRtcServer* server = FindServer(command.server)) server->RemoveFragment(command.fragment);
}

void Worker::Handle(CreateWebRtcTransport&& command) {
  const router::TransportHandle handle = command.transport;
  WebRtcServer* server = FindServer(command.server);
  sessions_[handle] = std::make_unique<WebRtcSession>(MakeContext(), std::move(command), server);
}

void Worker::Handle(ConnectWebRtcTransport&& command) {
  if (auto* session = FindAs<WebRtcSession>(command.transport)) session->Connect(command);
}

void Worker::Handle(RestartIce&& command) {
  if (auto* session = FindAs<WebRtcSession>(command.transport)) session->RestartIce(command);
}

void Worker::Handle(CreatePlainTransport&& command) {
  router::TransportHandle handle = command.transport;
  sessions_[handle] = std::make_unique<PlainSession>(MakeContext(), std::move(command));
}

void Worker::Handle(ConnectPlainTransport&& command) {
  if (auto* session = FindAs<PlainSession>(command.transport)) session->Connect(command);
}

void Worker::Handle(CreateLocalPipe&& command) {
  sessions_[command.transport] = std::make_unique<LocalPipeSession>(MakeContext(), command);
}

void Worker::Handle(CreateDirectTransport&& command) {
  sessions_[command.transport] = std::make_unique<DirectSession>(MakeContext(), command);
}

void Worker::Handle(ReceiveRtp&& command) {
  from_application_ += ApplicationBacklog::CostOf(command.size());
  if (auto* session = FindAs<DirectSession>(command.transport)) session->ReceiveRtp(command.packet);
}

void Worker::Handle(ReceiveRtcp&& command) {
  from_application_ += ApplicationBacklog::CostOf(command.size());
  if (auto* session = FindAs<DirectSession>(command.transport)) session->ReceiveRtcp(command.packet);
}

void Worker::Handle(SetMaxIncomingBitrate&& command) {
  if (Session* session = Find(command.transport)) session->SetMaxIncomingBitrate(command.bitrate);
}

void Worker::Handle(CloseTransport&& command) { sessions_.erase(command.transport); }

void Worker::Handle(CreateProducer&& command) {
  if (Session* session = Find(command.transport)) session->AddProducer(command.config);
}

void Worker::Handle(SetProducerPaused&& command) {
  if (Session* session = Find(command.transport))
    session->SetProducerPaused(command.producer, command.paused);
}

void Worker::Handle(CloseProducer&& command) {
  if (Session* session = Find(command.transport)) session->RemoveProducer(command.producer);
}

void Worker::Handle(CreateConsumer&& command) {
  if (Session* session = Find(command.transport))
    session->AddConsumer(command.config, command.producer_worker);
}

void Worker::Handle(SetConsumerPaused&& command) {
  if (Session* session = Find(command.transport))
    session->SetConsumerPaused(command.consumer, command.paused);
}

void Worker::Handle(SetPreferredLayers&& command) {
  if (Session* session = Find(command.transport)) {
    session->SetPreferredLayers(command.consumer, command.layers);
  }
}

void Worker::Handle(SetMaxLayers&& command) {
  if (Session* session = Find(command.transport)) session->SetMaxLayers(command.consumer, command.layers);
}

void Worker::Handle(RequestKeyFrame&& command) {
  if (Session* session = Find(command.transport)) session->RequestKeyFrame(command.consumer);
}

void Worker::Handle(CloseConsumer&& command) {
  if (Session* session = Find(command.transport)) session->RemoveConsumer(command.consumer);
}

void Worker::Handle(SetTraces&& command) {
  if (Session* session = Find(command.transport)) session->SetTraces(command);
}

void Worker::Handle(StartCapture&& command) {
  if (Session* session = Find(command.transport)) {
    session->StartCapture(std::move(command.queue));
  } else {
    command.queue->End(CaptureEnd::kClosed);
  }
}

void Worker::Handle(StopCapture&& command) {
  if (Session* session = Find(command.transport)) session->StopCapture();
}

void Worker::Handle(SetAudioListener&& command) {
  if (Session* session = Find(command.transport)) {
    session->SetAudioListener(command);
  }
}

void Worker::Handle(CreateAudioLevelObserver&& command) {
  audio_observers_.Add(command.observer,
                       std::make_unique<router::AudioLevelObserver>(loop_.Now(), command.options));
}

void Worker::Handle(CreateActiveSpeakerObserver&& command) {
  audio_observers_.Add(command.observer,
                       std::make_unique<router::ActiveSpeakerObserver>(loop_.Now(), command.options));
}

void Worker::Handle(CreateAudioSelector&& command) {
  audio_observers_.Add(command.observer, std::make_unique<router::AudioSelector>(command.options));
}

void Worker::Handle(SetRtpObserverPaused&& command) {
  audio_observers_.SetPaused(command.observer, command.paused);
}

void Worker::Handle(SetObserved&& command) {
  audio_observers_.SetObserved(command.observer, command.producer, command.observed);
}

void Worker::Handle(CloseRtpObserver&& command) { audio_observers_.Remove(command.observer); }

void Worker::Handle(CreateDataProducer&& command) {
  if (Session* session = Find(command.transport)) session->AddDataProducer(command.config);
}

void Worker::Handle(SetDataProducerPaused&& command) {
  if (Session* session = Find(command.transport))
    session->SetDataProducerPaused(command.producer, command.paused);
}

void Worker::Handle(CloseDataProducer&& command) {
  if (Session* session = Find(command.transport)) session->RemoveDataProducer(command.producer);
}

void Worker::Handle(ProduceData&& command) {
  from_application_ += ApplicationBacklog::CostOf(command.size());
  if (Session* session = Find(command.transport)) session->ProduceData(command.producer, command.message);
}

void Worker::Handle(CreateDataConsumer&& command) {
  if (Session* session = Find(command.transport))
    session->AddDataConsumer(command.config, command.producer_worker);
}

void Worker::Handle(SetDataConsumerPaused&& command) {
  if (Session* session = Find(command.transport))
    session->SetDataConsumerPaused(command.consumer, command.paused);
}

void Worker::Handle(SetSubchannels&& command) {
  if (Session* session = Find(command.transport))
    session->SetSubchannels(command.consumer, std::move(command.subchannels));
}

void Worker::Handle(SetBufferedAmountLowThreshold&& command) {
  if (Session* session = Find(command.transport))
    session->SetBufferedAmountLowThreshold(command.consumer, command.bytes);
}

void Worker::Handle(CloseDataConsumer&& command) {
  if (Session* session = Find(command.transport)) session->RemoveDataConsumer(command.consumer);
}

void Worker::Handle(SendData&& command) {
  Snapshot answer;
  if (Session* session = Find(command.transport))
    answer = session->SendToDataConsumer(command.consumer, *command.message);
  outbox_.Tell(Answer{command.query, std::move(answer)});
}

void Worker::Handle(Query&& command) { outbox_.Tell(Answer{command.query, TakeSnapshot(command)}); }

void Worker::Handle(StopWorker&&) {
  sessions_.clear();
  servers_.clear();
  send_queue_.Flush();
  loop_.Stop();
}

Snapshot Worker::TakeSnapshot(const Query& query) {
  if (query.server != WebRtcServerHandle()) {
    WebRtcServer* server = FindServer(query.server);
    return server ? Snapshot(server->TakeSnapshot()) : Snapshot();
  }
  if (query.transport == router::TransportHandle()) return TakeWorkerSnapshot();
  Session* session = Find(query.transport);
  if (!session) return std::monostate{};
  if (query.producer != router::ProducerHandle()) return session->TakeProducerSnapshot(query.producer);
  if (query.consumer != router::ConsumerHandle()) return session->TakeConsumerSnapshot(query.consumer);
  if (query.data_producer != router::DataProducerHandle())
    return session->TakeDataProducerSnapshot(query.data_producer);
  if (query.data_consumer != router::DataConsumerHandle())
    return session->TakeDataConsumerSnapshot(query.data_consumer);
  return session->TakeSnapshot();
}

WorkerSnapshot Worker::TakeWorkerSnapshot() const {
  WorkerSnapshot snapshot{
      .worker = options_.index, .transports = sessions_.size(), .slabs = pool_->capacity()};
  for (const auto& [handle, session] : sessions_) {
    snapshot.producers += session->producers();
    snapshot.consumers += session->consumers();
  }
  snapshot.peer_packets_dropped = outbox_.dropped();
  snapshot.traces_dropped = trace_limiter_.dropped();
  const rtp::RetransmissionMemory& history = forwarding_.history_memory();
  snapshot.history = {.packets = history.packets(),
                      .bytes = history.bytes(),
                      .max_bytes = history.max_bytes(),
                      .evicted = static_cast<uint64_t>(history.evicted())};
  snapshot.send = send_queue_.stats();
  snapshot.receive = receiver_.stats();
  snapshot.tcp = tcp_.stats();
  return snapshot;
}

}  // namespace sluice::worker
