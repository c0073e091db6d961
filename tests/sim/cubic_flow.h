// A greedy flow under CUBIC (RFC 8312), the cross traffic that fills any queue. What is lost is not sent
// again: only the window matters here.
#pragma once

#include <cstdint>
#include <set>

#include "rtp/units.h"
#include "tests/sim/bottleneck.h"
#include "tests/sim/simulation.h"

namespace sluice::sim {

class CubicFlow {
 public:
  static constexpr size_t kPacketBytes = 1'500;

  // `link` carries the data; acknowledgements come back after `return_delay`.
  CubicFlow(Simulation* sim, Bottleneck* link, TimeDelta return_delay)
      : sim_(sim), link_(link), return_delay_(return_delay) {}

  void Start();
  void Stop() { running_ = false; }
  int64_t delivered_bytes() const { return delivered_ * static_cast<int64_t>(kPacketBytes); }

 private:
  void SendAllowed();
  void HandleAck(int64_t sequence);
  void BackOff();
  void Grow();
  void WatchForSilence();

  Simulation* sim_;
  Bottleneck* link_;
  TimeDelta return_delay_;
  bool running_ = false;
  double window_ = 10;  // Packets.
  double threshold_ = 1e9;
  double window_max_ = 0;
  Timestamp epoch_ = Timestamp::Never();
  int64_t next_ = 0;
  std::set<int64_t> in_flight_;
  int64_t recovery_end_ = -1;  // Losses up to this one have had their effect.
  Timestamp last_ack_;
  int64_t delivered_ = 0;
};

}  // namespace sluice::sim
