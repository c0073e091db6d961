// The sending half of forwarding on one worker: a producer's packets to that worker's consumers, the
// retransmission history that they share, and what else is the same for all of them: which layers are coming,
// and how each encoding's timestamps map to the publisher's clock.
//
// Thread: the worker's.
#pragma once

#include <cstdint>
#include <deque>
#include <optional>
#include <vector>

#include "router/config.h"
#include "router/layer_activity.h"
#include "router/packet_sink.h"
#include "router/wanted_layers.h"
#include "rtp/retransmission_history.h"
#include "rtp/retransmission_memory.h"

namespace sluice::router {

class Consumer;

class FanOut : public PacketSink {
 public:
  // `link` and `memory`, what histories may hold (nullptr: no bound in common), outlive the fan-out.
  FanOut(ProducerHandle producer, MediaKind kind, uint8_t encodings, ProducerLink* link,
         rtp::RetransmissionMemory* memory = nullptr);
  FanOut(const FanOut&) = delete;
  FanOut& operator=(const FanOut&) = delete;

  void Add(Consumer* consumer);
  void Remove(Consumer* consumer);
  bool empty() const { return consumers_.empty(); }
  const std::vector<Consumer*>& consumers() const { return consumers_; }

  void HandlePacket(Timestamp now, const SlabRef& packet) override;
  void HandleSenderReport(uint8_t encoding, const SenderReportInfo& report) override;

  void RequestKeyFrame(Timestamp now, uint8_t encoding) { link_->RequestKeyFrame(now, producer_, encoding); }
  // What a consumer wants has changed.
  void HandleWantChanged();
  // By all its consumers.
  const WantedLayers& wanted() const { return wanted_; }
  // nullptr: too old, or never seen.
  const Slab* Find(Timestamp now, uint8_t encoding, int64_t sequence) const;
  // The highest of this encoding; only if there was one.
  int64_t highest_sequence(uint8_t encoding) const { return streams_[encoding].highest_sequence; }
  const std::optional<SenderReportInfo>& sender_report(uint8_t encoding) const {
    return streams_[encoding].report;
  }
  // The same as a sender report says, read from a packet's absolute capture time.
  const std::optional<SenderReportInfo>& capture_time(uint8_t encoding) const {
    return streams_[encoding].capture_time;
  }
  // An encoding where there are several (simulcast), else a spatial layer of the one. Such a layer counts as
  // coming unless it has proved not to.
  bool IsComing(uint8_t layer) const { return activity_.Has(layer); }
  // Of the temporal layers that have come so far in that encoding.
  uint8_t highest_temporal(uint8_t encoding) const { return streams_[encoding].highest_temporal; }
  uint8_t encodings() const { return static_cast<uint8_t>(streams_.size()); }
  ProducerHandle producer() const { return producer_; }

 private:
  struct Stream {
    Stream(TimeDelta window, rtp::RetransmissionMemory* memory)
        : history(window, rtp::RetransmissionHistory::kMaxPackets, memory) {}
    rtp::RetransmissionHistory history;
    std::optional<SenderReportInfo> report;
    std::optional<SenderReportInfo> capture_time;
    int64_t highest_sequence = INT64_MIN;
    uint8_t highest_temporal = 0;
  };

  bool NoteLayers(Timestamp now, const Slab& packet);

  ProducerHandle producer_;
  MediaKind kind_;
  ProducerLink* link_;
  std::deque<Stream> streams_;  // By encoding. Histories stay where they are.
  LayerActivity activity_;
  std::vector<Consumer*> consumers_;
  WantedLayers wanted_;
  int repairing_consumers_ = 0;  // Those that may send a NACK: without any, no history is kept.
};

}  // namespace sluice::router
