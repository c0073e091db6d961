// A direct transport as its worker runs it: its peer is the application, to whom RTP, RTCP and data messages
// go as events, and from whom they come as commands. What it sends is checked like what comes from a network.
//
// Thread: the worker's.
#pragma once

#include <cstdint>
#include <vector>

#include "worker/application_backlog.h"
#include "worker/session.h"

namespace sluice::worker {

class DirectSession : public Session {
 public:
  DirectSession(const WorkerContext& context, const CreateDirectTransport& command);
  ~DirectSession() override;

  void ReceiveRtp(Bytes packet);
  void ReceiveRtcp(Bytes packet);

 private:
  // How often consumers that hold their producers look whether the application has caught up.
  static constexpr TimeDelta kDrainInterval = TimeDelta::Millis(10);

  // router::PacketPort
  void SendRtp(SlabRef packet, router::MediaKind kind) override;
  void SendRtcp(SlabRef packet) override;
  // router::DataPort
  router::DataSendResult SendData(const router::DataConsumerConfig& consumer,
                                  const router::DataMessage& message, bool unlimited) override;
  size_t BufferedAmount(const router::DataConsumerConfig&) const override { return 0; }
  double BufferFill(const router::DataConsumerConfig&) const override { return application().fill(); }
  uint64_t BytesLeft() const override { return application().taken(); }
  // Session
  bool writable() const override { return true; }
  void DrainTransport(Timestamp) override {}
  void HandleTransportTimeout(Timestamp now) override;
  Timestamp NextTransportTimeout() const override { return next_drain_; }
  void HandleStreamRemoved(Ssrc) override {}
  void Describe(TransportSnapshot* snapshot) const override;

  ApplicationBacklog& application() const;
  // Counts the packet as sent; false: the application is too far behind to be told.
  bool Take(const Slab& packet);

  size_t max_send_message_size_;
  Timestamp next_drain_ = Timestamp::Never();
  int64_t behind_ = 0;     // RTP and RTCP that the application was too slow for.
  int64_t no_memory_ = 0;  // Of the application's packets.
};

}  // namespace sluice::worker
