#include "rtp/congestion/probe.h"

#include <algorithm>

namespace sluice::rtp::congestion {

void ProbeMeasurement::HandleAcked(const AckedPacket& packet) {
  const DataSize size = DataSize::Bytes(packet.size);
  if (packet.arrival < first_arrival_) {
    first_arrival_ = packet.arrival;
    size_of_first_arrived_ = size;
  }
  if (packet.sent >= last_sent_) {
    last_sent_ = packet.sent;
    size_of_last_sent_ = size;
  }
  first_sent_ = std::min(first_sent_, packet.sent);
  last_arrival_ = std::max(last_arrival_, packet.arrival);
  size_ += size;
  ++packets_;
}

std::optional<ProbeMeasurement::Rates> ProbeMeasurement::Measure() const {
  if (packets_ < kMinPackets || size_.bytes() * 10 < probe_.size.bytes() * 8) return std::nullopt;
  const TimeDelta sending = last_sent_ - first_sent_;
  const TimeDelta receiving = last_arrival_ - first_arrival_;
  constexpr TimeDelta kLongest = TimeDelta::Seconds(1);
  if (sending <= TimeDelta::Zero() || sending > kLongest || receiving > kLongest) return std::nullopt;
  const DataRate sent = (size_ - size_of_last_sent_) / sending;
  if (receiving <= TimeDelta::Zero()) return Rates{sent, sent};
  return Rates{sent, (size_ - size_of_first_arrived_) / receiving};
}

}  // namespace sluice::rtp::congestion
