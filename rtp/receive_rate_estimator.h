// How fast a publisher without transport-wide feedback may send: estimated here from abs-send-time and loss,
// told to it by REMB. While the delay grows: 0.85 of what arrives. Otherwise up, at most to 1.5 of what
// arrives + 10 kbit/s: by 8 % a second, and by 50 % a second until it had to go down for the first time.
//
//   estimator.HandlePacket(arrival, abs_send_time, size);
//   if (std::optional<DataRate> bitrate = estimator.Poll(now)) WriteRemb(writer, ours, *bitrate, ssrcs);
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>

#include "rtp/delay_overuse_detector.h"
#include "rtp/rate_counter.h"
#include "rtp/units.h"

namespace sluice::rtp {

class ReceiveRateEstimator {
 public:
  static constexpr DataRate kStart = DataRate::KilobitsPerSec(600);
  static constexpr DataRate kMin = DataRate::KilobitsPerSec(30);
  static constexpr TimeDelta kInterval = TimeDelta::Seconds(1);  // Between two REMBs that bring no bad news.

  explicit ReceiveRateEstimator(DataRate start = kStart) : target_(start) {}

  // `abs_send_time`: 24 bits of 6.18 seconds, as in the header extension. `bytes`: the whole packet.
  void HandlePacket(Timestamp arrival, uint32_t abs_send_time, size_t bytes);

  // The fraction lost (1/256) over all streams of the transport, once for each interval in which it was
  // counted. Above 10 % the estimate goes down by half of it; above 2 % it does not go up.
  void HandleLoss(uint8_t fraction_lost);

  // setMaxIncomingBitrate; Infinite() or zero lifts it.
  void SetMaxBitrate(DataRate max);

  // What to tell the publisher now, once a second, and at once when it went down by more than 3 %; else
  // nullopt.
  std::optional<DataRate> Poll(Timestamp now);
  // Never() before the first packet.
  Timestamp NextTimeout() const;

  DataRate estimate() const { return target_ < max_ ? target_ : max_; }

 private:
  TimeDelta UnwrapSendTime(uint32_t abs_send_time);
  void Update(Timestamp now, PathUsage usage);
  void Increase(Timestamp now);
  void Decrease(DataRate to);
  bool HasBadNews() const { return estimate() < told_ * 0.97; }

  DataRate target_;
  DataRate max_ = DataRate::Infinite();
  RateCounter received_;
  DelayOveruseDetector detector_;
  uint32_t last_send_time_ = 0;
  int64_t send_time_units_ = 0;  // Unwrapped, 2^-18 s.
  bool starting_up_ = true;
  bool lossy_ = false;
  Timestamp last_update_ = Timestamp::Past();
  Timestamp last_decrease_ = Timestamp::Past();
  DataRate told_;
  Timestamp next_regular_ = Timestamp::Never();
};

}  // namespace sluice::rtp
