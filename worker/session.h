// A transport as its worker runs it: an RTP session inside, and what carries its packets, which a subclass
// for each kind of transport adds.
//
// Thread: the worker's.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "router/data/data_port.h"
#include "router/data/data_session.h"
#include "router/packet_port.h"
#include "router/rtp_session.h"
#include "router/session_event.h"
#include "rtp/rate_counter.h"
#include "worker/capture_queue.h"
#include "worker/data_forwarding_table.h"
#include "worker/event_loop.h"
#include "worker/forwarding_table.h"
#include "worker/messages.h"
#include "worker/sctp_link.h"
#include "worker/timer.h"
#include "worker/worker_context.h"

namespace sluice::worker {

class Session : public router::PacketPort,
                public router::EventPort,
                public ProducerHome,
                public router::DataPort,
                public DataProducerHome {
 public:
  struct Options {
    router::TransportHandle handle;
    Ssrc rtcp_ssrc;
    uint32_t random_seed = 1;
  };

  ~Session() override;
  Session(const Session&) = delete;
  Session& operator=(const Session&) = delete;

  void SetMaxIncomingBitrate(DataRate bitrate);
  void AddProducer(const router::ProducerConfig& config);
  void RemoveProducer(router::ProducerHandle producer);
  void SetProducerPaused(router::ProducerHandle producer, bool paused);
  void SetTraces(const worker::SetTraces& command);
  void SetAudioListener(const worker::SetAudioListener& command);
  void StartCapture(std::shared_ptr<CaptureQueue> queue);
  void StopCapture();
  void AddConsumer(const router::ConsumerConfig& config, uint32_t producer_worker);
  void RemoveConsumer(router::ConsumerHandle consumer);
  void SetConsumerPaused(router::ConsumerHandle consumer, bool paused);
  void SetPreferredLayers(router::ConsumerHandle consumer, rtp::Layers layers);
  void SetMaxLayers(router::ConsumerHandle consumer, std::optional<rtp::Layers> layers);
  void RequestKeyFrame(router::ConsumerHandle consumer);

  void AddDataProducer(const router::DataProducerConfig& config);
  void RemoveDataProducer(router::DataProducerHandle producer);
  void SetDataProducerPaused(router::DataProducerHandle producer, bool paused);
  // Of the application.
  void ProduceData(router::DataProducerHandle producer, const router::DataMessageRef& message);
  void AddDataConsumer(const router::DataConsumerConfig& config, uint32_t producer_worker);
  void RemoveDataConsumer(router::DataConsumerHandle consumer);
  void SetDataConsumerPaused(router::DataConsumerHandle consumer, bool paused);
  void SetSubchannels(router::DataConsumerHandle consumer, router::Subchannels subchannels);
  void SetBufferedAmountLowThreshold(router::DataConsumerHandle consumer, size_t bytes);
  // Answers a SentData.
  Snapshot SendToDataConsumer(router::DataConsumerHandle consumer, const router::DataMessage& message);

  TransportSnapshot TakeSnapshot() const;
  Snapshot TakeProducerSnapshot(router::ProducerHandle producer) const;
  Snapshot TakeConsumerSnapshot(router::ConsumerHandle consumer) const;
  Snapshot TakeDataProducerSnapshot(router::DataProducerHandle producer) const;
  Snapshot TakeDataConsumerSnapshot(router::DataConsumerHandle consumer) const;
  size_t producers() const { return rtp_.producers().size(); }
  size_t consumers() const { return rtp_.consumers().size(); }

 protected:
  // The two ends of a transport, as a capture shows them.
  struct Ends {
    transports::Endpoint local;
    transports::Endpoint remote;
  };

  Session(const WorkerContext& context, const Options& options);

  // After any input: takes what the transport has to say, and arms the timer.
  void Settle(Timestamp now);
  // After something that may only have brought the next timeout forward.
  void ArmTimer();
  // A datagram as it came, for the statistics.
  void CountReceived(Timestamp now, size_t size) { received_.Add(now, size); }
  // One that leaves, and packets before they are protected.
  void CountSent(size_t size) { sent_.Add(context_.loop->Now(), size); }
  void NoteRtpSent(const Slab& packet) {
    rtp_sent_.Add(context_.loop->Now(), packet.size());
    NoteSent(packet, /*rtcp=*/false);
  }
  void NoteRtcpSent(const Slab& packet) { NoteSent(packet, /*rtcp=*/true); }
  // Plain RTP: the first `size` bytes of the slab, which this session alone holds.
  void HandleRtp(Timestamp now, const SlabRef& packet, size_t size);
  void HandleRtcp(Timestamp now, Bytes packet) {
    if (capture_) [[unlikely]]
      Capture(now, packet, /*rtcp=*/true, /*incoming=*/true);
    rtp_.HandleRtcp(now, packet);
  }
  // Takes producers and consumers out of the forwarding table. First thing in each subclass's destructor:
  // afterwards nothing is sent through it.
  void Leave();

  // Data channels go over SCTP, whose packets the kind of transport carries: it gives them to HandleSctp(),
  // sends those of SendSctp() while sctp_ready(), and says when that is over.
  void EnableSctp(const transports::SctpOptions& options);
  void HandleSctp(Timestamp now, Bytes packet);
  void HandleSctpLost(Timestamp now);
  virtual void SendSctp(Bytes) {}
  virtual bool sctp_ready() const { return false; }

  // router::DataPort: over SCTP. A transport that carries data messages otherwise overrides these.
  router::DataSendResult SendData(const router::DataConsumerConfig& consumer,
                                  const router::DataMessage& message, bool unlimited) override;
  size_t BufferedAmount(const router::DataConsumerConfig& consumer) const override;
  double BufferFill(const router::DataConsumerConfig& consumer) const override;
  uint64_t BytesLeft() const override;
  void ResetOutgoing(uint16_t stream) override;
  void ResetIncoming(uint16_t stream) override;
  void HoldIncoming(bool held) override;
  virtual void SetLowThreshold(const router::DataConsumerConfig& consumer, size_t bytes);

  // Where RTP or RTCP goes to and comes from. Without sockets: addresses for documentation (RFC 5737).
  virtual Ends EndsOf(bool rtcp) const;

  router::DataSession& data() { return data_; }
  const router::DataSession& data() const { return data_; }
  const router::RtpSession& rtp() const { return rtp_; }
  const WorkerContext& context() const { return context_; }
  router::TransportHandle handle() const { return handle_; }

 private:
  using Drops = std::vector<std::pair<std::string, int64_t>>;
  struct Traffic {
    uint64_t bytes = 0;
    rtp::RateCounter rate;
    void Add(Timestamp now, size_t size) {
      bytes += size;
      rate.Add(now, size);
    }
    TrafficSnapshot Snapshot(Timestamp now) const { return {bytes, rate.Rate(now)}; }
  };

  // Of the kind of transport. It can encrypt (or need not) and has somewhere to send to:
  virtual bool writable() const = 0;
  // Takes its outputs until there are none.
  virtual void DrainTransport(Timestamp now) = 0;
  virtual void HandleTransportTimeout(Timestamp now) = 0;
  virtual Timestamp NextTransportTimeout() const = 0;
  // An outgoing SSRC is gone for good.
  virtual void HandleStreamRemoved(Ssrc ssrc) = 0;
  // Fills in the details, and appends drops by reason.
  virtual void Describe(TransportSnapshot* snapshot) const = 0;

  void TellBufferFull(router::DataConsumerHandle consumer) override;
  // DataProducerHome
  void HandleHeld(router::DataProducer* producer, const router::DataSink* sink, bool held) override;
  // router::EventPort
  void Tell(router::SessionEvent event) override;
  // ProducerHome
  void HandleKeyFrameRequest(Timestamp now, router::Producer* producer, uint8_t encoding) override;
  void HandleWanted(router::Producer* producer, const router::PacketSink* sink,
                    const router::WantedLayers& wanted) override;

  void NoteSent(const Slab& packet, bool rtcp) {
    if (capture_) [[unlikely]]
      Capture(context_.loop->Now(), packet.bytes(), rtcp, /*incoming=*/false);
  }
  void Capture(Timestamp now, Bytes packet, bool rtcp, bool incoming);
  void HandleTimeout(Timestamp now);
  void AppendRtpDrops(Drops* drops) const;

  WorkerContext context_;
  router::TransportHandle handle_;
  router::RtpSession rtp_;
  router::DataSession data_;
  std::unique_ptr<SctpLink> sctp_;
  int64_t sctp_not_enabled_ = 0;  // SCTP packets to a transport without.
  Timer timer_;
  Traffic received_;
  Traffic sent_;
  Traffic rtp_received_;
  Traffic rtp_sent_;
  std::shared_ptr<CaptureQueue> capture_;  // nullptr: none.
  uint64_t capture_dropped_ = 0;           // By those that are over.
};

}  // namespace sluice::worker
