// A probe: a few packets sent faster than the estimate, to see whether they arrive as fast.
#pragma once

#include <cstdint>
#include <optional>

#include "rtp/congestion/sent_packet.h"
#include "rtp/units.h"

namespace sluice::rtp::congestion {

struct Probe {
  uint8_t id = 0;  // Never 0.
  DataRate rate;
  DataSize size;  // Of all its packets, at least.
};

// How fast one probe was sent and received.
class ProbeMeasurement {
 public:
  static constexpr int kMinPackets = 4;

  void Start(const Probe& probe) { *this = ProbeMeasurement(), probe_ = probe; }
  void HandleAcked(const AckedPacket& packet);
  // nullopt: too little of it has arrived (yet), or its times make no sense.
  struct Rates {
    DataRate sent;
    DataRate received;
  };
  std::optional<Rates> Measure() const;
  // All of it has arrived.
  bool complete() const { return size_ >= probe_.size && packets_ > kMinPackets; }
  const Probe& probe() const { return probe_; }

 private:
  Probe probe_;
  int packets_ = 0;
  DataSize size_;
  DataSize size_of_first_arrived_;
  DataSize size_of_last_sent_;
  Timestamp first_sent_ = Timestamp::Never();
  Timestamp last_sent_ = Timestamp::Past();
  Timestamp first_arrival_ = Timestamp::Never();
  Timestamp last_arrival_ = Timestamp::Past();
};

}  // namespace sluice::rtp::congestion
