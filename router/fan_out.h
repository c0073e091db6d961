// The sending half of forwarding on one worker: a producer's packets to that worker's consumers, and the
// retransmission history that they share.
//
// Thread: the worker's.
#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "router/config.h"
#include "router/packet_sink.h"
#include "rtp/retransmission_history.h"

namespace sluice::router {

class Consumer;

class FanOut : public PacketSink {
 public:
  // `link` outlives the fan-out.
  FanOut(ProducerHandle producer, MediaKind kind, uint8_t encodings, ProducerLink* link);
  FanOut(const FanOut&) = delete;
  FanOut& operator=(const FanOut&) = delete;

  void Add(Consumer* consumer);
  void Remove(Consumer* consumer);
  bool empty() const { return consumers_.empty(); }

  void HandlePacket(Timestamp now, const SlabRef& packet) override;
  void HandleSenderReport(uint8_t encoding, const SenderReportInfo& report) override;

  void RequestKeyFrame(Timestamp now, uint8_t encoding) { link_->RequestKeyFrame(now, producer_, encoding); }
  // nullptr: too old, or never seen.
  const Slab* Find(Timestamp now, uint8_t encoding, int64_t sequence) const;
  const std::optional<SenderReportInfo>& sender_report(uint8_t encoding) const {
    return streams_[encoding].report;
  }
  bool active(Timestamp now, uint8_t encoding) const;
  uint8_t encodings() const { return static_cast<uint8_t>(streams_.size()); }
  ProducerHandle producer() const { return producer_; }

 private:
  struct Stream {
    explicit Stream(TimeDelta window) : history(window) {}
    rtp::RetransmissionHistory history;
    std::optional<SenderReportInfo> report;
    Timestamp last_packet = Timestamp::Past();
  };
  static constexpr TimeDelta kInactivity = TimeDelta::Millis(1500);

  ProducerHandle producer_;
  ProducerLink* link_;
  std::vector<Stream> streams_;  // By encoding.
  std::vector<Consumer*> consumers_;
  int repairing_consumers_ = 0;  // Those that may send a NACK: without any, no history is kept.
};

}  // namespace sluice::router
