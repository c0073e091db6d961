#include "rtp/receive_statistics.h"

#include <algorithm>
#include <cstdlib>

namespace sluice::rtp {
namespace {

constexpr int64_t kCycle = 1 << 16;
// A jump of the media clock by more than this is not jitter.
constexpr int64_t kMaxTransitJumpSeconds = 5;
constexpr int64_t kReportUnitsPerSecond = 65'536;

uint32_t ReportUnits(TimeDelta delay) {
  int64_t us = std::clamp<int64_t>(delay.us(), 0, TimeDelta::Seconds(0xffff).us());
  return static_cast<uint32_t>(us * kReportUnitsPerSecond / 1'000'000);
}

}  // namespace

std::optional<int64_t> ReceiveStatistics::HandlePacket(Timestamp arrival, SequenceNumber sequence,
                                                       uint32_t rtp_timestamp, size_t bytes) {
  restarted_ = false;
  int64_t highest_before = started_ ? highest_ : -1;
  std::optional<int64_t> unwrapped = Unwrap(sequence);
  if (!unwrapped) return std::nullopt;
  ++received_;
  ++packets_;
  bytes_ += bytes;
  last_arrival_ = arrival;
  rate_.Add(arrival, bytes);
  // What comes late, perhaps retransmitted, says nothing of the path's jitter.
  if (*unwrapped > highest_before) UpdateJitter(arrival, rtp_timestamp);
  return unwrapped;
}

std::optional<int64_t> ReceiveStatistics::Unwrap(SequenceNumber sequence) {
  if (!started_) {
    started_ = true;
    Begin(sequence.value());
    return highest_;
  }
  int distance = sequence - SequenceNumber(static_cast<uint16_t>(highest_));
  if (distance >= -kMaxMisorder && distance < kMaxDropout) {
    next_of_restart_.reset();
    int64_t unwrapped = highest_ + distance;
    highest_ = std::max(highest_, unwrapped);
    return unwrapped;
  }
  if (next_of_restart_ != sequence) {
    next_of_restart_ = sequence + 1;
    return std::nullopt;
  }
  restarted_ = true;
  lost_before_restart_ = cumulative_lost();
  Begin((highest_ / kCycle + 1) * kCycle + sequence.value());
  return highest_;
}

void ReceiveStatistics::Begin(int64_t sequence) {
  base_ = sequence;
  highest_ = sequence;
  received_ = 0;
  expected_before_ = 0;
  received_before_ = 0;
  next_of_restart_.reset();
  last_transit_.reset();
}

// RFC 3550 A.8, in 1/16 of a timestamp unit.
void ReceiveStatistics::UpdateJitter(Timestamp arrival, uint32_t rtp_timestamp) {
  int64_t seconds = arrival.us() / 1'000'000;
  int64_t rest = arrival.us() % 1'000'000;
  int64_t arrival_units = seconds * clock_rate_ + rest * clock_rate_ / 1'000'000;
  uint32_t transit = static_cast<uint32_t>(arrival_units) - rtp_timestamp;
  if (last_transit_) {
    int64_t change = std::abs(int64_t{static_cast<int32_t>(transit - *last_transit_)});
    if (change <= kMaxTransitJumpSeconds * clock_rate_) {
      jitter_ += change - ((jitter_ + 8) >> 4);
    }
  }
  last_transit_ = transit;
}

int64_t ReceiveStatistics::cumulative_lost() const {
  return started_ ? lost_before_restart_ + Expected() - received_ : 0;
}

void ReceiveStatistics::HandleSenderReport(Timestamp arrival, uint64_t ntp_time) {
  last_sender_report_ = static_cast<uint32_t>(ntp_time >> 16);
  last_sender_report_arrival_ = arrival;
}

// RFC 3550 A.3.
void ReceiveStatistics::UpdateFractionLost() {
  int64_t expected = std::max<int64_t>(Expected() - expected_before_, 0);
  int64_t lost = std::clamp<int64_t>(expected - (received_ - received_before_), 0, expected);
  fraction_lost_ = expected == 0 ? 0 : static_cast<uint8_t>(std::min<int64_t>(255, lost * 256 / expected));
  interval_ = {expected, lost};
  expected_before_ = Expected();
  received_before_ = received_;
}

rtcp::ReportBlock ReceiveStatistics::MakeReportBlock(Timestamp now, Ssrc source) {
  rtcp::ReportBlock block;
  block.source = source;
  if (started_) {
    UpdateFractionLost();
    block.fraction_lost = fraction_lost_;
    block.cumulative_lost = static_cast<int32_t>(std::clamp<int64_t>(
        cumulative_lost(), rtcp::ReportBlock::kMinCumulativeLost, rtcp::ReportBlock::kMaxCumulativeLost));
    block.highest_sequence = static_cast<uint32_t>(highest_);
    block.jitter = jitter();
  }
  if (!last_sender_report_arrival_.IsPast()) {
    block.last_sender_report = last_sender_report_;
    block.delay_since_last_report = ReportUnits(now - last_sender_report_arrival_);
  }
  return block;
}

}  // namespace sluice::rtp
