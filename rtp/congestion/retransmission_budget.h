// How much of the rate repairs may take, and which come too late to be of use: repairs of a link that loses
// because it is full make it fuller.
#pragma once

#include <cstddef>
#include <cstdint>

#include "rtp/units.h"

namespace sluice::rtp::congestion {

class RetransmissionBudget {
 public:
  enum class Verdict : uint8_t { kSend, kLate, kOverBudget };

  // What may be sent of everything, and the share of packets that gets lost.
  void Update(Timestamp now, DataRate target, double loss);
  // May a packet of `bytes` that was first sent `age` ago be sent again? kSend takes it from the budget.
  Verdict Take(Timestamp now, size_t bytes, TimeDelta age, TimeDelta round_trip);

 private:
  void Refill(Timestamp now);

  DataRate rate_ = DataRate::KilobitsPerSec(150);  // Until the first Update().
  double tokens_ = kMinBurst;                      // Octets.
  Timestamp refilled_ = Timestamp::Past();

  static constexpr double kMinBurst = 6'000;
};

}  // namespace sluice::rtp::congestion
