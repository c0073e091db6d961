#include "rtp/congestion/feedback_adapter.h"

#include <algorithm>

namespace sluice::rtp::congestion {
namespace {

constexpr TimeDelta kUnit = rtcp::TransportFeedback::kReferenceUnit;

// From `last` to a reference time of 24 bits, the shorter way round.
int64_t UnitsSince(int64_t last, int64_t wire) {
  return static_cast<int32_t>(static_cast<uint32_t>(wire - last) << 8) >> 8;
}

}  // namespace

bool FeedbackAdapter::IsFlood(Timestamp now) {
  constexpr TimeDelta kCost = TimeDelta::Seconds(1) / kMaxPerSecond;
  allowance_from_ = std::max(allowance_from_, now - TimeDelta::Seconds(1));
  if (allowance_from_ + kCost > now) return true;
  allowance_from_ += kCost;
  return false;
}

std::optional<int64_t> FeedbackAdapter::Unwrap(const rtcp::TransportFeedback& feedback) const {
  const int64_t last = history_.next_sequence() - 1;
  const int64_t base = last - static_cast<uint16_t>(static_cast<uint16_t>(last) - feedback.base_sequence());
  bool sane = base + feedback.packet_count() - 1 <= last && feedback.packet_count() <= kMaxPacketCount;
  return sane ? std::optional<int64_t>(base) : std::nullopt;
}

FeedbackAdapter::Times FeedbackAdapter::Advance(Timestamp now, const rtcp::TransportFeedback& feedback) {
  ++counters_.feedbacks;
  const int64_t wire = feedback.reference_time().us() / kUnit.us();
  const int64_t units = UnitsSince(last_reference_, wire);
  Times times{.reference = Timestamp() + kUnit * (last_reference_ + units)};
  if (last_number_) {
    const TimeDelta ours = now - last_time_;
    times.jumped = kUnit * units - ours > kMaxClockJump || ours - kUnit * units > kMaxClockJump;
    auto step = static_cast<int8_t>(feedback.feedback_number() - *last_number_);
    if (step > 1) counters_.lost_feedbacks += step - 1;
    if (step <= 0 && !times.jumped) return times;  // Overtaken by a later one: that one stays the measure.
  }
  if (times.jumped) ++counters_.clock_jumps;
  last_number_ = feedback.feedback_number();
  last_reference_ += units;
  last_time_ = now;
  return times;
}

}  // namespace sluice::rtp::congestion
