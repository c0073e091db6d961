// Finds the holes in one incoming stream and says which packets to ask for (RFC 4585 §6.2.1), when, and when
// to give up and ask for a key frame instead. Works on unwrapped sequences (ReceiveStatistics).
//
//   if (nack.IsDuplicate(sequence)) return drop();
//   nack.HandlePacket(now, sequence, frame.key_frame && frame.frame_start);
//   …
//   nack.Poll(now, rtt, [&](SequenceNumber lost) { … });       // at NextTimeout()
//   if (nack.TakeKeyFrameRequest()) …
//
// Memory: 2 KB, and 24 bytes for each packet that is missing, kept for reuse; it does not allocate beyond the
// most packets that were ever missing at once, which is kMaxMissing.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <utility>
#include <vector>

#include "rtp/ids.h"
#include "rtp/units.h"

namespace sluice::rtp {

class NackGenerator {
 public:
  static constexpr TimeDelta kReorderDelay = TimeDelta::Millis(10);  // From the hole to the first request.
  static constexpr TimeDelta kDefaultRtt = TimeDelta::Millis(100);
  static constexpr TimeDelta kMinResendGap = TimeDelta::Millis(20);
  static constexpr int kMaxTries = 10;
  static constexpr int64_t kMaxAge = 10'000;  // Sequences behind the newest.
  static constexpr int64_t kMaxMissing = 1'000;

  // Whether this packet was here already, itself or by retransmission, or is too old to tell.
  bool IsDuplicate(int64_t sequence) const;

  // A packet arrived, in whatever way. `key_frame_start`: it is the first packet of a key frame.
  void HandlePacket(Timestamp now, int64_t sequence, bool key_frame_start);

  // Calls `request(SequenceNumber)` for each packet that is to be asked for now, ascending. Each is asked for
  // at most kMaxTries times, `rtt` apart but at least kMinResendGap; pass kDefaultRtt while none is known.
  template <typename Request>
  void Poll(Timestamp now, TimeDelta rtt, Request&& request) {
    if (now < next_timeout_) return;
    TimeDelta gap = rtt < kMinResendGap ? kMinResendGap : rtt;
    for (Missing& missing : missing_) {
      if (missing.due > now) continue;
      request(SequenceNumber(static_cast<uint16_t>(missing.sequence)));
      ++missing.tries;
      missing.due = now + gap;
    }
    FinishPoll();
  }

  // When Poll() has something to do; Never() while nothing is missing.
  Timestamp NextTimeout() const { return next_timeout_; }

  // True once after too much was lost to ask for: everything missing is forgotten.
  bool TakeKeyFrameRequest();

  // Nothing that is missing will come any more.
  void ForgetMissing();

  size_t missing() const { return missing_.size(); }
  // The stream starts anew (ReceiveStatistics::restarted()).
  void Reset();

 private:
  struct Missing {
    int64_t sequence;
    Timestamp due;
    int tries;
  };
  // Which of the newest kReceivedWindow packets were received, as a ring of bits.
  static constexpr int64_t kReceivedWindow = 1 << 14;
  static_assert(kReceivedWindow > kMaxAge);

  bool IsReceived(int64_t sequence) const;
  void SetReceived(int64_t sequence, bool received);
  void Advance(Timestamp now, int64_t sequence);
  void AddMissing(Timestamp now, int64_t first, int64_t end);
  void DropMissingBefore(int64_t sequence);
  void Remove(int64_t sequence);
  void FinishPoll();
  void GiveUp();

  bool started_ = false;
  bool key_frame_needed_ = false;
  int64_t newest_ = 0;
  int64_t key_frame_ = INT64_MIN;  // First packet of the newest key frame.
  std::vector<Missing> missing_;   // Ascending by sequence.
  Timestamp next_timeout_ = Timestamp::Never();
  std::array<uint64_t, kReceivedWindow / 64> received_{};
};

}  // namespace sluice::rtp
