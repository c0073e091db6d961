// One consumer's sequence numbers: from the producer's stream, some of whose packets are not forwarded, to a
// stream of its own without gaps, and back.
//
//   SequenceRewriter rewriter(SequenceNumber(random));
//   rewriter.Resync(first_of_key_frame);             // nothing is forwarded before
//   if (wanted) out = rewriter.Forward(in); else rewriter.Drop(in);
//   in = rewriter.Original(nacked);
//
// The mapping is a ring of segments, each a run of consecutive numbers on both sides; there is no memory per
// packet. A run ends where a packet was dropped or one of our own was put in. A packet that has not come yet
// keeps its number until it does (or for ever), so the receiver sees the producer's losses and can ask for
// them.
//
// Guarantee: two different packets never get the same number within kMaxAge of each other, whatever the order
// of the calls. `in` is unwrapped (ReceivedPacket::sequence), and so counted from the present stream alone:
// across a Resync() numbers may repeat.
#pragma once

#include <array>
#include <cstdint>
#include <optional>

#include "rtp/ids.h"

namespace sluice::rtp {

class SequenceRewriter {
 public:
  // How far behind the newest number a late packet or a NACK is still answered.
  static constexpr int64_t kMaxAge = 1 << 14;
  // A larger jump ahead is a restart, not loss (RFC 3550 §A.1 MAX_DROPOUT): it leaves no gap.
  static constexpr int64_t kMaxDropout = 3000;
  // Runs remembered: about two seconds of a stream of which every second frame is dropped.
  static constexpr size_t kSegments = 64;

  explicit SequenceRewriter(SequenceNumber first_out)
      : next_out_(first_out.value()), first_unsent_(next_out_) {}

  // Begins a stream at `in`, right after the highest number sent: join, resume, stream switch. Packets before
  // `in` are refused from now on, and Original() forgets what was sent before.
  void Resync(int64_t in);

  // `in` is not forwarded, on purpose, and leaves no gap. Only a packet newer than all before closes its gap;
  // for a late one nothing changes: it is not sent, and its number stays unused.
  void Drop(int64_t in);

  // The number for `in`, the same each time. nullopt: do not send; it is too old, was dropped, or is before
  // the sync point.
  std::optional<SequenceNumber> Forward(int64_t in);

  // The next number for a packet of our own making, such as padding.
  SequenceNumber Insert();

  // Which packet has (or, if it is still missing, will have) number `out`. nullopt: unknown, too old, one of
  // our own or newer than all that was sent.
  std::optional<int64_t> Original(SequenceNumber out) const;

 private:
  static constexpr int64_t kOpen = INT64_MAX;  // The newest segment has no end yet.

  // in_begin…in_begin + length - 1 are sent as out_begin…, both counted without wrapping.
  struct Segment {
    int64_t in_begin = 0;
    int64_t out_begin = 0;
    int64_t length = kOpen;
  };

  bool synced() const { return count_ > 0; }
  Segment& newest() { return segments_[(count_ - 1) % kSegments]; }
  // Counts as missing what lies between the newest packet and `in`, unless that is a restart.
  void Reserve(int64_t in);
  // Ends the newest segment before next_out_, and lets `in` become `out`.
  void StartSegment(int64_t in, int64_t out);
  // The last segment kept that begins at or before `value` on the given side, or null.
  const Segment* Find(int64_t Segment::*begin, int64_t value) const;
  std::optional<int64_t> Late(int64_t in) const;

  std::array<Segment, kSegments> segments_;
  uint64_t count_ = 0;      // Segments since Resync(); the last kSegments of them are kept.
  int64_t highest_in_ = 0;  // Newest seen, forwarded or dropped.
  int64_t next_out_;        // Not given to any packet yet.
  int64_t first_unsent_;    // After the highest number sent: below next_out_ while packets are missing.
};

}  // namespace sluice::rtp
