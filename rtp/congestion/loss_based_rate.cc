#include "rtp/congestion/loss_based_rate.h"

#include <algorithm>
#include <cmath>

namespace sluice::rtp::congestion {
namespace {

constexpr TimeDelta kMinInterval = TimeDelta::Millis(250);
constexpr TimeDelta kMaxInterval = TimeDelta::Seconds(2);
constexpr int32_t kMinPackets = 20;
constexpr double kAgeing = 0.93;  // Weight of an interval against the next one's.
// Losses beyond this are never taken to be inherent; at low rates, where little is at stake, a little more.
constexpr double kMaxInherent = 0.13;
constexpr double kInherentAtLowRate = 20'000;  // Bits a second, over the rate.
constexpr double kSmallest = 1e-4;
// By how much a bandwidth must explain the losses better than chance alone (natural logarithm).
constexpr double kEvidence = 3;
constexpr double kGrowthPerSecond = 0.05;
constexpr double kMargin = 0.98;
constexpr double kForget = 1.5;  // A limit this far above what is asked for says nothing.

double MaxInherent(double rate) { return std::min(0.5, kMaxInherent + kInherentAtLowRate / rate); }

}  // namespace

void LossBasedRate::HandlePacket(Timestamp sent, size_t bytes, bool lost) {
  if (count_ == 0) {
    count_ = 1;
    newest_ = 0;
    intervals_[0] = {.start = sent};
  }
  Interval& open = Back(0);
  const TimeDelta length = sent - open.start;
  if (!lost && length >= kMinInterval && (open.packets >= kMinPackets || length >= kMaxInterval)) {
    open.length = length;
    newest_ = (newest_ + 1) % kIntervals;
    count_ = std::min(count_ + 1, kIntervals);
    intervals_[newest_] = {.start = sent};
    fresh_ = true;
  }
  size_t i = 0;
  while (i + 1 < count_ && sent < Back(i).start) ++i;
  Interval& interval = Back(i);
  interval.bytes += static_cast<int64_t>(bytes);
  ++interval.packets;
  if (lost) {
    ++interval.lost;
    // Losses that are told of one after the other were sent one after the other, if no more than 5 ms apart.
    if (sent - last_loss_sent_ > TimeDelta::Millis(5)) ++interval.loss_events;
    last_loss_sent_ = sent;
  }
}

double LossBasedRate::SendRate(const Interval& interval) {
  return static_cast<double>((DataSize::Bytes(interval.bytes) / interval.length).bps());
}

double LossBasedRate::loss() const {
  int64_t packets = 0, lost = 0;
  for (size_t i = 1; i < std::min<size_t>(count_, 9); ++i) {
    packets += Back(i).packets;
    lost += Back(i).lost;
  }
  return packets == 0 ? 0 : static_cast<double>(lost) / static_cast<double>(packets);
}

void LossBasedRate::Update(Timestamp now, DataRate otherwise) {
  if (fresh_ && count_ >= 3) {
    const TimeDelta elapsed = last_evaluation_.IsPast() ? TimeDelta::Zero() : now - last_evaluation_;
    last_evaluation_ = now;
    Evaluate(std::min(elapsed, TimeDelta::Seconds(2)));
  }
  fresh_ = false;
  if (limit_ > otherwise * kForget) limit_ = DataRate::Infinite();
}

// More was lost than chance can explain: the link has become much slower.
bool LossBasedRate::Collapsed(const Interval& interval) const {
  const double n = interval.packets;
  const double p = interval.lost / std::max(n, 1.0);
  const double deviation = std::sqrt(p * (1 - p) * Dispersion() / std::max(n, 1.0));
  return p - 2.5 * deviation > 1.3 * MaxInherent(SendRate(interval));
}

// How much more losses vary than those of independent packets: their mean run.
double LossBasedRate::Dispersion() const {
  double lost = 0, events = 0;
  for (size_t i = 0; i < count_; ++i) {
    lost += Back(i).lost;
    events += Back(i).loss_events;
  }
  return events > 0 ? std::max(1.0, lost / events) : 1;
}

LossBasedRate::Fit LossBasedRate::FitWith(double bandwidth) const {
  auto congested = [&](double rate) { return bandwidth > 0 ? std::max(0.0, 1 - bandwidth / rate) : 0; };
  double lost = 0, explained = 0, exposed = 0, weight = 1, max_inherent = 0.5;
  for (size_t i = 1; i < count_; ++i, weight *= kAgeing) {
    const Interval& interval = Back(i);
    const double rate = SendRate(interval);
    const double c = congested(rate);
    lost += weight * interval.lost;
    explained += weight * interval.packets * c;
    exposed += weight * interval.packets * (1 - c);
    max_inherent = std::min(max_inherent, MaxInherent(rate));
  }
  Fit fit{.bandwidth = bandwidth};
  fit.inherent = exposed > 0 ? std::clamp((lost - explained) / exposed, 0.0, max_inherent) : 0;
  weight = 1;
  for (size_t i = 1; i < count_; ++i, weight *= kAgeing) {
    const Interval& interval = Back(i);
    const double c = congested(SendRate(interval));
    const double p = std::clamp(fit.inherent + (1 - fit.inherent) * c, kSmallest, 1 - kSmallest);
    fit.log_likelihood +=
        weight * (interval.lost * std::log(p) + (interval.packets - interval.lost) * std::log(1 - p));
  }
  return fit;
}

void LossBasedRate::Evaluate(TimeDelta elapsed) {
  // Those after it may yet lose packets that were reported missing only once.
  const Interval& settled = Back(2);
  if (Collapsed(settled)) return Collapse(settled);
  const Fit best = BestFit();
  inherent_ = best.inherent;
  if (best.bandwidth > 0) {
    limit_ = DataRate::BitsPerSec(static_cast<int64_t>(best.bandwidth * kMargin));
  } else {
    limit_ = limit_ * (1 + kGrowthPerSecond * elapsed.seconds());
  }
}

void LossBasedRate::Collapse(const Interval& interval) {
  const double carried = SendRate(interval) * (1 - static_cast<double>(interval.lost) / interval.packets);
  limit_ = std::min(limit_, DataRate::BitsPerSec(static_cast<int64_t>(carried * kMargin)));
  count_ = 0;  // What was observed of another link says nothing of this one.
}

LossBasedRate::Fit LossBasedRate::BestFit() const {
  bool lossless = true;
  for (size_t i = 1; i < count_; ++i) lossless &= Back(i).lost == 0;
  if (lossless) return {};
  const Fit unlimited = FitWith(0);
  Fit best = unlimited;
  for (size_t i = 1; i < count_; ++i) {
    const Interval& interval = Back(i);
    if (interval.lost == 0) continue;
    const double carried = SendRate(interval) * (1 - static_cast<double>(interval.lost) / interval.packets);
    Fit fit = FitWith(carried);
    if (fit.log_likelihood > best.log_likelihood) best = fit;
  }
  const double evidence = (best.log_likelihood - unlimited.log_likelihood) / Dispersion();
  return evidence < kEvidence ? unlimited : best;
}

}  // namespace sluice::rtp::congestion
