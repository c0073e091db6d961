#include "rtp/congestion/bandwidth_estimator.h"

#include <algorithm>

namespace sluice::rtp::congestion {
namespace {

constexpr TimeDelta kDeliveredWindow = TimeDelta::Millis(300);
constexpr TimeDelta kDeliveredLately = TimeDelta::Millis(100);
// Who sends less than this of the target is limited by what there is to send.
constexpr double kApplicationLimited = 0.7;
constexpr double kMuchMore = 1.2;  // Measured rates vary by less.
constexpr double kPacing = 1.2;
constexpr double kSuspiciousPacing = 0.2;
// Beyond the round trip, what may be in flight, as time at the target.
constexpr TimeDelta kWindowTime = TimeDelta::Millis(300);
constexpr DataSize kMinWindow = DataSize::Bytes(3'000);
constexpr TimeDelta kSilence = TimeDelta::Millis(500);
constexpr int kSilencePackets = 3;  // Fewer may have been lost by themselves.
constexpr TimeDelta kRoundTripWindow = TimeDelta::Seconds(10);
constexpr TimeDelta kMaxRoundTrip = TimeDelta::Seconds(2);
constexpr TimeDelta kEmptyQueue = TimeDelta::Millis(8);

}  // namespace

BandwidthEstimator::BandwidthEstimator(const Options& options)
    : options_(options), delay_based_(options.start), report_based_(options.start) {
  UpdateTarget();
}

void BandwidthEstimator::SetLimits(Timestamp now, DataRate min, DataRate max) {
  options_.min = min;
  options_.max = max;
  UpdateTarget();
  probes_.Request(now);
}

void BandwidthEstimator::SetNeeded(Timestamp now, DataRate rate) {
  rate = std::min(rate, kMaxRate);
  const bool more = rate > probes_.needed() * kMuchMore && rate > target_;
  probes_.SetNeeded(rate);
  if (more) probes_.Request(now);
}

void BandwidthEstimator::HandleSent(const SentPacket& packet) {
  sent_.Add(packet.sent, packet.size);
  sent_lately_.Add(packet.sent, packet.size);
  feedback_.HandleSent(packet);
  ++unheard_packets_;
  if (next_silence_.IsNever()) next_silence_ = packet.sent + kSilence + round_trip_;
}

void BandwidthEstimator::HandleSentUnnumbered(Timestamp now, size_t bytes) {
  sent_.Add(now, bytes);
  sent_lately_.Add(now, bytes);
  unnumbered_.Add(now, bytes);
}

void BandwidthEstimator::HandleAcked(const AckedPacket& packet) {
  delivered_.Add(packet.arrival, packet.size);
  loss_based_.HandlePacket(packet.sent, packet.size, false);
  if (packet.probe != 0) {
    probes_.HandleAcked(packet);
  } else {
    detector_.HandlePacket(packet.sent, packet.arrival);
    if (packet.kind != PacketKind::kAudio)
      surge_watch_.HandlePacket(packet.sent, packet.arrival, DataSize::Bytes(packet.size) / target_);
  }
  newest_acked_ = std::max(newest_acked_, packet.sent);
}

void BandwidthEstimator::HandleLost(const SentPacket& packet) {
  loss_based_.HandlePacket(packet.sent, packet.size, true);
  lost_ = true;
}

void BandwidthEstimator::HandleTransportFeedback(Timestamp now, const rtcp::TransportFeedback& feedback) {
  newest_acked_ = Timestamp::Past();
  lost_ = false;
  if (!transport_feedback_) return;
  std::optional<FeedbackAdapter::Result> result = feedback_.HandleFeedback(now, feedback, *this);
  if (!result || newest_acked_.IsPast()) return;
  unheard_packets_ = 0;
  if (before_silence_) ReturnFromSilence(now);
  next_silence_ = now + kSilence + round_trip_;
  if (result->clock_jumped) return ForgetPath();
  NoteRoundTrip(now);
  Update(now);
}

void BandwidthEstimator::Update(Timestamp now) {
  queue_ = detector_.Evaluate();
  const DataRate before = delay_based_.rate();
  delay_based_.Update({.now = now,
                       .queue = queue_,
                       .delivered = Delivered(now, kDeliveredWindow),
                       .delivered_lately = Delivered(now, kDeliveredLately),
                       .unheard = now - newest_acked_,
                       .loss = lost_,
                       .round_trip = round_trip_,
                       .sent = sent_.Rate(now),
                       .sent_lately = sent_lately_.Rate(now),
                       .application_limited = ApplicationLimited(now)});
  if (delay_based_.rate() < before) probes_.HandleDrop(now, before, delay_based_.rate());
  loss_based_.Update(now, delay_based_.rate());
  UpdateTarget();
  suspicious_ = surge_watch_.suspicious(queue_.noise);
  if (std::optional<DataRate> proven = probes_.HandleFeedback(now, ProbeState())) {
    delay_based_.Raise(now, *proven);
    UpdateTarget();
  }
}

void BandwidthEstimator::HandleReport(Timestamp now, uint8_t fraction_lost, TimeDelta round_trip) {
  if (transport_feedback_) return;
  report_based_.HandleReport(now, fraction_lost, round_trip, sent_.Rate(now));
  UpdateTarget();
}

void BandwidthEstimator::HandleRemb(Timestamp, DataRate rate) {
  report_based_.HandleRemb(rate);
  UpdateTarget();
}

// Nothing is heard: every half second half of the rate, until something is.
void BandwidthEstimator::HandleTimeout(Timestamp now) {
  if (now < next_silence_) return;
  next_silence_ = Timestamp::Never();
  if (unheard_packets_ < kSilencePackets) return;
  unheard_packets_ = 0;
  if (!before_silence_) before_silence_ = target_;
  feedback_.GiveUp();
  delay_based_.Set(std::max(target_ * 0.5, kMinRate));
  next_silence_ = now + kSilence;
  UpdateTarget();
}

void BandwidthEstimator::ReturnFromSilence(Timestamp now) {
  probes_.HandleReturn(now, *before_silence_);
  before_silence_.reset();
  feedback_.GiveUp();
  ForgetPath();
  loss_based_.Reset();
}

void BandwidthEstimator::ForgetPath() {
  detector_.Reset();
  surge_watch_.Reset();
  delivered_.Reset();
}

void BandwidthEstimator::NoteRoundTrip(Timestamp now) {
  const TimeDelta sample = std::clamp(now - newest_acked_, TimeDelta::Millis(1), kMaxRoundTrip);
  next_round_trip_ = std::min(next_round_trip_, sample);
  if (round_trip_since_.IsPast() || now - round_trip_since_ > kRoundTripWindow) {
    round_trip_ = next_round_trip_;
    next_round_trip_ = sample;
    round_trip_since_ = now;
  }
  round_trip_ = std::min(round_trip_, sample);
}

bool BandwidthEstimator::ApplicationLimited(Timestamp now) const {
  return sent_.Rate(now) < target_ * kApplicationLimited;
}

std::optional<DataRate> BandwidthEstimator::Delivered(Timestamp now, TimeDelta window) const {
  std::optional<DataRate> rate = delivered_.Over(window);
  if (rate) *rate = std::min(*rate, kMaxRate) + unnumbered_.Rate(now);
  return rate;
}

ProbeController::State BandwidthEstimator::ProbeState() const {
  const bool empty = queue_.delay <= kEmptyQueue + queue_.noise;
  const bool silent = before_silence_.has_value();
  return {.estimate = target_,
          .max = std::min(options_.max, report_based_.remb()),
          .calm = empty && !silent && !delay_based_.draining() && !limited_by_loss(),
          .round_trip = round_trip_};
}

std::optional<Probe> BandwidthEstimator::PollProbe(Timestamp now) {
  if (!transport_feedback_) return std::nullopt;
  return probes_.Poll(now, ProbeState());
}

void BandwidthEstimator::UpdateTarget() {
  DataRate rate = report_based_.rate();
  if (transport_feedback_) {
    rate = std::min({delay_based_.rate(), loss_based_.limit(), report_based_.remb()});
  }
  const DataRate max = std::min(options_.max, kMaxRate);
  target_ = std::clamp(rate, std::min(std::max(options_.min, kMinRate), max), max);
}

// Until the next feedback tells whether it is one, what may be a surge is not made worse.
DataRate BandwidthEstimator::pacing_rate() const {
  return target_ * (suspicious_ ? kSuspiciousPacing : kPacing);
}

DataSize BandwidthEstimator::window() const { return target_ * (round_trip_ + kWindowTime) + kMinWindow; }

}  // namespace sluice::rtp::congestion
