// Consumer: RTCP from the subscriber.
#include <algorithm>

#include "router/consumer.h"
#include "rtp/ntp_time.h"

namespace sluice::router {
namespace {

// A resent packet is not sent again before it can have arrived (RFC 4588 leaves it to the sender).
constexpr TimeDelta kDefaultRoundTripTime = TimeDelta::Millis(100);
// The subscriber has a hand in the round-trip time that we measure.
constexpr TimeDelta kMinRepairInterval = TimeDelta::Millis(10);

}  // namespace

void Consumer::HandleNack(Timestamp now, SequenceNumber lost) {
  ++statistics_.nacked_packets;
  if (!repairs_.MayRepair(now, lost, RepairInterval())) return;

  std::optional<OutgoingStream::Sent> sent = stream_.Find(lost);
  const Slab* packet = sent ? fan_out_->Find(now, sent->stretch->encoding, sent->sequence()) : nullptr;
  if (!packet) {
    ++statistics_.unrepairable_packets;
    return;
  }
  OutgoingPacket outgoing = Rewrite(*packet, lost, *sent->stretch);
  if (config_.rtx_ssrc && config_.rtx_payload_type) {
    outgoing.original = lost;
    outgoing.header.ssrc = *config_.rtx_ssrc;
    outgoing.header.payload_type = *config_.rtx_payload_type;
    outgoing.header.sequence_number = next_rtx_sequence_number_;
    next_rtx_sequence_number_ = next_rtx_sequence_number_ + 1;
  }
  size_t size = Send(now, *packet, *sent->stretch, &outgoing);
  if (size == 0) return;
  if (repairs_.Note(now, lost) == 1) ++statistics_.repaired_packets;
  ++statistics_.retransmitted_packets;
  statistics_.retransmitted_bytes += static_cast<int64_t>(size);
}

TimeDelta Consumer::RepairInterval() const {
  if (statistics_.round_trip_time == TimeDelta::Zero()) return kDefaultRoundTripTime;
  return std::max(statistics_.round_trip_time, kMinRepairInterval);
}

void Consumer::HandlePli(Timestamp now) {
  ++statistics_.pli;
  RequestKeyFrame(now);
}

void Consumer::HandleFir(Timestamp now) {
  ++statistics_.fir;
  RequestKeyFrame(now);
}

bool Consumer::HandleReportBlock(Timestamp now, const rtp::rtcp::ReportBlock& block) {
  statistics_.packets_lost = block.cumulative_lost;
  statistics_.fraction_lost = block.fraction_lost;
  statistics_.jitter = block.jitter;
  for (const SentReport& report : sent_reports_) {
    if (report.sent.IsPast() || block.last_sender_report == 0 ||
        report.compact_ntp != block.last_sender_report)
      continue;
    TimeDelta round_trip = now - report.sent - rtp::CompactNtpDelta(block.delay_since_last_report);
    // A peer can claim any delay; a negative result is its rounding, a huge one its invention.
    statistics_.round_trip_time = std::clamp(round_trip, TimeDelta::Micros(1), TimeDelta::Seconds(10));
  }
  return UpdateScore();
}

bool Consumer::UpdateScore() {
  bool changed =
      score_.Add({.expected = statistics_.packets - scored_.packets,
                  .lost = statistics_.packets_lost - scored_.packets_lost,
                  .repaired = statistics_.repaired_packets - scored_.repaired_packets,
                  .retransmitted = statistics_.retransmitted_packets - scored_.retransmitted_packets});
  scored_ = statistics_;
  return changed;
}

}  // namespace sluice::router
