// A transport's SCTP association at work: between whatever carries its packets, the data producers and
// consumers of the session, and the control plane.
//
// Thread: the worker's.
#pragma once

#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include "absl/functional/any_invocable.h"
#include "router/data/data_port.h"
#include "router/data/data_session.h"
#include "rtp/bytes.h"
#include "rtp/units.h"
#include "transports/sctp/sctp_association.h"
#include "worker/worker_context.h"

namespace sluice::worker {

class SctpLink {
 public:
  // `send` takes a packet for the peer; `settle` is called after what did not come through the session.
  struct Callbacks {
    absl::AnyInvocable<void(Bytes packet)> send;
    absl::AnyInvocable<void(Timestamp now)> settle;
  };

  // `data` outlives the link.
  SctpLink(const WorkerContext& context, router::TransportHandle transport,
           const transports::SctpOptions& options, router::DataSession* data, Callbacks callbacks);
  ~SctpLink();
  SctpLink(const SctpLink&) = delete;
  SctpLink& operator=(const SctpLink&) = delete;

  // There is a way to the peer. Begins once there is something to carry; later calls are ignored.
  void Start(Timestamp now);
  // Aborts: the session ends.
  void Close(Timestamp now);
  // What carries it is gone. The control plane is told.
  void HandleLost(Timestamp now);

  void HandlePacket(Timestamp now, Bytes packet);
  // Of usrsctp's timers, by way of SctpHub.
  void HandleTimerOutput(Timestamp now, std::vector<uint8_t> packet);
  void HandleTimeout(Timestamp now);
  Timestamp NextTimeout() const { return resuming_ ? Timestamp::Past() : association_.NextTimeout(); }

  // For router::DataPort.
  router::DataSendResult Send(Timestamp now, const router::DataConsumerConfig& consumer,
                              const router::DataMessage& message, bool unlimited);
  void ResetOutgoing(Timestamp now, uint16_t stream);
  void ResetIncoming(Timestamp now, uint16_t stream);
  // What was held back is read at the next timeout, not by whoever lets go in the middle of something.
  void Hold(bool held);

  transports::SctpAssociation& association() { return association_; }
  const transports::SctpAssociation& association() const { return association_; }
  void AppendDrops(std::vector<std::pair<std::string, int64_t>>* drops) const;

 private:
  using Association = transports::SctpAssociation;

  router::DataSendResult SendAsItIs(Timestamp now, const router::DataConsumerConfig& consumer,
                                    const router::DataMessage& message, bool unlimited);
  // Takes the association's outputs until there are none.
  void Drain(Timestamp now);
  void Handle(Timestamp now, Association::Transmit& transmit);
  void Handle(Timestamp now, Association::StateChanged& change);
  void Handle(Timestamp now, Association::Message& message);
  void Handle(Timestamp now, Association::StreamReset& reset);
  void Handle(Timestamp now, Association::BufferedAmountLow& low);
  void Tell(transports::SctpState state, uint16_t outbound, uint16_t inbound);

  WorkerContext context_;
  router::TransportHandle transport_;
  router::DataSession* data_;
  Callbacks callbacks_;
  Association association_;
  bool ticking_ = false;            // The hub knows that there are timers.
  int64_t malformed_messages_ = 0;  // Of a router.
  bool resuming_ = false;
  bool draining_ = false;  // A message may come back to this association; Drain() is on the stack then.
};

}  // namespace sluice::worker
