#include "rtp/transport_feedback_sender.h"

#include <algorithm>
#include <bit>
#include <utility>

#include "rtp/rtcp/transport_feedback_builder.h"

namespace sluice::rtp {
namespace {

// What a datagram takes beside its RTCP: IPv4, UDP, the SRTCP index and tag.
constexpr size_t kOverhead = 20 + 8 + 14;

}  // namespace

void TransportFeedbackSender::HandlePacket(Timestamp arrival, uint16_t transport_sequence, size_t bytes) {
  received_.Add(arrival, bytes);
  std::optional<int64_t> sequence = Unwrap(transport_sequence);
  if (!sequence) return;
  if (*sequence >= end_) {
    Extend(*sequence);
  } else if (*sequence < kept_) {
    kept_ = *sequence;  // Earlier than the first ever; its slot is free, as is all between.
  } else if (!Slot(*sequence).IsNever()) {
    return;  // A duplicate: the first arrival counts.
  }
  Slot(*sequence) = arrival;
  begin_ = std::min(begin_, *sequence);
  if (next_timeout_.IsNever()) next_timeout_ = std::max(arrival, last_feedback_ + interval_);
}

// nullopt: too old to report. Two of those in a row, one following the other, restart the count.
std::optional<int64_t> TransportFeedbackSender::Unwrap(uint16_t transport_sequence) {
  int64_t sequence = unwrapper_.Peek(transport_sequence);
  if (!started_) {
    started_ = true;
    Restart(sequence);
  } else if (end_ - sequence > kMaxReordering) {
    if (next_of_restart_ != transport_sequence) {
      next_of_restart_ = static_cast<uint16_t>(transport_sequence + 1);
      return std::nullopt;
    }
    unwrapper_.Reset();
    sequence = unwrapper_.Peek(transport_sequence);
    Restart(sequence);
  }
  next_of_restart_.reset();
  return unwrapper_.Unwrap(transport_sequence);
}

void TransportFeedbackSender::Restart(int64_t sequence) {
  if (arrivals_.empty()) arrivals_.resize(kMinPackets);
  std::fill(arrivals_.begin(), arrivals_.end(), Timestamp::Never());
  begin_ = kept_ = end_ = sequence;
  next_timeout_ = Timestamp::Never();
}

// Makes `sequence` the newest: what no longer fits the ring is forgotten, reported or not.
void TransportFeedbackSender::Extend(int64_t sequence) {
  if (sequence - begin_ >= static_cast<int64_t>(kMaxPackets)) {
    Restart(sequence);
  }
  GrowFor(sequence + 1 - begin_);
  int64_t first_that_fits = sequence + 1 - static_cast<int64_t>(arrivals_.size());
  kept_ = std::max(kept_, first_that_fits);
  for (; end_ <= sequence; ++end_) Slot(end_) = Timestamp::Never();
}

void TransportFeedbackSender::GrowFor(int64_t span) {
  if (span <= static_cast<int64_t>(arrivals_.size())) return;
  std::vector<Timestamp> smaller(std::bit_ceil(static_cast<size_t>(span)), Timestamp::Never());
  std::swap(smaller, arrivals_);
  for (int64_t s = kept_; s < end_; ++s) Slot(s) = smaller[static_cast<size_t>(s) & (smaller.size() - 1)];
}

std::optional<int64_t> TransportFeedbackSender::NextReceived(int64_t sequence) {
  for (; sequence < end_; ++sequence) {
    if (!Slot(sequence).IsNever()) return sequence;
  }
  return std::nullopt;
}

bool TransportFeedbackSender::BuildFeedback(Timestamp now, Ssrc media_ssrc, Ssrc sender_ssrc,
                                            rtcp::CompoundWriter& writer) {
  std::optional<int64_t> next = NextReceived(begin_);
  if (!next) {
    next_timeout_ = Timestamp::Never();
    return false;
  }
  const size_t size_before = writer.size();
  rtcp::TransportFeedbackBuilder builder(writer.PayloadRoom(), begin_, Slot(*next));
  while (next && builder.AddReceived(*next, Slot(*next))) next = NextReceived(*next + 1);
  if (!builder.Write(writer, sender_ssrc, media_ssrc, feedback_count_)) return false;
  ++feedback_count_;
  begin_ = builder.next_sequence();
  written_ += writer.size() - size_before + kOverhead;
  if (!next) Finish(now);
  return true;
}

void TransportFeedbackSender::Finish(Timestamp now) {
  const DataSize size = DataSize::Bytes(static_cast<int64_t>(written_));
  interval_ = std::clamp(size / (received_.Rate(now) * kShare), kMinInterval, kMaxInterval);
  written_ = 0;
  last_feedback_ = now;
  next_timeout_ = Timestamp::Never();
}

}  // namespace sluice::rtp
