// One worker's view of who forwards what: the fan-outs of its consumers, the producers that live here, and
// the neighbours that have subscribed to them.
//
// Thread: the worker's.
#pragma once

#include <cstdint>
#include <memory>

#include "absl/container/flat_hash_map.h"
#include "router/config.h"
#include "router/fan_out.h"
#include "router/packet_sink.h"
#include "router/producer.h"
#include "rtp/retransmission_memory.h"
#include "worker/outbox.h"

namespace sluice::worker {

// Where a producer's feedback goes: implemented by the session that owns it.
class ProducerHome {
 public:
  virtual ~ProducerHome() = default;
  virtual void HandleKeyFrameRequest(Timestamp now, router::Producer* producer, uint8_t encoding) = 0;
  // What is wanted of the producer behind one of its sinks.
  virtual void HandleWanted(router::Producer* producer, const router::PacketSink* sink,
                            const router::WantedLayers& wanted) = 0;
};

class ForwardingTable : public router::ProducerLink {
 public:
  // `outbox` outlives the table. The fan-outs' histories hold at most so much together.
  explicit ForwardingTable(Outbox* outbox,
                           size_t max_history_bytes = rtp::RetransmissionMemory::kDefaultMaxBytes)
      : outbox_(outbox), history_memory_(max_history_bytes) {}
  ForwardingTable(const ForwardingTable&) = delete;
  ForwardingTable& operator=(const ForwardingTable&) = delete;

  // `producer` and `home` outlive their removal.
  void AddProducer(router::Producer* producer, ProducerHome* home);
  void RemoveProducer(router::ProducerHandle producer);

  // nullptr: not here.
  router::Producer* FindProducer(router::ProducerHandle producer);
  const router::FanOut* FindFanOut(router::ProducerHandle producer) const;

  // The fan-out for a consumer of a producer that lives on `producer_worker`; made at need.
  router::FanOut* FanOutFor(const router::ConsumerConfig& consumer, uint32_t producer_worker);
  // Removes a fan-out that has no consumer left.
  void ReleaseFanOut(router::FanOut* fan_out);

  // From neighbours.
  void Handle(uint32_t from, const Subscribe& request);
  void Handle(uint32_t from, const Unsubscribe& request);
  void Handle(uint32_t from, const WantLayers& request);
  void HandleMedia(Timestamp now, const PeerMedia& media);

  // router::ProducerLink: of a fan-out here or a neighbour's, to wherever its producer lives.
  void RequestKeyFrame(Timestamp now, router::ProducerHandle producer, uint8_t encoding) override;
  void SetWanted(router::ProducerHandle producer, const router::WantedLayers& wanted) override;

  size_t producers() const { return producers_.size(); }
  const rtp::RetransmissionMemory& history_memory() const { return history_memory_; }

 private:
  // Hands a producer's packets to one neighbour, by reference.
  class PeerSink : public router::PacketSink {
   public:
    PeerSink(router::ProducerHandle producer, uint32_t worker, Outbox* outbox)
        : producer_(producer), worker_(worker), outbox_(outbox) {}
    void HandlePacket(Timestamp, const SlabRef& packet) override {
      outbox_->Send(worker_, ForwardedPacket{producer_, packet});
    }
    void HandleSenderReport(uint8_t encoding, const router::SenderReportInfo& report) override {
      outbox_->Send(worker_, ForwardedSenderReport{producer_, encoding, report});
    }

   private:
    router::ProducerHandle producer_;
    uint32_t worker_;
    Outbox* outbox_;
  };
  struct LocalProducer {
    router::Producer* producer;
    ProducerHome* home;
    absl::flat_hash_map<uint32_t, std::unique_ptr<PeerSink>> peers;  // By worker.
  };
  struct LocalFanOut {
    std::unique_ptr<router::FanOut> fan_out;
    uint32_t producer_worker;
  };

  Outbox* outbox_;
  rtp::RetransmissionMemory history_memory_;
  absl::flat_hash_map<router::ProducerHandle, LocalProducer> producers_;
  absl::flat_hash_map<router::ProducerHandle, LocalFanOut> fan_outs_;
};

}  // namespace sluice::worker
