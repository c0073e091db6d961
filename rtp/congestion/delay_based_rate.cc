#include "rtp/congestion/delay_based_rate.h"

#include <algorithm>
#include <cmath>

namespace sluice::rtp::congestion {
namespace {

constexpr double kBackOff = 0.92;
constexpr DataRate kFloor = DataRate::KilobitsPerSec(10);
constexpr double kMaxExcess = 20;
constexpr double kMinDrain = 0.5;
constexpr TimeDelta kDrainTime = TimeDelta::Millis(500);
constexpr TimeDelta kMaxDrain = TimeDelta::Millis(1'500);
constexpr TimeDelta kStanding = TimeDelta::Millis(14);
constexpr TimeDelta kStandingAtOneMegabit = TimeDelta::Millis(12);
constexpr TimeDelta kSurge = TimeDelta::Millis(15);
constexpr double kSurgeNoises = 5;
constexpr TimeDelta kGrowth = TimeDelta::Millis(10);
constexpr double kGrowthNoises = 2.5;
constexpr TimeDelta kDrained = TimeDelta::Millis(8);
constexpr double kIncreasePerSecond = 0.08;
constexpr double kMaxAdditivePerSecond = 0.2;
constexpr double kMaxOfDelivered = 1.5;
constexpr DataRate kMaxAboveDelivered = DataRate::KilobitsPerSec(10);
constexpr double kPacketBits = 1'200 * 8;
constexpr TimeDelta kMaxUpdateTime = TimeDelta::Millis(500);
constexpr TimeDelta kResponse = TimeDelta::Millis(100);  // Of feedback, beyond the round trip.
constexpr double kCompetingShare = 0.5;                  // Of the rate before a competitor came.
constexpr double kMildest = 0.93;  // What a little queue lowers the rate to, before the back-off.
constexpr TimeDelta kTrust = TimeDelta::Seconds(2);
constexpr double kSteady = 0.03;
constexpr double kOfDeviation = 10;
constexpr double kCompetingBackOff = 0.85;
constexpr double kCompetingIncreasePerSecond = 0.4;

}  // namespace

void DelayBasedRate::Update(const Input& input) {
  competition_.Update(input.now, input.queue.latest, input.queue.noise, std::max(rate_, input.sent_lately));
  std::optional<DataRate> delivered = IsSurge(input) ? input.delivered_lately : input.delivered;
  if (!delivered) delivered = input.delivered;
  if (competition_.competing()) {
    Compete(input);
  } else if (delivered && IsOveruse(input)) {
    const bool first = !draining_;
    // What was sent at the lower rate has been heard of; sooner where not even that gets through.
    const bool slower_yet = input.delivered_lately && *input.delivered_lately < rate_;
    const TimeDelta effect =
        input.round_trip + kResponse + (slower_yet ? TimeDelta::Zero() : input.queue.latest);
    const bool took_effect = input.now - last_decrease_ > effect && !competition_.checking();
    const bool much_slower = IsSurge(input) && static_cast<double>(delivered->bps()) < capacity_bps_ * 0.8;
    if (first || took_effect || much_slower) Decrease(input, *delivered);
  } else if (draining_) {
    const TimeDelta drained = kDrained + input.queue.noise;
    const bool gone = input.queue.delay <= drained && input.queue.latest <= drained + input.queue.noise * 2;
    if (gone || input.now > drain_until_) {
      draining_ = false;
      rate_ = std::max(rate_, resume_at_);
    }
  } else {
    Increase(input);
  }
  last_update_ = input.now;
}

double DelayBasedRate::SinceLastUpdate(Timestamp now) const {
  return last_update_.IsPast() ? 0 : std::min(now - last_update_, kMaxUpdateTime).seconds();
}

DataRate DelayBasedRate::Between(DataRate a, DataRate b) {
  return DataRate::BitsPerSec(
      static_cast<int64_t>(std::sqrt(static_cast<double>(a.bps()) * static_cast<double>(b.bps()))));
}

// The link has become much slower.
bool DelayBasedRate::IsSurge(const Input& input) {
  return input.queue.surge > std::max(kSurge, input.queue.noise * kSurgeNoises);
}

bool DelayBasedRate::IsOveruse(const Input& input) const {
  if (IsSurge(input)) return true;
  // The fastest of several flows on a link gives way first.
  const double tolerance = std::clamp(std::sqrt(1e6 / static_cast<double>(rate_.bps())), 0.4, 2.0);
  if (input.queue.growth > std::max(kGrowth * tolerance, input.queue.noise * kGrowthNoises)) return true;
  return input.queue.delay > kStanding + kStandingAtOneMegabit * tolerance + input.queue.noise;
}

void DelayBasedRate::Decrease(const Input& input, DataRate delivered) {
  delivered = std::max(delivered, kFloor);
  NoteCapacity(delivered);
  // What has been sent since is in the queue, too.
  const double excess = std::clamp(input.sent / delivered - 1, 0.0, kMaxExcess);
  const TimeDelta backlog = std::max(input.queue.delay, input.queue.latest) + input.unheard * excess;
  const double drain = 1 - backlog.seconds() / kDrainTime.seconds();
  if (!draining_) resume_at_ = before_decrease_ = rate_;
  DataRate carried = delivered;
  if (input.now - raised_ < kTrust && before_raise_ < carried) {
    // The probe got more than we do: it took it from others.
    carried = Between(before_raise_, carried);
    raised_ = Timestamp::Past();
  }
  if (!IsSurge(input)) carried = std::max(carried, std::min(rate_, resume_at_) * kMildest);
  resume_at_ = std::min(resume_at_, carried * kBackOff);
  rate_ = std::min(rate_, carried * std::clamp(drain, kMinDrain, kBackOff));
  draining_ = true;
  drain_until_ = input.now + kMaxDrain;
  last_decrease_ = input.now;
  competition_.HandleDecrease(input.now, backlog, input.round_trip, delivered);
}

// Against a flow that only losses slow down: as it does, within bounds.
void DelayBasedRate::Compete(const Input& input) {
  if (draining_) {
    // It was no use to give way.
    draining_ = false;
    rate_ = std::max(rate_, before_decrease_ * kCompetingShare);
  }
  if (input.loss) {
    if (input.now - last_decrease_ < input.round_trip + input.queue.delay + kResponse) return;
    rate_ = std::max(rate_ * kCompetingBackOff, kFloor);
    last_decrease_ = input.now;
    return;
  }
  if (input.application_limited || !input.delivered) return;
  const double seconds = SinceLastUpdate(input.now);
  const auto rate = static_cast<double>(rate_.bps());
  const double round_trip = (input.round_trip + input.queue.delay).seconds();
  const double step = std::min(kPacketBits / (round_trip * round_trip), rate * kCompetingIncreasePerSecond);
  const DataRate ceiling = *input.delivered * kMaxOfDelivered + kMaxAboveDelivered;
  rate_ =
      std::max(rate_, std::min(DataRate::BitsPerSec(static_cast<int64_t>(rate + step * seconds)), ceiling));
}

void DelayBasedRate::Increase(const Input& input) {
  if (input.application_limited || !input.delivered) return;
  const double seconds = SinceLastUpdate(input.now);
  const double step = IncreasePerSecond(input) * seconds;
  const DataRate ceiling = *input.delivered * kMaxOfDelivered + kMaxAboveDelivered;
  const DataRate raised = rate_ + DataRate::BitsPerSec(static_cast<int64_t>(step));
  rate_ = std::max(rate_, std::min(raised, ceiling));
  if (capacity() && rate_ > *capacity() * 1.2) capacity_bps_ = 0;
}

// Bits a second, a second: cautious where the capacity was last found to be, and the faster the further
// beyond.
double DelayBasedRate::IncreasePerSecond(const Input& input) const {
  const auto rate = static_cast<double>(rate_.bps());
  const double far = rate * kIncreasePerSecond;
  if (capacity_bps_ <= 0) return far;
  const double response = (input.round_trip + kResponse).seconds();
  // Where the capacity varies, there is more to find.
  const double packets = 1 + std::max(0.0, capacity_deviation_ - kSteady) * kOfDeviation;
  // The nearer the queue is to where it would have to shrink again, the more slowly.
  const double room = std::clamp(1 - input.queue.delay.seconds() / kStanding.seconds(), 0.25, 1.0);
  const double near = room * std::min(packets * kPacketBits / response, rate * kMaxAdditivePerSecond);
  const double deviation = std::fabs(rate / capacity_bps_ - 1);
  const double margin = std::max(2 * capacity_deviation_, 1 - kBackOff);
  if (deviation <= margin) return near;
  return std::max(near, far * std::min(1.0, (deviation - margin) / margin));
}

std::optional<DataRate> DelayBasedRate::capacity() const {
  if (capacity_bps_ <= 0) return std::nullopt;
  return DataRate::BitsPerSec(static_cast<int64_t>(capacity_bps_));
}

void DelayBasedRate::NoteCapacity(DataRate rate) {
  const auto bps = static_cast<double>(rate.bps());
  const double error = capacity_bps_ > 0 ? std::fabs(bps / capacity_bps_ - 1) : 1;
  if (error > 3 * capacity_deviation_) {
    capacity_bps_ = bps;
    capacity_deviation_ = 0.15;
    return;
  }
  capacity_bps_ += 0.3 * (bps - capacity_bps_);
  capacity_deviation_ = std::clamp(capacity_deviation_ + 0.1 * (error - capacity_deviation_), 0.02, 0.15);
}

void DelayBasedRate::Raise(Timestamp now, DataRate rate) {
  if (rate <= rate_) return;
  if (now - raised_ > kTrust) before_raise_ = rate_;
  raised_ = now;
  rate_ = rate;
  draining_ = false;
  last_update_ = now;
  if (capacity() && rate_ > *capacity() * 1.2) capacity_bps_ = 0;
}

}  // namespace sluice::rtp::congestion
