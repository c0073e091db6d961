// How fast a publisher without transport-wide feedback may send: estimated here from abs-send-time and loss,
// told to it by REMB. Delay grows: 0.85 of what arrives. Otherwise 8 % a second up, at most to 1.5 of what
// arrives + 10 kbit/s.
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

  // The fraction lost (1/256) over the streams of the transport, as of their latest reports; once for each.
  void HandleLoss(Timestamp now, uint8_t fraction_lost);

  // setMaxIncomingBitrate; Infinite() or zero lifts it.
  void SetMaxBitrate(DataRate max);

  // What to tell the publisher now; nullopt: nothing yet. Due once a second, and at once when it went down by
  // more than 3 %.
  std::optional<DataRate> Poll(Timestamp now);
  // Never() before the first packet.
  Timestamp NextTimeout() const;

  // Never above the maximum.
  DataRate estimate() const;

 private:
  void Increase(Timestamp now);
  void Decrease(Timestamp now, DataRate to);

  DataRate target_;
  DataRate max_ = DataRate::Infinite();
  RateCounter received_;
  DelayOveruseDetector detector_;
  uint32_t last_send_time_ = 0;
  int64_t send_time_units_ = 0;  // Unwrapped, 2^-18 s.
  bool started_ = false;
  Timestamp last_update_ = Timestamp::Past();
  Timestamp last_decrease_ = Timestamp::Past();
  DataRate last_sent_;
  Timestamp last_sent_at_ = Timestamp::Past();
};

}  // namespace sluice::rtp
