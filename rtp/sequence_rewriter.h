// One consumer's sequence numbers: from the producer's stream, some of whose packets are not forwarded, to a
// stream of its own without gaps, and back. See NumberRewriter.
//
//   SequenceRewriter rewriter(SequenceNumber(random));
//   rewriter.Resync(first_of_key_frame);             // nothing is forwarded before
//   if (wanted) out = rewriter.Forward(in); else rewriter.Drop(in);
//   in = rewriter.Original(nacked);
//
// `in` is unwrapped (ReceivedPacket::sequence).
#pragma once

#include <cstdint>
#include <optional>

#include "rtp/ids.h"
#include "rtp/number_rewriter.h"

namespace sluice::rtp {

class SequenceRewriter {
 public:
  // Runs remembered: a second and a half of a stream of 60 pictures a second, each of which loses a layer.
  static constexpr size_t kRuns = 96;
  static constexpr int64_t kMaxAge = NumberRewriter<kRuns>::kMaxAge;
  static constexpr int64_t kMaxDropout = NumberRewriter<kRuns>::kMaxDropout;

  explicit SequenceRewriter(SequenceNumber first_out) : numbers_(first_out.value()) {}

  void Resync(int64_t in) { numbers_.Resync(in); }
  void Drop(int64_t in) { numbers_.Drop(in); }
  void DropUpTo(int64_t in) { numbers_.DropUpTo(in); }
  std::optional<SequenceNumber> Forward(int64_t in) {
    std::optional<int64_t> out = numbers_.Forward(in);
    return out ? std::optional(Wrap(*out)) : std::nullopt;
  }
  // For a packet of our own making, such as padding.
  SequenceNumber Insert() { return Wrap(numbers_.Insert()); }
  std::optional<int64_t> Original(SequenceNumber out) const {
    const int64_t next = numbers_.next_out();
    return numbers_.Original(next + (out - Wrap(next)));
  }

 private:
  static SequenceNumber Wrap(int64_t out) { return SequenceNumber(static_cast<uint16_t>(out)); }

  NumberRewriter<kRuns> numbers_;
};

}  // namespace sluice::rtp
