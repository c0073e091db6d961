#include "router/audio_selector.h"

#include <algorithm>
#include <utility>

namespace sluice::router {
namespace {

// Levels come up to 100 ms late; who is not heard of for longer is silent.
constexpr TimeDelta kInterval = TimeDelta::Millis(100);
constexpr TimeDelta kMaxDelay = TimeDelta::Millis(200);
// Speech has gaps of some 300 ms between words.
constexpr double kFallPerSlot = 0.5;  // dB in 20 ms.
// A single loud packet, a click, is not enough to be the loudest; two or three are.
constexpr double kRise = 0.6;
// -60 dBov: what is below is the noise of a room.
constexpr double kAudible = 67;
// By how much louder one must be than the present holder of a place, and how long that one keeps it anyway
// while he is audible.
constexpr double kMargin = 6;
constexpr TimeDelta kHold = TimeDelta::Millis(600);

double Above(uint8_t level) { return AudioLevels::kSilence - std::min(level, AudioLevels::kSilence); }

}  // namespace

void AudioSelector::AddProducer(Timestamp now, ProducerHandle producer) {
  if (!candidates_.try_emplace(producer, Candidate{.heard_until = now}).second) return;
  Choose(now);
}

void AudioSelector::RemoveProducer(Timestamp now, ProducerHandle producer) {
  if (candidates_.erase(producer) == 0) return;
  changed_ |= std::erase(places_, producer) > 0;
  Choose(now);
}

void AudioSelector::HandleLevels(Timestamp now, const AudioLevels& levels) {
  auto it = candidates_.find(levels.producer);
  if (it == candidates_.end()) return;
  Candidate& candidate = it->second;
  for (size_t i = 0; i < levels.slot_count; ++i) {
    const double heard = Above(levels.slots[i]);
    if (heard > candidate.loudness) {
      candidate.loudness += (heard - candidate.loudness) * kRise;
    } else {
      candidate.loudness = std::max(heard, candidate.loudness - kFallPerSlot);
    }
  }
  candidate.heard_until = now;
  Choose(now);
  if (next_update_.IsNever()) next_update_ = now + kInterval;
}

void AudioSelector::HandleTimeout(Timestamp now) {
  if (now < next_update_) return;
  bool anybody = false;
  for (auto& [producer, candidate] : candidates_) {
    Fade(now, &candidate);
    anybody |= candidate.loudness > 0;
  }
  Choose(now);
  next_update_ = anybody ? now + kInterval : Timestamp::Never();
}

// Who is paused, or sends nothing while silent (DTX), is not heard of.
void AudioSelector::Fade(Timestamp now, Candidate* candidate) {
  const TimeDelta missing = now - candidate->heard_until;
  if (missing <= kMaxDelay) return;
  const auto slots = static_cast<double>(missing.us() / AudioLevels::kSlot.us());
  candidate->loudness = std::max(0.0, candidate->loudness - kFallPerSlot * slots);
  candidate->heard_until = now;
}

void AudioSelector::Choose(Timestamp now) {
  FillPlaces(now);
  RankTheSpare();
  while (ReplaceTheSpare(now)) RankTheSpare();
}

void AudioSelector::FillPlaces(Timestamp now) {
  while (places_.size() < places() && places_.size() < candidates_.size()) {
    places_.emplace_back();
    Give(now, LoudestWithoutPlace(), places_.size() - 1);
  }
}

bool AudioSelector::ReplaceTheSpare(Timestamp now) {
  if (places_.size() == candidates_.size()) return false;
  const auto challenger = LoudestWithoutPlace();
  const size_t spare = places_.size() - 1;
  const Candidate& holder = At(spare);
  if (challenger->second.loudness < kAudible || challenger->second.loudness < holder.loudness + kMargin)
    return false;
  if (holder.loudness >= kAudible && now - holder.placed < kHold) return false;
  candidates_.at(places_[spare]).has_place = false;
  Give(now, challenger, spare);
  return true;
}

// The last place is for those who are themselves in one of the others.
void AudioSelector::RankTheSpare() {
  if (places_.size() < places()) return;
  const size_t spare = places_.size() - 1;
  const size_t weakest = WeakestBefore(spare);
  if (At(spare).loudness < At(weakest).loudness + kMargin || At(spare).loudness < kAudible) return;
  std::swap(places_[spare], places_[weakest]);
  changed_ = true;
}

AudioSelector::Candidates::iterator AudioSelector::LoudestWithoutPlace() {
  auto best = candidates_.end();
  for (auto it = candidates_.begin(); it != candidates_.end(); ++it) {
    if (it->second.has_place) continue;
    if (best == candidates_.end() || it->second.loudness > best->second.loudness) best = it;
  }
  return best;
}

size_t AudioSelector::WeakestBefore(size_t end) const {
  size_t weakest = 0;
  for (size_t i = 1; i < end; ++i) {
    if (At(i).loudness <= At(weakest).loudness) weakest = i;
  }
  return weakest;
}

void AudioSelector::Give(Timestamp now, Candidates::iterator candidate, size_t place) {
  places_[place] = candidate->first;
  candidate->second.has_place = true;
  candidate->second.placed = now;
  changed_ = true;
}

std::optional<AudioObserver::Output> AudioSelector::Poll() {
  if (!std::exchange(changed_, false)) return std::nullopt;
  return Selection{.producers = places_, .limit = options_.limit};
}

}  // namespace sluice::router
