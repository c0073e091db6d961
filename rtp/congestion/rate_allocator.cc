#include "rtp/congestion/rate_allocator.h"

#include <algorithm>

#include "absl/container/inlined_vector.h"

namespace sluice::rtp::congestion {
namespace {

using Stream = RateAllocator::Stream;
constexpr int kPaused = RateAllocator::kPaused;

constexpr double kMarginToRaise = 1.1;
// The most important stream keeps its lowest layer even if it is a little too much: the estimate is not that
// exact.
constexpr double kToleranceOfLast = 1.15;
constexpr TimeDelta kHold = TimeDelta::Seconds(2);
constexpr TimeDelta kMaxHold = TimeDelta::Seconds(30);
// A layer given back sooner than this after it was taken should not have been taken.
constexpr TimeDelta kTooSoon = TimeDelta::Seconds(8);

struct Turn {
  Stream* stream;
  int level = kPaused;  // As far as it has been given out.
};

DataRate RateOf(const Stream& stream, int level) {
  return level == kPaused ? DataRate::Zero() : stream.rates[static_cast<size_t>(level)];
}

// What `level` is charged for; more than it needs if the stream does not have it yet.
DataRate Charge(const Stream& stream, int level) {
  return level > stream.level ? RateOf(stream, level) * kMarginToRaise : RateOf(stream, level);
}

// The next level above that needs more, kPaused if there is none or the stream has to wait for it.
int Next(Timestamp now, const Stream& stream, int level) {
  const DataRate present = RateOf(stream, level);
  for (int next = level + 1; next < RateAllocator::kLevels; ++next) {
    if (next > stream.level && now < stream.hold_until) return kPaused;
    if (RateOf(stream, next) > present) return next;
  }
  return kPaused;
}

// Gives `turn` its next level if that fits; `tolerance` is how much of it must.
bool Raise(Timestamp now, Turn& turn, DataRate& left, double tolerance) {
  const int next = Next(now, *turn.stream, turn.level);
  if (next == kPaused) return false;
  const DataRate cost = Charge(*turn.stream, next) - Charge(*turn.stream, turn.level);
  if (cost > left * tolerance) return false;
  turn.level = next;
  left = std::max(left - cost, DataRate::Zero());
  return true;
}

// A round for streams of equal priority: first what each has anyway, then what is new.
bool GiveRound(Timestamp now, std::span<Turn> equals, DataRate& left) {
  bool progress = false;
  for (bool keeping : {true, false}) {
    for (Turn& turn : equals) {
      if (turn.level == kPaused) continue;
      for (int step = 0; step < turn.stream->priority; ++step) {
        const bool kept = Next(now, *turn.stream, turn.level) <= turn.stream->level;
        if (kept != keeping || !Raise(now, turn, left, 1)) break;
        progress = true;
      }
    }
  }
  return progress;
}

void Settle(Timestamp now, Stream& stream, int level) {
  if (level > stream.level) {
    stream.raised = now;
  } else if (RateOf(stream, stream.level) > DataRate::Zero()) {  // It is still wanted.
    const bool too_soon = now - stream.raised < kTooSoon;
    stream.hold = too_soon ? std::clamp(stream.hold * 2, kHold, kMaxHold) : kHold;
    stream.hold_until = now + stream.hold;
  }
  stream.level = level;
}

}  // namespace

bool RateAllocator::Allocate(Timestamp now, DataRate available, std::span<Stream> streams) {
  absl::InlinedVector<Turn, 32> turns;
  for (Stream& stream : streams) turns.push_back({&stream});
  auto before = [](const Turn& a, const Turn& b) { return a.stream->priority > b.stream->priority; };
  // Not std::stable_sort(), which allocates.
  std::sort(turns.begin(), turns.end(), [&](const Turn& a, const Turn& b) {
    return before(a, b) || (!before(b, a) && a.stream < b.stream);
  });
  DataRate left = available;
  for (Turn& turn : turns) {
    const bool last_resort = &turn == &turns.front() && turn.stream->level != kPaused;
    Raise(now, turn, left, last_resort ? kToleranceOfLast : 1);
  }
  for (bool progress = true; progress;) {
    progress = false;
    for (auto first = turns.begin(); first != turns.end();) {
      auto end = std::upper_bound(first, turns.end(), *first, before);
      progress |= GiveRound(now, std::span<Turn>(first, end), left);
      first = end;
    }
  }
  bool changed = false;
  for (Turn& turn : turns) {
    if (turn.level == turn.stream->level) continue;
    Settle(now, *turn.stream, turn.level);
    changed = true;
  }
  return changed;
}

DataRate RateAllocator::Needed(std::span<const Stream> streams) {
  DataRate sum;
  for (const Stream& stream : streams)
    sum = sum + *std::max_element(stream.rates.begin(), stream.rates.end());
  return sum;
}

DataRate RateAllocator::Allocated(std::span<const Stream> streams) {
  DataRate sum;
  for (const Stream& stream : streams) sum = sum + RateOf(stream, stream.level);
  return sum;
}

}  // namespace sluice::rtp::congestion
