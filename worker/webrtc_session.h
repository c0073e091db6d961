// A WebRTC transport as its worker runs it: sockets and timer outside, the transport's state machine and its
// RTP session inside.
//
// Thread: the worker's.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "router/packet_port.h"
#include "router/rtp_session.h"
#include "rtp/rate_counter.h"
#include "transports/webrtc_transport.h"
#include "worker/event_loop.h"
#include "worker/forwarding_table.h"
#include "worker/io_watch.h"
#include "worker/messages.h"
#include "worker/send_queue.h"
#include "worker/timer.h"
#include "worker/udp_receiver.h"

namespace sluice::worker {

// What a worker lends to its sessions; all of it outlives them.
struct WorkerContext {
  EventLoop* loop;
  SlabPool* pool;
  UdpReceiver* receiver;
  SendQueue* send_queue;
  Outbox* outbox;
  ForwardingTable* forwarding;
  rtp::WallClockAnchor clock;
};

class WebRtcSession : public router::PacketPort, public ProducerHome {
 public:
  WebRtcSession(const WorkerContext& context, CreateWebRtcTransport&& command);
  // Says goodbye to the peer, and takes producers and consumers out of the forwarding table.
  ~WebRtcSession() override;
  WebRtcSession(const WebRtcSession&) = delete;
  WebRtcSession& operator=(const WebRtcSession&) = delete;

  void Connect(const ConnectWebRtcTransport& command);
  void RestartIce(const worker::RestartIce& command);
  void SetMaxIncomingBitrate(DataRate bitrate);

  void AddProducer(const router::ProducerConfig& config);
  void RemoveProducer(router::ProducerHandle producer);
  void SetProducerPaused(router::ProducerHandle producer, bool paused);
  void AddConsumer(const router::ConsumerConfig& config, uint32_t producer_worker);
  void RemoveConsumer(router::ConsumerHandle consumer);
  void SetConsumerPaused(router::ConsumerHandle consumer, bool paused);
  void SetPreferredEncoding(router::ConsumerHandle consumer, uint8_t encoding);
  void RequestKeyFrame(router::ConsumerHandle consumer);

  // A descriptor of this session has room again.
  void HandleWritable(int fd);
  // Its send buffer is full.
  void HandleBlocked(int fd);

  TransportSnapshot TakeSnapshot() const;
  Snapshot TakeProducerSnapshot(router::ProducerHandle producer) const;
  Snapshot TakeConsumerSnapshot(router::ConsumerHandle consumer) const;
  size_t producers() const { return rtp_.producers().size(); }
  size_t consumers() const { return rtp_.consumers().size(); }
  const std::vector<UdpSocket>& sockets() const { return sockets_; }

 private:
  struct Traffic {
    uint64_t bytes = 0;
    rtp::RateCounter rate;
    void Add(Timestamp now, size_t size) {
      bytes += size;
      rate.Add(now, size);
    }
    TrafficSnapshot Snapshot(Timestamp now) const { return {bytes, rate.Rate(now)}; }
  };

  // router::PacketPort
  void SendRtp(SlabRef packet, router::MediaKind kind) override;
  void SendRtcp(SlabRef packet) override;
  // ProducerHome
  void HandleKeyFrameRequest(Timestamp now, router::Producer* producer, uint8_t encoding) override;

  void HandleReadable(uint16_t socket);
  void HandleDatagram(Timestamp now, const transports::Path& from, const SlabRef& datagram);
  void HandleTimeout(Timestamp now);
  // After any input: takes what the transport has to say, and arms the timer.
  void Settle(Timestamp now);
  void HandleOutput(transports::WebRtcTransport::Output& output);
  std::vector<std::pair<std::string, int64_t>> DropsByReason() const;
  void SendPlain(const transports::Path& to, Bytes datagram);
  void SendTo(const transports::Path& to, SlabRef datagram, SendQueue::Priority priority);

  WorkerContext context_;
  router::TransportHandle handle_;
  std::vector<UdpSocket> sockets_;
  std::vector<IoWatch> watches_;  // Of sockets_.
  transports::WebRtcTransport transport_;
  router::RtpSession rtp_;
  Timer timer_;
  transports::DtlsState dtls_state_ = transports::DtlsState::kNew;
  Traffic received_;
  Traffic sent_;
  Traffic rtp_received_;
  Traffic rtp_sent_;
  int64_t no_memory_ = 0;  // Transport datagrams that found no slab.
};

}  // namespace sluice::worker
