// Tells which packets arrived, when, and which were lost, from transport-wide feedback
// (rtp/rtcp/transport_feedback.h), whatever a peer or the network makes of it.
//
//   adapter.HandleSent(packet);                    // under adapter.next_sequence()
//   adapter.HandleFeedback(now, feedback, sink);   // sink.HandleAcked() in order of sequence,
//   sink.HandleLost()
//
// A packet is lost when a feedback reports it missing and the next feedback still does not bring it, so that
// a little reordering is no loss. Packets that no feedback speaks of (it was lost itself) are given up
// without being counted as lost. What is absurd is ignored and counted.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>

#include "rtp/congestion/sent_packet.h"
#include "rtp/congestion/sent_packet_history.h"
#include "rtp/rtcp/transport_feedback.h"
#include "rtp/units.h"

namespace sluice::rtp::congestion {

struct FeedbackCounters {
  int64_t feedbacks = 0;
  int64_t acked = 0;
  int64_t lost = 0;
  int64_t lost_feedbacks = 0;  // Holes in their numbers.
  // Feedback or parts of it that were ignored:
  int64_t never_sent = 0;    // Speaks of packets beyond the last one sent.
  int64_t forgotten = 0;     // Packets too old to be remembered.
  int64_t repeated = 0;      // Packets that were already known to have arrived, or given up.
  int64_t flood = 0;         // More than kMaxPerSecond.
  int64_t clock_jumps = 0;   // The receiver's clock and ours disagree about the time since the last one.
  int64_t absurd_times = 0;  // Packets that arrived further than kMaxClockJump from their own feedback.
};

class FeedbackAdapter {
 public:
  // Feedback in excess of this is dropped; a burst of as many is let through.
  static constexpr int kMaxPerSecond = 200;
  // How far the receiver's clock may be ahead or behind since the last feedback.
  static constexpr TimeDelta kMaxClockJump = TimeDelta::Seconds(5);
  static constexpr int kMaxPacketCount = 8'192;

  uint16_t next_sequence() const { return static_cast<uint16_t>(history_.next_sequence()); }
  void HandleSent(const SentPacket& packet) { history_.Add(packet); }

  struct Result {
    bool clock_jumped = false;  // Arrival times compare only with those from now on.
  };
  // Sink: HandleAcked(const AckedPacket&), HandleLost(const SentPacket&). nullopt: ignored as a whole.
  template <typename Sink>
  std::optional<Result> HandleFeedback(Timestamp now, const rtcp::TransportFeedback& feedback, Sink& sink);

  DataSize in_flight() const { return history_.in_flight(); }
  // Nothing was heard for so long that nothing will be.
  void GiveUp() { history_.GiveUp(); }
  const FeedbackCounters& counters() const { return counters_; }

 private:
  struct Times {
    Timestamp reference;  // Of the feedback, on the receiver's clock unwrapped.
    bool jumped = false;
  };
  bool IsFlood(Timestamp now);
  // The feedback's first sequence number; nullopt: it speaks of what was never sent.
  std::optional<int64_t> Unwrap(const rtcp::TransportFeedback& feedback) const;
  Times Advance(Timestamp now, const rtcp::TransportFeedback& feedback);
  template <typename Sink>
  void Resolve(int64_t end, Sink& sink);

  SentPacketHistory history_;
  int64_t resolved_ = 0;      // All before is done.
  int64_t reported_end_ = 0;  // Behind the last packet that a feedback spoke of.
  std::optional<uint8_t> last_number_;
  int64_t last_reference_ = 0;  // Units of 64 ms, unwrapped.
  Timestamp last_time_ = Timestamp::Past();
  Timestamp allowance_from_ = Timestamp::Past();  // Token bucket of feedbacks, as time.
  FeedbackCounters counters_;
};

template <typename Sink>
std::optional<FeedbackAdapter::Result> FeedbackAdapter::HandleFeedback(
    Timestamp now, const rtcp::TransportFeedback& feedback, Sink& sink) {
  if (IsFlood(now)) {
    ++counters_.flood;
    return std::nullopt;
  }
  std::optional<int64_t> base = Unwrap(feedback);
  if (!base) {
    ++counters_.never_sent;
    return std::nullopt;
  }
  Times times = Advance(now, feedback);
  const int64_t end = *base + feedback.packet_count();
  int64_t sequence = *base;
  feedback.ForEachPacket([&](const rtcp::TransportFeedback::Packet& packet) {
    const int64_t at = sequence++;
    if (!history_.Contains(at)) {
      ++counters_.forgotten;
      return;
    }
    if (!packet.received) {
      history_.SetState(at, SentPacketHistory::State::kMissing);
      return;
    }
    if (history_.state(at) == SentPacketHistory::State::kDone) {
      ++counters_.repeated;
      return;
    }
    history_.SetState(at, SentPacketHistory::State::kDone);
    if (packet.arrival > kMaxClockJump || packet.arrival < -kMaxClockJump) {
      ++counters_.absurd_times;
      return;
    }
    ++counters_.acked;
    sink.HandleAcked(AckedPacket{history_.Get(at), times.reference + packet.arrival});
  });
  Resolve(std::min(reported_end_, end), sink);
  reported_end_ = std::max(reported_end_, end);
  return Result{.clock_jumped = times.jumped};
}

template <typename Sink>
void FeedbackAdapter::Resolve(int64_t end, Sink& sink) {
  for (resolved_ = std::max(resolved_, history_.begin()); resolved_ < end; ++resolved_) {
    bool lost = history_.state(resolved_) == SentPacketHistory::State::kMissing;
    history_.SetState(resolved_, SentPacketHistory::State::kDone);
    if (!lost) continue;
    ++counters_.lost;
    sink.HandleLost(history_.Get(resolved_));
  }
}

}  // namespace sluice::rtp::congestion
