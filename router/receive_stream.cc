#include "router/receive_stream.h"

#include <algorithm>
#include <utility>

namespace sluice::router {
namespace {

bool StartsKeyFrame(const rtp::ReceivedPacket& packet) {
  return packet.frame.key_frame && packet.frame.frame_start;
}

}  // namespace

ReceiveStream::ReceiveStream(const Options& options)
    : options_(options),
      statistics_(options.clock_rate),
      rtx_statistics_(options.clock_rate),
      key_frames_(options.key_frame_request_delay) {}

void ReceiveStream::SetSsrc(Ssrc ssrc) {
  if (ssrc_ && *ssrc_ != ssrc) {
    if (statistics_.started()) sequence_base_ += (statistics_.highest_sequence() / kCycle + 2) * kCycle;
    statistics_ = rtp::ReceiveStatistics(options_.clock_rate);
    Restart();
    sender_report_.reset();
    (void)score_.Reset(rtp::StreamScore::kBest);
    last_packet_ = Timestamp::Past();
  }
  ssrc_ = ssrc;
}

ReceiveStream::Verdict ReceiveStream::HandleMedia(Timestamp now, SequenceNumber sequence_number, size_t bytes,
                                                  const rtp::FrameReader::Packet& content,
                                                  rtp::ReceivedPacket* packet) {
  std::optional<int64_t> sequence =
      statistics_.HandlePacket(packet->arrival, sequence_number, packet->timestamp, bytes);
  if (!sequence) return Verdict::kInvalid;
  if (statistics_.restarted()) Restart();
  last_packet_ = now;
  return Accept(now, *sequence, content, packet);
}

ReceiveStream::Verdict ReceiveStream::HandleRepaired(Timestamp now, SequenceNumber original,
                                                     const rtp::FrameReader::Packet& content,
                                                     rtp::ReceivedPacket* packet) {
  ++counters_.retransmitted;
  if (!statistics_.started()) return Verdict::kInvalid;
  int64_t highest = statistics_.highest_sequence();
  int64_t sequence = highest + (original - SequenceNumber(static_cast<uint16_t>(highest)));
  if (sequence > highest + rtp::ReceiveStatistics::kMaxDropout) return Verdict::kInvalid;
  const Verdict verdict = Accept(now, sequence, content, packet);
  ++(verdict == Verdict::kNew ? counters_.repaired : counters_.rtx_duplicates);
  return verdict;
}

ReceiveStream::Verdict ReceiveStream::Accept(Timestamp now, int64_t sequence,
                                             const rtp::FrameReader::Packet& content,
                                             rtp::ReceivedPacket* packet) {
  if (nack_.IsDuplicate(sequence)) {
    ++counters_.duplicates;
    return Verdict::kDuplicate;
  }
  packet->frame = frames_.Read(content);
  layer_rates_.Add(now, packet->frame.layers, size_t{packet->payload_offset} + packet->payload_size);
  nack_.HandlePacket(now, sequence, StartsKeyFrame(*packet));
  packet->sequence = sequence_base_ + sequence;
  return Verdict::kNew;
}

// What was known by sequence number, picture id or frame number is no longer true.
void ReceiveStream::Restart() {
  nack_.Reset();
  frames_ = rtp::FrameReader();
}

void ReceiveStream::HandleSenderReport(const SenderReportInfo& report) {
  sender_report_ = report;
  statistics_.HandleSenderReport(report.arrival, report.ntp);
}

void ReceiveStream::set_rtx_ssrc(Ssrc ssrc) {
  if (rtx_ssrc_ && *rtx_ssrc_ != ssrc) rtx_statistics_ = rtp::ReceiveStatistics(options_.clock_rate);
  rtx_ssrc_ = ssrc;
}

void ReceiveStream::HandleRtx(Timestamp arrival, SequenceNumber sequence_number, uint32_t rtp_timestamp,
                              size_t bytes) {
  (void)rtx_statistics_.HandlePacket(arrival, sequence_number, rtp_timestamp, bytes);
}

void ReceiveStream::HandleBye() {
  nack_.ForgetMissing();
  key_frames_.Cancel();
  last_packet_ = Timestamp::Past();
}

bool ReceiveStream::UpdateScore(Timestamp now, bool dies) {
  const uint8_t before = score_.value();
  rtp::StreamScore::Interval interval{
      .expected = statistics_.reported_interval().expected,
      .lost = statistics_.reported_interval().lost,
      .repaired = counters_.repaired - std::exchange(repaired_before_, counters_.repaired),
      .retransmitted =
          counters_.retransmitted - std::exchange(retransmitted_before_, counters_.retransmitted)};
  if (dies && !active(now)) {
    dead_ = true;
    (void)score_.Reset(0);
  } else {
    if (std::exchange(dead_, false)) (void)score_.Reset(rtp::StreamScore::kBest);
    (void)score_.Add(interval);
  }
  return score_.value() != before;
}

rtp::rtcp::ReportBlock ReceiveStream::MakeReportBlock(Timestamp now) {
  return statistics_.MakeReportBlock(now, *ssrc_);
}

std::optional<rtp::rtcp::ReportBlock> ReceiveStream::MakeRtxReportBlock(Timestamp now) {
  if (!rtx_statistics_.started()) return std::nullopt;
  return rtx_statistics_.MakeReportBlock(now, *rtx_ssrc_);
}

Timestamp ReceiveStream::NextTimeout() const {
  Timestamp next = key_frames_.NextTimeout();
  return options_.nack ? std::min(next, nack_.NextTimeout()) : next;
}

}  // namespace sluice::router
