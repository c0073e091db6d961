// How fast one transport may send, from what its receiver reports: the congestion controller's heart.
//
//   sending: the packet carries next_sequence(); then HandleSent({now, size, kind, probe})
//   RTCP:    HandleTransportFeedback(now, feedback), HandleReport(…), HandleRemb(…)
//   timer:   HandleTimeout(now) at NextTimeout()
//   then:    target(), pacing_rate(), window(); PollProbe(now)
//
// The target is the least of what the queueing delay (DelayBasedRate) and the losses (LossBasedRate) allow
// and of the limits that were set; probes (ProbeController) find out whether more would go. Without
// transport-wide feedback, receiver reports and REMB take the place of all that (ReportBasedRate).
//
// Whatever a peer reports, the target stays within the limits and within a small factor of what was really
// sent. Memory is bounded (SentPacketHistory is most of it), and nothing is allocated per packet.
#pragma once

#include <cstdint>
#include <optional>

#include "rtp/congestion/delay_based_rate.h"
#include "rtp/congestion/delivery_rate.h"
#include "rtp/congestion/feedback_adapter.h"
#include "rtp/congestion/loss_based_rate.h"
#include "rtp/congestion/probe_controller.h"
#include "rtp/congestion/queue_detector.h"
#include "rtp/congestion/report_based_rate.h"
#include "rtp/congestion/short_rate.h"
#include "rtp/congestion/surge_watch.h"
#include "rtp/rate_counter.h"
#include "rtp/rtcp/transport_feedback.h"
#include "rtp/units.h"

namespace sluice::rtp::congestion {

class BandwidthEstimator {
 public:
  static constexpr DataRate kMinRate = DataRate::KilobitsPerSec(30);
  static constexpr DataRate kMaxRate = DataRate::KilobitsPerSec(10'000'000);

  struct Options {
    DataRate start = DataRate::KilobitsPerSec(600);
    DataRate min = DataRate::Zero();  // Below kMinRate it goes only while nothing is heard.
    DataRate max = DataRate::Infinite();
  };

  explicit BandwidthEstimator(const Options& options);

  void SetLimits(Timestamp now, DataRate min, DataRate max);
  // Whether the receiver was asked for transport-wide feedback.
  void SetTransportFeedback(bool expected) { transport_feedback_ = expected; }
  // What could be used: all that would be sent if there was room. It is probed for, and for no more.
  void SetNeeded(Timestamp now, DataRate rate);

  uint16_t next_sequence() const { return feedback_.next_sequence(); }
  // A packet left under next_sequence().
  void HandleSent(const SentPacket& packet);
  // Something left that the feedback will not speak of: data channels, packets without the number.
  void HandleSentUnnumbered(Timestamp now, size_t bytes);

  void HandleTransportFeedback(Timestamp now, const rtcp::TransportFeedback& feedback);
  // A report block; the loss in 1/256.
  void HandleReport(Timestamp now, uint8_t fraction_lost, TimeDelta round_trip);
  void HandleRemb(Timestamp now, DataRate rate);
  void HandleTimeout(Timestamp now);
  Timestamp NextTimeout() const { return next_silence_; }

  // A probe to be sent now. Ask after feedback, and when more is needed.
  std::optional<Probe> PollProbe(Timestamp now);

  // What may be sent of everything.
  DataRate target() const { return target_; }
  // How fast packets may leave the pacer, and how many octets may be in flight.
  DataRate pacing_rate() const;
  DataSize window() const;
  DataSize in_flight() const { return feedback_.in_flight(); }

  // For statistics and traces.
  const Options& options() const { return options_; }
  DataRate needed() const { return probes_.needed(); }
  const QueueState& queue() const { return queue_; }
  TimeDelta round_trip() const { return round_trip_; }
  double loss() const { return loss_based_.loss(); }
  double inherent_loss() const { return loss_based_.inherent_loss(); }
  bool draining() const { return delay_based_.draining(); }
  bool competing() const { return delay_based_.competing(); }
  bool limited_by_loss() const { return loss_based_.limit() < delay_based_.rate(); }
  std::optional<DataRate> capacity() const { return delay_based_.capacity(); }
  const FeedbackCounters& counters() const { return feedback_.counters(); }

 private:
  friend class FeedbackAdapter;
  void HandleAcked(const AckedPacket& packet);
  void HandleLost(const SentPacket& packet);

  bool ApplicationLimited(Timestamp now) const;
  std::optional<DataRate> Delivered(Timestamp now, TimeDelta window) const;
  ProbeController::State ProbeState() const;
  void Update(Timestamp now);
  void UpdateTarget();
  void NoteRoundTrip(Timestamp now);
  void ForgetPath();
  void ReturnFromSilence(Timestamp now);

  Options options_;
  bool transport_feedback_ = true;
  DataRate target_;

  FeedbackAdapter feedback_;
  DeliveryRate delivered_;
  QueueDetector detector_;
  QueueState queue_;
  SurgeWatch surge_watch_;
  bool suspicious_ = false;
  DelayBasedRate delay_based_;
  LossBasedRate loss_based_;
  ReportBasedRate report_based_;
  ProbeController probes_;
  RateCounter sent_;
  ShortRate sent_lately_;
  RateCounter unnumbered_;

  // Of the feedback being handled.
  Timestamp newest_acked_ = Timestamp::Past();  // When it was sent.
  bool lost_ = false;

  TimeDelta round_trip_ = TimeDelta::Millis(200);  // The least of the last ten to twenty seconds.
  TimeDelta next_round_trip_ = TimeDelta::Infinite();
  Timestamp round_trip_since_ = Timestamp::Past();

  int unheard_packets_ = 0;  // Sent since the last feedback, or since it was last missed.
  Timestamp next_silence_ = Timestamp::Never();
  std::optional<DataRate> before_silence_;
};

}  // namespace sluice::rtp::congestion
