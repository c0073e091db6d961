// Sees from the last few packets that the link may have become much slower: each took longer to arrive, after
// the one before it, than two would take at the present rate. It is a suspicion only, but it comes before any
// trend can show it.
#pragma once

#include "rtp/units.h"

namespace sluice::rtp::congestion {

class SurgeWatch {
 public:
  // In order of sending; `at_rate` is how long the packet takes at the rate at which we believe the link
  // carries.
  void HandlePacket(Timestamp sent, Timestamp arrival, TimeDelta at_rate);
  // `noise`: what delays vary by anyway.
  bool suspicious(TimeDelta noise) const { return run_ >= kRun && rise_ > kMinRise + noise * 2; }
  void Reset() { *this = SurgeWatch(); }

 private:
  static constexpr int kRun = 1;
  static constexpr TimeDelta kMinRise = TimeDelta::Millis(7);

  bool started_ = false;
  Timestamp sent_;
  Timestamp arrival_;
  int run_ = 0;     // Packets in a row that each were delayed more than the one before.
  TimeDelta rise_;  // Of the delay over those.
};

}  // namespace sluice::rtp::congestion
