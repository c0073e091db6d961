#include "router/receive_stream.h"

#include <algorithm>

namespace sluice::router {
namespace {

bool StartsKeyFrame(const rtp::ReceivedPacket& packet) {
  return packet.frame.key_frame && packet.frame.frame_start;
}

}  // namespace

ReceiveStream::ReceiveStream(const Options& options)
    : options_(options), statistics_(options.clock_rate), key_frames_(options.key_frame_request_delay) {}

void ReceiveStream::SetSsrc(Ssrc ssrc) {
  if (ssrc_ && *ssrc_ != ssrc) {
    if (statistics_.started()) sequence_base_ += (statistics_.highest_sequence() / kCycle + 2) * kCycle;
    statistics_ = rtp::ReceiveStatistics(options_.clock_rate);
    Restart();
    sender_report_.reset();
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
  counters_.repaired += verdict == Verdict::kNew ? 1 : 0;
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

rtp::rtcp::ReportBlock ReceiveStream::MakeReportBlock(Timestamp now) {
  return statistics_.MakeReportBlock(now, *ssrc_);
}

Timestamp ReceiveStream::NextTimeout() const {
  Timestamp next = key_frames_.NextTimeout();
  return options_.nack ? std::min(next, nack_.NextTimeout()) : next;
}

}  // namespace sluice::router
