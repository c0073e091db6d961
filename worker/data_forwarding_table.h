// One worker's view of who passes data messages on: the fan-outs of its data consumers, the data producers
// that live here, and the neighbours that have subscribed to them.
//
// A message crosses to a neighbour once, by reference, in the mailbox that loses nothing. What keeps that one
// small is a window for each producer and neighbour: bytes beyond it hold the producer until the neighbour
// has handled them. The application cannot be held; what it sends beyond a larger bound is dropped and
// counted.
//
// Thread: the worker's.
#pragma once

#include <cstdint>
#include <memory>

#include "absl/container/flat_hash_map.h"
#include "router/data/data_config.h"
#include "router/data/data_fan_out.h"
#include "router/data/data_producer.h"
#include "worker/outbox.h"

namespace sluice::worker {

// Where a data producer's way back ends: implemented by the session that owns it.
class DataProducerHome {
 public:
  virtual ~DataProducerHome() = default;
  virtual void HandleHeld(router::DataProducer* producer, const router::DataSink* sink, bool held) = 0;
};

class DataForwardingTable : public router::DataProducerLink {
 public:
  static constexpr int64_t kWindow = int64_t{1} << 20;
  static constexpr int64_t kMaxInFlight = int64_t{16} << 20;
  static constexpr int64_t kAcknowledgement = 64 * 1024;  // Bytes handled that a neighbour reports at once.

  explicit DataForwardingTable(Outbox* outbox) : outbox_(outbox) {}
  DataForwardingTable(const DataForwardingTable&) = delete;
  DataForwardingTable& operator=(const DataForwardingTable&) = delete;

  // `producer` and `home` outlive their removal.
  void AddProducer(router::DataProducer* producer, DataProducerHome* home);
  void RemoveProducer(router::DataProducerHandle producer);

  // The fan-out for a consumer of a producer that lives on `producer_worker`; made at need.
  router::DataFanOut* FanOutFor(router::DataProducerHandle producer, uint32_t producer_worker);
  // Removes a fan-out that has no consumer left.
  void ReleaseFanOut(router::DataFanOut* fan_out);

  // From neighbours.
  void Handle(uint32_t from, const SubscribeData& request);
  void Handle(uint32_t from, const UnsubscribeData& request);
  void Handle(uint32_t from, const HoldData& request);
  void Handle(uint32_t from, const DataHandled& request);
  void Handle(Timestamp now, const ForwardedData& forwarded);

  // router::DataProducerLink: of a fan-out here, to wherever its producer lives.
  void SetHeld(router::DataProducerHandle producer, bool held) override;

  // Messages of the application beyond kMaxInFlight.
  uint64_t dropped() const { return dropped_; }

 private:
  // Hands a producer's messages to one neighbour.
  class PeerSink : public router::DataSink {
   public:
    PeerSink(DataForwardingTable* table, router::DataProducerHandle producer, uint32_t worker)
        : table_(table), producer_(producer), worker_(worker) {}
    void HandleMessage(Timestamp now, const router::DataMessageRef& message) override;
    void HandleAcknowledged(int64_t bytes);
    void set_held_there(bool held);

   private:
    // Towards the producer: the neighbour wants it, or too much is on the way.
    void Update();

    DataForwardingTable* table_;
    router::DataProducerHandle producer_;
    uint32_t worker_;
    int64_t in_flight_ = 0;
    bool held_there_ = false;
    bool full_ = false;
    bool holding_ = false;
  };
  struct LocalProducer {
    router::DataProducer* producer;
    DataProducerHome* home;
    absl::flat_hash_map<uint32_t, std::unique_ptr<PeerSink>> peers;  // By worker.
  };
  struct LocalFanOut {
    std::unique_ptr<router::DataFanOut> fan_out;
    uint32_t producer_worker;
    int64_t unacknowledged = 0;
  };

  PeerSink* FindPeer(router::DataProducerHandle producer, uint32_t worker);
  void SetHeldBy(router::DataProducerHandle producer, const router::DataSink* sink, bool held);

  Outbox* outbox_;
  absl::flat_hash_map<router::DataProducerHandle, LocalProducer> producers_;
  absl::flat_hash_map<router::DataProducerHandle, LocalFanOut> fan_outs_;
  uint64_t dropped_ = 0;
};

}  // namespace sluice::worker
