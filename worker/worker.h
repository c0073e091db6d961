// One worker thread: an event loop with the transports that were placed on it. Nothing of it is touched by
// another thread while it runs, but its mailboxes and Wake().
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <utility>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "rtp/ntp_time.h"
#include "rtp/retransmission_memory.h"
#include "rtp/slab.h"
#include "worker/audio_gates.h"
#include "worker/audio_observers.h"
#include "worker/audio_reporter.h"
#include "worker/data_forwarding_table.h"
#include "worker/event_loop.h"
#include "worker/forwarding_table.h"
#include "worker/messages.h"
#include "worker/outbox.h"
#include "worker/sctp_hub.h"
#include "worker/send_queue.h"
#include "worker/session.h"
#include "worker/switchboard.h"
#include "worker/tcp_io.h"
#include "worker/trace_limiter.h"
#include "worker/udp_port.h"
#include "worker/udp_receiver.h"
#include "worker/wakeup.h"
#include "worker/webrtc_server.h"

namespace sluice::worker {

class Worker {
 public:
  struct Options {
    uint32_t index = 0;
    rtp::WallClockAnchor clock;
    TcpLimits tcp;
    size_t max_history_bytes = rtp::RetransmissionMemory::kDefaultMaxBytes;
    std::function<void(uint32_t worker)> wake_peer;  // Any thread.
    std::function<void()> wake_control;              // Any thread.
  };

  // `pool` and `switchboard` outlive the worker.
  Worker(Options options, SlabPool* pool, Switchboard* switchboard);
  ~Worker();
  Worker(const Worker&) = delete;
  Worker& operator=(const Worker&) = delete;

  // The thread's body: until StopWorker arrives, whereupon all transports are closed.
  void Run();
  // There is something in a mailbox. Any thread, as long as the worker lives.
  void Wake() { wakeup_.Notify(); }

 private:
  void DrainMailboxes();
  void HandleRequest(Timestamp now, uint32_t from, PeerRequest&& request);
  void HandleMedia(Timestamp now, uint32_t from, PeerMedia&& media);
  // Of a server that may be closed meanwhile.
  template <typename Message>
  void PassOn(Timestamp now, uint32_t from, Message&& message) {
    if (WebRtcServer* server = FindServer(message.server)) {
      server->Handle(now, from, std::forward<Message>(message));
    }
  }
  void EndTurn();

  void Handle(CreateWebRtcServer&& command);
  void Handle(CloseWebRtcServer&& command);
  void Handle(AddIceFragment&& command);
  void Handle(RemoveIceFragment&& command);
  void Handle(CreateWebRtcTransport&& command);
  void Handle(ConnectWebRtcTransport&& command);
  void Handle(RestartIce&& command);
  void Handle(CreatePlainTransport&& command);
  void Handle(ConnectPlainTransport&& command);
  void Handle(CreateLocalPipe&& command);
  void Handle(CreateDirectTransport&& command);
  void Handle(ReceiveRtp&& command);
  void Handle(ReceiveRtcp&& command);
  void Handle(SetMaxIncomingBitrate&& command);
  void Handle(CloseTransport&& command);
  void Handle(CreateProducer&& command);
  void Handle(SetProducerPaused&& command);
  void Handle(CloseProducer&& command);
  void Handle(CreateConsumer&& command);
  void Handle(SetConsumerPaused&& command);
  void Handle(SetPreferredLayers&& command);
  void Handle(SetMaxLayers&& command);
  void Handle(RequestKeyFrame&& command);
  void Handle(CloseConsumer&& command);
  void Handle(SetTraces&& command);
  void Handle(StartCapture&& command);
  void Handle(StopCapture&& command);
  void Handle(SetAudioListener&& command);
  void Handle(CreateAudioSelector&& command);
  void Handle(CreateAudioLevelObserver&& command);
  void Handle(CreateActiveSpeakerObserver&& command);
  void Handle(SetRtpObserverPaused&& command);
  void Handle(SetObserved&& command);
  void Handle(CloseRtpObserver&& command);
  void Handle(CreateDataProducer&& command);
  void Handle(SetDataProducerPaused&& command);
  void Handle(CloseDataProducer&& command);
  void Handle(ProduceData&& command);
  void Handle(CreateDataConsumer&& command);
  void Handle(SetDataConsumerPaused&& command);
  void Handle(SetSubchannels&& command);
  void Handle(SetBufferedAmountLowThreshold&& command);
  void Handle(CloseDataConsumer&& command);
  void Handle(SendData&& command);
  void Handle(Query&& command);
  void Handle(StopWorker&& command);

  WebRtcServer* FindServer(WebRtcServerHandle server);
  // nullptr: closed meanwhile.
  Session* Find(router::TransportHandle transport);
  // nullptr also for a transport of another kind.
  template <typename Kind>
  Kind* FindAs(router::TransportHandle transport) {
    return dynamic_cast<Kind*>(Find(transport));
  }
  WorkerContext MakeContext();
  Snapshot TakeSnapshot(const Query& query);
  WorkerSnapshot TakeWorkerSnapshot() const;

  Options options_;
  SlabPool* pool_;
  Switchboard* switchboard_;
  EventLoop loop_;
  UdpReceiver receiver_;
  SendQueue send_queue_;
  UdpPortTable ports_;
  TcpIo tcp_;
  Outbox outbox_;
  ForwardingTable forwarding_;
  DataForwardingTable data_forwarding_;
  SctpHub sctp_;
  AudioGates audio_gates_;
  AudioObservers audio_observers_;
  AudioReporter audio_reporter_;
  TraceLimiter trace_limiter_;
  std::vector<std::pair<uint64_t, uint64_t>> published_;  // By peer: requests, media.
  int64_t from_application_ = 0;                          // What was handled in this turn.
  Wakeup wakeup_;
  absl::flat_hash_map<WebRtcServerHandle, std::unique_ptr<WebRtcServer>> servers_;
  absl::flat_hash_map<router::TransportHandle, std::unique_ptr<Session>> sessions_;
};

}  // namespace sluice::worker
