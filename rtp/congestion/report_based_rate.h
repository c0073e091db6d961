// The rate by receiver reports alone (RFC 3550 §6.4.1), for a receiver without transport-wide feedback: up 8
// % a second below 2 % of loss, down by half of the loss above 10 %. What a REMB says is a limit besides.
#pragma once

#include <cstdint>

#include "rtp/units.h"

namespace sluice::rtp::congestion {

class ReportBasedRate {
 public:
  explicit ReportBasedRate(DataRate start) : rate_(start) {}

  // One report block; `fraction_lost` in 1/256. `sent`: how fast we have been sending.
  void HandleReport(Timestamp now, uint8_t fraction_lost, TimeDelta round_trip, DataRate sent);
  // REMB; any value a peer may invent.
  void HandleRemb(DataRate rate) { remb_ = rate; }
  void Set(DataRate rate) { rate_ = rate; }

  DataRate rate() const { return rate_ < remb_ ? rate_ : remb_; }
  // Infinite(): none was received.
  DataRate remb() const { return remb_; }

 private:
  DataRate rate_;
  DataRate remb_ = DataRate::Infinite();
  Timestamp last_increase_ = Timestamp::Past();
  Timestamp last_decrease_ = Timestamp::Past();
};

}  // namespace sluice::rtp::congestion
