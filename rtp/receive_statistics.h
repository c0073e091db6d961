// What RFC 3550 asks a receiver to know of one incoming stream: sequence validation and unwrapping (A.1),
// loss (A.3), interarrival jitter (A.8), rate; and the report block made of it.
//
//   std::optional<int64_t> sequence = statistics.HandlePacket(arrival, number, timestamp, size);
//   if (!sequence) return drop();
//   if (statistics.restarted()) nack.Reset();
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>

#include "rtp/ids.h"
#include "rtp/rate_counter.h"
#include "rtp/rtcp/report_block.h"
#include "rtp/units.h"

namespace sluice::rtp {

class ReceiveStatistics {
 public:
  // A packet that is this far ahead or behind is not believed (RFC 3550 A.1) …
  static constexpr int kMaxDropout = 3'000;
  static constexpr int kMaxMisorder = 1'500;

  // `clock_rate` of the stream's RTP timestamps, Hz. 0: no jitter.
  explicit ReceiveStatistics(uint32_t clock_rate) : clock_rate_(clock_rate) {}

  // The packet's unwrapped sequence, or nullopt: drop and count. … until a second one follows it: then the
  // sender has restarted, and the unwrapped sequence goes on above all earlier ones. Duplicates are counted
  // as received.
  std::optional<int64_t> HandlePacket(Timestamp arrival, SequenceNumber sequence, uint32_t rtp_timestamp,
                                      size_t bytes);
  // Whether the packet handled last restarted the stream; what is keyed by sequence starts anew.
  bool restarted() const { return restarted_; }

  // A sender report of this stream arrived; `ntp_time` is its 32.32 NTP time.
  void HandleSenderReport(Timestamp arrival, uint64_t ntp_time);

  // Reports, and begins the next interval of the fraction lost.
  rtcp::ReportBlock MakeReportBlock(Timestamp now, Ssrc source);

  // The interval that was reported last, in packets.
  struct Interval {
    int64_t expected = 0;
    int64_t lost = 0;  // Never negative.
  };
  const Interval& reported_interval() const { return interval_; }

  bool started() const { return started_; }
  int64_t highest_sequence() const { return highest_; }  // Unwrapped. Only if started().
  uint64_t packets() const { return packets_; }          // Accepted ones.
  uint64_t bytes() const { return bytes_; }
  DataRate bitrate(Timestamp now) const { return rate_.Rate(now); }
  int64_t cumulative_lost() const;                          // Negative when duplicates outnumber losses.
  uint8_t fraction_lost() const { return fraction_lost_; }  // Of the interval reported last, in 1/256.
  uint32_t jitter() const { return static_cast<uint32_t>(jitter_ >> 4); }  // RTP timestamp units.
  Timestamp last_arrival() const { return last_arrival_; }                 // Past() before the first packet.

 private:
  void Begin(int64_t sequence);
  std::optional<int64_t> Unwrap(SequenceNumber sequence);
  void UpdateJitter(Timestamp arrival, uint32_t rtp_timestamp);
  int64_t Expected() const { return highest_ - base_ + 1; }
  void UpdateFractionLost();

  uint32_t clock_rate_;
  bool started_ = false;
  bool restarted_ = false;
  int64_t base_ = 0;  // First sequence since the (re)start.
  int64_t highest_ = 0;
  int64_t received_ = 0;         // Since the (re)start, as are the next two.
  int64_t expected_before_ = 0;  // At the last report.
  int64_t received_before_ = 0;
  int64_t lost_before_restart_ = 0;
  std::optional<SequenceNumber> next_of_restart_;  // What would confirm a restart.
  uint64_t packets_ = 0;
  uint64_t bytes_ = 0;
  uint8_t fraction_lost_ = 0;
  Interval interval_;
  std::optional<uint32_t> last_transit_;
  int64_t jitter_ = 0;  // Times 16.
  Timestamp last_arrival_ = Timestamp::Past();
  uint32_t last_sender_report_ = 0;
  Timestamp last_sender_report_arrival_ = Timestamp::Past();
  RateCounter rate_;
};

}  // namespace sluice::rtp
