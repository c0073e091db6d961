// How well one RTP stream gets across, from 0 to 10: what of it was delivered, to the fourth power, interval
// by interval of reports, averaged over the last ones. As in mediasoup, whose applications go by these
// numbers.
#pragma once

#include <cstdint>

#include "rtp/recent_average.h"

namespace sluice::rtp {

class StreamScore {
 public:
  static constexpr uint8_t kBest = 10;

  // What happened between two reports.
  struct Interval {
    int64_t expected = 0;       // Packets that were sent, as far as is known.
    int64_t lost = 0;           // Of those, on their first way.
    int64_t repaired = 0;       // Of the lost, by a retransmission.
    int64_t retransmitted = 0;  // Retransmissions, in vain or not.
  };

  // True when it changed value().
  [[nodiscard]] bool Add(const Interval& interval);
  // Forgets all before; true when it changed value().
  [[nodiscard]] bool Reset(uint8_t score);

  uint8_t value() const { return value_; }

 private:
  [[nodiscard]] bool Set(uint8_t value);

  uint8_t value_ = kBest;
  RecentAverage scores_;
};

// Of one interval alone. An interval without packets is a good one; a repair is worth the less the more of
// them there were and the more were in vain.
uint8_t ScoreOf(const StreamScore::Interval& interval);

}  // namespace sluice::rtp
