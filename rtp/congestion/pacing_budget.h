// How much may leave now: what was sent is a debt that the rate pays off. When it is paid, a burst may go
// again.
#pragma once

#include <cstddef>

#include "rtp/units.h"

namespace sluice::rtp::congestion {

class PacingBudget {
 public:
  // How much may leave at once, as time at the rate; at least a packet always may.
  static constexpr TimeDelta kBurst = TimeDelta::Millis(5);
  static constexpr TimeDelta kProbeBurst = TimeDelta::Millis(1);
  // A queue older than this is sent faster, up to kMaxHurry times the rate.
  static constexpr TimeDelta kLate = TimeDelta::Millis(250);
  static constexpr double kMaxHurry = 2;

  void SetRate(Timestamp now, DataRate rate) {
    Pay(now);
    rate_ = paying_ = rate;
  }
  // No debt, no burst begun.
  void Reset(Timestamp now) {
    debt_bytes_ = 0;
    paid_ = now;
    bursting_ = false;
  }
  void Spend(Timestamp now, size_t bytes) {
    Pay(now);
    debt_bytes_ += static_cast<double>(bytes);
  }
  bool MaySend(Timestamp now, TimeDelta burst);
  // When the debt will be paid.
  Timestamp NextSend(Timestamp now) const;
  // Sets the rate so that `queued` leaves before it is older than kLate.
  void HurryFor(Timestamp now, DataSize queued, TimeDelta age);

 private:
  void Pay(Timestamp now);

  DataRate rate_;
  DataRate paying_;  // With what hurry adds.
  double debt_bytes_ = 0;
  Timestamp paid_ = Timestamp::Past();
  bool bursting_ = false;
};

}  // namespace sluice::rtp::congestion
