// Numbers of a stream, some of which are not forwarded, as numbers without gaps, and back: the common part of
// what happens to sequence numbers and picture ids.
//
// The mapping is a ring of runs, each of consecutive numbers on both sides; there is no memory per number. A
// run ends where a number was dropped or one of our own was put in. What has not come yet keeps its number
// until it does (or for ever), so the receiver sees the producer's losses and can ask for them.
//
// Guarantee: two different inputs never get the same number within kMaxAge of each other, whatever the order
// of the calls. Inputs are unwrapped, and so counted from the present stream alone: across a Resync() they
// may repeat. From one call to the next they go no further than 2^30.
#pragma once

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>

namespace sluice::rtp {

template <size_t kRuns>
class NumberRewriter {
 public:
  // How far behind the newest number something late is still found.
  static constexpr int64_t kMaxAge = 1 << 14;
  // A larger jump ahead is a restart, not loss (RFC 3550 §A.1 MAX_DROPOUT): it leaves no gap.
  static constexpr int64_t kMaxDropout = 3000;

  explicit NumberRewriter(int64_t first_out) : next_out_(first_out), first_unsent_(first_out) {}

  // Begins a stream at `in`, right after the highest number given out. What is before `in` is refused from
  // now on, and Original() forgets what was sent before.
  void Resync(int64_t in) {
    count_ = 1;
    next_out_ = first_unsent_;  // Numbers kept for what is now refused are free again.
    newest() = {.in_begin = static_cast<uint32_t>(in), .out_begin = static_cast<uint32_t>(next_out_)};
    highest_in_ = in - 1;
  }

  // `in` is not forwarded, on purpose, and leaves no gap. Only what is newer than all before closes its gap;
  // for something late nothing changes: it is not sent, and its number stays unused.
  void Drop(int64_t in) {
    if (!synced() || in <= highest_in_) return;
    Reserve(in);
    highest_in_ = in;
    StartRun(in + 1, next_out_);
  }
  // The same for all that is newer than any before, up to `in`.
  void DropUpTo(int64_t in) {
    if (!synced() || in <= highest_in_) return;
    highest_in_ = in;
    StartRun(in + 1, next_out_);
  }

  // The number for `in`, the same each time. nullopt: do not send; it is too old, was dropped, or is before
  // the sync point.
  std::optional<int64_t> Forward(int64_t in) {
    if (!synced()) return std::nullopt;
    int64_t out;
    if (in > highest_in_) {
      Reserve(in);
      highest_in_ = in;
      out = next_out_++;
      if (next_out_ - Unwrap(newest().out_begin, next_out_) > kMaxRun) StartRun(in + 1, next_out_);
    } else if (auto late = Find(in)) {
      out = *late;
    } else {
      return std::nullopt;
    }
    first_unsent_ = std::max(first_unsent_, out + 1);
    return out;
  }

  // The next number for something of our own making.
  int64_t Insert() {
    const int64_t out = next_out_;
    if (synced()) {
      StartRun(highest_in_ + 1, out + 1);
    } else {
      next_out_ = out + 1;
    }
    first_unsent_ = next_out_;
    return out;
  }

  // The number that Forward() gave, or would give, to an `in` that is not newer than all before.
  std::optional<int64_t> Find(int64_t in) const {
    if (in > highest_in_) return std::nullopt;
    const Run* run = Find(&Run::in_begin, in, highest_in_);
    if (!run) return std::nullopt;
    const int64_t offset = in - Unwrap(run->in_begin, highest_in_);
    if (offset >= run->length) return std::nullopt;
    const int64_t out = Unwrap(run->out_begin, next_out_) + offset;
    return next_out_ - out > kMaxAge ? std::nullopt : std::optional(out);
  }

  // What has (or, if it is still missing, will have) number `out`. nullopt: unknown, too old, one of our own
  // or newer than all that was sent.
  std::optional<int64_t> Original(int64_t out) const {
    if (out >= first_unsent_ || next_out_ - out > kMaxAge) return std::nullopt;
    const Run* run = Find(&Run::out_begin, out, next_out_);
    if (!run) return std::nullopt;
    const int64_t offset = out - Unwrap(run->out_begin, next_out_);
    if (offset >= run->length) return std::nullopt;
    return Unwrap(run->in_begin, highest_in_) + offset;
  }

  int64_t highest_in() const { return highest_in_; }  // Newest seen, forwarded or dropped.
  int64_t next_out() const { return next_out_; }      // Not given to anything yet.

 private:
  static constexpr uint32_t kOpen = UINT32_MAX;  // The newest run has no end yet.
  static constexpr int64_t kMaxRun = 1 << 30;    // So that 32 bits tell where a run begins.

  // in_begin…in_begin + length - 1 are sent as out_begin…
  struct Run {
    uint32_t in_begin = 0;
    uint32_t out_begin = 0;
    uint32_t length = kOpen;
  };

  bool synced() const { return count_ > 0; }
  Run& newest() { return runs_[(count_ - 1) % kRuns]; }
  static int64_t Unwrap(uint32_t value, int64_t near) {
    return near + static_cast<int32_t>(value - static_cast<uint32_t>(near));
  }

  // Counts as missing what lies between the newest and `in`, unless that is a restart.
  void Reserve(int64_t in) {
    const int64_t missing = in - highest_in_ - 1;
    if (missing < kMaxDropout) {
      next_out_ += missing;
    } else {
      StartRun(in, next_out_);
    }
  }

  // Ends the newest run before next_out_, and lets `in` become `out`.
  void StartRun(int64_t in, int64_t out) {
    newest().length = static_cast<uint32_t>(next_out_) - newest().out_begin;
    if (newest().length > 0) ++count_;  // An empty one is written over.
    newest() = {.in_begin = static_cast<uint32_t>(in), .out_begin = static_cast<uint32_t>(out)};
    next_out_ = out;
  }

  // The last run kept that begins at or before `value` on the given side, or null.
  const Run* Find(uint32_t Run::*begin, int64_t value, int64_t near) const {
    const uint64_t oldest = count_ > kRuns ? count_ - kRuns : 0;
    for (uint64_t i = count_; i > oldest; --i) {  // What is asked for is nearly always recent.
      const Run& run = runs_[(i - 1) % kRuns];
      if (Unwrap(run.*begin, near) <= value) return &run;
    }
    return nullptr;
  }

  std::array<Run, kRuns> runs_;
  uint64_t count_ = 0;  // Runs since Resync(); the last kRuns of them are kept.
  int64_t highest_in_ = 0;
  int64_t next_out_;
  int64_t first_unsent_;  // After the highest number sent: below next_out_ while something is missing.
};

}  // namespace sluice::rtp
