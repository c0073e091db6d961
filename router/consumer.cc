#include "router/consumer.h"

#include <algorithm>

#include "rtp/ntp_time.h"
#include "rtp/receive_statistics.h"

namespace sluice::router {
namespace {

// A resent packet is not sent again before it can have arrived (RFC 4588 leaves it to the sender).
constexpr TimeDelta kDefaultRoundTripTime = TimeDelta::Millis(100);
// The subscriber has a hand in the round-trip time that we measure.
constexpr TimeDelta kMinRepairInterval = TimeDelta::Millis(10);
// Opus in DTX sends packets of a table of contents byte and at most one more (RFC 6716 §3.1).
constexpr size_t kMaxDtxPayload = 2;

// Seconds of 32.32 fixed point to RTP units, signed.
int64_t NtpToRtpUnits(int64_t ntp, uint32_t clock_rate) {
  const int64_t seconds = ntp >> 32;
  const int64_t fraction = ntp & 0xffff'ffff;
  // Unsigned, so that an absurd clock from a peer wraps instead of overflowing.
  return static_cast<int64_t>(static_cast<uint64_t>(seconds) * clock_rate +
                              (static_cast<uint64_t>(fraction) * clock_rate >> 32));
}

// A packet that is sent again under its own sequence number must be the same to the last octet, or its SRTP
// nonce would be used for two messages (RFC 7714 §8.1): then nothing in it may depend on when it is sent.
rtp::ExtensionMap ExtensionsFor(const ConsumerConfig& config) {
  rtp::ExtensionMap extensions = config.extensions;
  if (config.nack && !config.rtx_ssrc) {
    extensions.Register(rtp::ExtensionKind::kTransportSequenceNumber, 0);
    extensions.Register(rtp::ExtensionKind::kAbsSendTime, 0);
  }
  return extensions;
}

int64_t TimeToRtpUnits(TimeDelta time, uint32_t clock_rate) { return time.us() * clock_rate / 1'000'000; }

}  // namespace

Consumer::Consumer(const ConsumerConfig& config, FanOut* fan_out, RtpSender* sender)
    : config_(config),
      fan_out_(fan_out),
      sender_(sender),
      extensions_(ExtensionsFor(config)),
      paused_(config.paused),
      target_(config.pipe_encoding.value_or(config.preferred_encoding)),
      rewriter_(config.first_sequence_number),
      next_rtx_sequence_number_(config.first_rtx_sequence_number) {}

bool Consumer::NeedsKeyFrame() const {
  return config_.kind == MediaKind::kVideo && rtp::HasKeyFrames(config_.codec);
}

std::optional<uint8_t> Consumer::current_encoding() const {
  if (epoch_ == 0) return std::nullopt;
  return epoch().encoding;
}

// The preferred encoding, else the best below it that is alive, else the best above.
uint8_t Consumer::TargetEncoding(Timestamp now) const {
  uint8_t preferred = config_.preferred_encoding;
  for (int i = preferred; i >= 0; --i) {
    if (fan_out_->active(now, static_cast<uint8_t>(i))) return static_cast<uint8_t>(i);
  }
  for (int i = preferred + 1; i < config_.encodings; ++i) {
    if (fan_out_->active(now, static_cast<uint8_t>(i))) return static_cast<uint8_t>(i);
  }
  return preferred;
}

void Consumer::AimAt(Timestamp now, uint8_t encoding) {
  if (encoding == target_) return;
  target_ = encoding;
  if (current_encoding() != target_ || syncing_) fan_out_->RequestKeyFrame(now, target_);
}

void Consumer::HandlePacket(Timestamp now, const Slab& packet) {
  const rtp::ReceivedPacket& info = packet.packet();
  if (paused_ || !sender_->writable()) return;
  if (chooses()) AimAt(now, TargetEncoding(now));
  if (IsBreak(info)) {
    syncing_ = true;
    if (!info.frame.key_frame) RequestKeyFrame(now);
  }

  bool switching = syncing_ || current_encoding() != target_;
  bool acceptable = IsAcceptable(info);
  if (switching && info.encoding == target_ && acceptable && (!NeedsKeyFrame() || info.frame.key_frame)) {
    StartEpoch(packet);
  } else if (syncing_ || info.encoding != current_encoding()) {
    return;
  }
  highest_sequence_ = std::max(highest_sequence_, info.sequence);
  if (!acceptable || IsDroppedDtx(info)) {
    rewriter_.Drop(Key(info.sequence));
    return;
  }
  Forward(now, packet);
}

// The publisher began anew, under another SSRC perhaps.
bool Consumer::IsBreak(const rtp::ReceivedPacket& packet) const {
  return !syncing_ && packet.encoding == current_encoding() &&
         packet.sequence - highest_sequence_ > rtp::ReceiveStatistics::kMaxDropout;
}

bool Consumer::IsAcceptable(const rtp::ReceivedPacket& packet) const {
  return packet.payload_size > 0 && config_.payload_types.Find(packet.payload_type);
}

bool Consumer::IsDroppedDtx(const rtp::ReceivedPacket& packet) const {
  return config_.ignore_dtx && config_.codec == rtp::Codec::kOpus && packet.payload_size <= kMaxDtxPayload;
}

void Consumer::StartEpoch(const Slab& packet) {
  const rtp::ReceivedPacket& info = packet.packet();
  Epoch next{.encoding = info.encoding,
             .source = info.ssrc,
             .timestamp_offset = AlignTimestamp(info) - info.timestamp};
  ++epoch_;
  epochs_[epoch_ % kEpochs] = next;
  highest_sequence_ = info.sequence;
  syncing_ = false;
  // Later epochs follow without a gap because their keys are far above: a restart, to the rewriter.
  if (epoch_ == 1) rewriter_.Resync(Key(info.sequence));
}

// The timestamp that the first packet of an epoch gets.
uint32_t Consumer::AlignTimestamp(const rtp::ReceivedPacket& packet) const {
  if (epoch_ == 0) return packet.timestamp;
  const Epoch& previous = epoch();
  if (previous.source == packet.ssrc) return packet.timestamp + previous.timestamp_offset;

  uint32_t aligned;
  const SenderReportInfo* from = ReportOf(previous.encoding, previous.source);
  const SenderReportInfo* to = ReportOf(packet.encoding, packet.ssrc);
  if (from && to) {
    // Through the publisher's clock: this packet's capture time on the previous encoding's timeline.
    int64_t since_report = static_cast<int32_t>(packet.timestamp - to->rtp_timestamp);
    int64_t between_reports = NtpToRtpUnits(static_cast<int64_t>(to->ntp - from->ntp), config_.clock_rate);
    aligned = from->rtp_timestamp + static_cast<uint32_t>(between_reports + since_report) +
              previous.timestamp_offset;
  } else {
    aligned = last_timestamp_ +
              static_cast<uint32_t>(TimeToRtpUnits(packet.arrival - last_arrival_, config_.clock_rate));
  }
  // Never back in time, and never so far ahead that a receiver would wait for what is between.
  int32_t step = static_cast<int32_t>(aligned - last_timestamp_);
  bool plausible = step > 0 && step < static_cast<int64_t>(config_.clock_rate) * 10;
  return plausible ? aligned : last_timestamp_ + config_.clock_rate / 30;
}

const SenderReportInfo* Consumer::ReportOf(uint8_t encoding, Ssrc source) const {
  const std::optional<SenderReportInfo>& report = fan_out_->sender_report(encoding);
  return report && report->source == source ? &*report : nullptr;
}

OutgoingPacket Consumer::Rewrite(const Slab& packet, SequenceNumber sequence_number,
                                 uint32_t timestamp_offset) const {
  const rtp::ReceivedPacket& info = packet.packet();
  return {
      .source = &packet,
      .extensions = &extensions_,
      .header = {.ssrc = config_.ssrc,
                 .sequence_number = sequence_number,
                 .timestamp = info.timestamp + timestamp_offset,
                 .payload_type = config_.payload_types.Find(info.payload_type).value_or(info.payload_type),
                 .marker = info.marker},
      .mid = config_.mid,
      .original = std::nullopt,
      .kind = config_.kind,
      .consumer = config_.handle,
      .traces = traces_};
}

void Consumer::Forward(Timestamp now, const Slab& packet) {
  const rtp::ReceivedPacket& info = packet.packet();
  std::optional<SequenceNumber> sequence_number = rewriter_.Forward(Key(info.sequence));
  if (!sequence_number) return;
  OutgoingPacket outgoing = Rewrite(packet, *sequence_number, epoch().timestamp_offset);
  size_t size = sender_->Send(now, outgoing);
  if (size == 0) return;
  if (last_sent_.IsPast() || static_cast<int32_t>(outgoing.header.timestamp - last_timestamp_) > 0) {
    last_timestamp_ = outgoing.header.timestamp;
    last_arrival_ = info.arrival;
  }
  last_sent_ = now;
  ++statistics_.packets;
  statistics_.bytes += static_cast<int64_t>(size);
  payload_octets_ += info.payload_size;
  rate_.Add(now, size);
}

void Consumer::HandleWritable(Timestamp now) { RequestKeyFrame(now); }

void Consumer::Pause() {
  paused_ = true;
  syncing_ = true;
}

void Consumer::Resume(Timestamp now) {
  if (!paused_) return;
  paused_ = false;
  RequestKeyFrame(now);
}

void Consumer::SetPreferredEncoding(Timestamp now, uint8_t encoding) {
  if (!chooses()) return;
  config_.preferred_encoding = std::min<uint8_t>(encoding, config_.encodings - 1);
  AimAt(now, TargetEncoding(now));
}

void Consumer::RequestKeyFrame(Timestamp now) {
  if (paused_ || !sender_->writable() || config_.kind != MediaKind::kVideo) return;
  if (chooses()) target_ = TargetEncoding(now);
  fan_out_->RequestKeyFrame(now, target_);
}

void Consumer::HandleNack(Timestamp now, SequenceNumber lost) {
  ++statistics_.nacked_packets;
  if (!repairs_.MayRepair(now, lost, RepairInterval())) return;

  std::optional<int64_t> key = rewriter_.Original(lost);
  if (!key || epoch_ - (*key >> 40) >= kEpochs) {
    ++statistics_.unrepairable_packets;
    return;
  }
  const Epoch& sent_in = epochs_[(*key >> 40) % kEpochs];
  int64_t sequence = (*key & ((int64_t{1} << 40) - 1)) - (int64_t{1} << 20);
  const Slab* packet = fan_out_->Find(now, sent_in.encoding, sequence);
  if (!packet || !IsAcceptable(packet->packet())) {
    ++statistics_.unrepairable_packets;
    return;
  }
  OutgoingPacket outgoing = Rewrite(*packet, lost, sent_in.timestamp_offset);
  if (config_.rtx_ssrc && config_.rtx_payload_type) {
    outgoing.original = lost;
    outgoing.header.ssrc = *config_.rtx_ssrc;
    outgoing.header.payload_type = *config_.rtx_payload_type;
    outgoing.header.sequence_number = next_rtx_sequence_number_;
    next_rtx_sequence_number_ = next_rtx_sequence_number_ + 1;
  }
  size_t size = sender_->Send(now, outgoing);
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

std::optional<rtp::rtcp::SenderInfo> Consumer::MakeSenderInfo(Timestamp now, uint64_t ntp_now) {
  if (last_sent_.IsPast() || paused_) return std::nullopt;
  rtp::rtcp::SenderInfo info;
  // The publisher's own mapping, moved to now, keeps its audio and video exactly together.
  if (const SenderReportInfo* report = ReportOf(epoch().encoding, epoch().source)) {
    TimeDelta age = now - report->arrival;
    info.ntp_time = report->ntp + (static_cast<uint64_t>(rtp::ToCompactNtp(age)) << 16);
    info.rtp_timestamp = report->rtp_timestamp + epoch().timestamp_offset +
                         static_cast<uint32_t>(TimeToRtpUnits(age, config_.clock_rate));
  } else {
    info.ntp_time = ntp_now;
    info.rtp_timestamp =
        last_timestamp_ + static_cast<uint32_t>(TimeToRtpUnits(now - last_arrival_, config_.clock_rate));
  }
  info.packet_count = static_cast<uint32_t>(statistics_.packets);
  info.octet_count = payload_octets_;
  sent_reports_[next_report_++ % sent_reports_.size()] = {rtp::rtcp::CompactNtp(info.ntp_time), now};
  return info;
}

}  // namespace sluice::router
