// Where a producer's packets go: the fan-out of its own worker, or the link to another worker's.
#pragma once

#include "router/ids.h"
#include "router/wanted_layers.h"
#include "rtp/ids.h"
#include "rtp/slab.h"
#include "rtp/units.h"

namespace sluice::router {

// The publisher's mapping of an encoding's RTP timestamps to its wall clock (RFC 3550 §6.4.1).
struct SenderReportInfo {
  Ssrc source;
  uint64_t ntp = 0;  // 32.32 seconds since 1900.
  uint32_t rtp_timestamp = 0;
  Timestamp arrival;
};

class PacketSink {
 public:
  virtual ~PacketSink() = default;
  // The packet's bytes and its ReceivedPacket no longer change; a sink may keep a reference. A jump of the
  // sequence by more than rtp::ReceiveStatistics::kMaxDropout is a new beginning, not loss.
  virtual void HandlePacket(Timestamp now, const SlabRef& packet) = 0;
  virtual void HandleSenderReport(uint8_t encoding, const SenderReportInfo& report) = 0;
};

// The way back: what a fan-out asks of its producer, wherever that lives.
class ProducerLink {
 public:
  virtual ~ProducerLink() = default;
  virtual void RequestKeyFrame(Timestamp now, ProducerHandle producer, uint8_t encoding) = 0;
  // From now on its consumers want that.
  virtual void SetWanted(ProducerHandle producer, const WantedLayers& wanted) = 0;
};

}  // namespace sluice::router
