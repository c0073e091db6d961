#include "router/active_speaker_observer.h"

#include <algorithm>
#include <cmath>
#include <utility>

namespace sluice::router {
namespace {

// By how much a challenger must be more active, as logarithms (C1, C2, C3 of the paper).
constexpr double kImmediateMargin = 3;
constexpr double kMediumMargin = 2;
constexpr double kLastingMargin = 0;

// Levels come some 100 ms late; what is missing for longer is silence.
constexpr TimeDelta kMaxDelay = TimeDelta::Millis(200);
constexpr int64_t kMaxSilentSlots = 50;

}  // namespace

ActiveSpeakerObserver::ActiveSpeakerObserver(Timestamp now, const Options& options)
    : options_(options), next_update_(now + options.interval) {}

void ActiveSpeakerObserver::AddProducer(Timestamp now, ProducerHandle producer) {
  speakers_.try_emplace(producer, Speaker{.activity = {}, .heard_until = now});
}

void ActiveSpeakerObserver::RemoveProducer(Timestamp now, ProducerHandle producer) {
  if (speakers_.erase(producer) == 0 || dominant_ != producer) return;
  dominant_.reset();
  if (!paused_) Update(now);
}

void ActiveSpeakerObserver::HandleLevels(Timestamp now, const AudioLevels& levels) {
  auto it = speakers_.find(levels.producer);
  if (paused_ || it == speakers_.end()) return;
  Speaker& speaker = it->second;
  for (size_t i = 0; i < levels.slot_count; ++i) speaker.activity.Add(levels.slots[i]);
  speaker.heard_until = now;
}

void ActiveSpeakerObserver::Pause(Timestamp) {
  paused_ = true;
  next_update_ = Timestamp::Never();
}

void ActiveSpeakerObserver::Resume(Timestamp now) {
  if (std::exchange(paused_, false)) next_update_ = now + options_.interval;
}

void ActiveSpeakerObserver::HandleTimeout(Timestamp now) {
  if (now < next_update_) return;
  next_update_ = now + options_.interval;
  Update(now);
}

void ActiveSpeakerObserver::Update(Timestamp now) {
  for (auto& [producer, speaker] : speakers_) FillWithSilence(now, &speaker);
  std::optional<ProducerHandle> next = Challenger();
  if (!next) return;
  dominant_ = next;
  output_ = DominantSpeaker{*next};
}

void ActiveSpeakerObserver::FillWithSilence(Timestamp now, Speaker* speaker) {
  TimeDelta missing = now - speaker->heard_until;
  if (missing <= kMaxDelay) return;
  int64_t slots = std::min(missing.us() / AudioLevels::kSlot.us(), kMaxSilentSlots);
  for (int64_t i = 0; i < slots; ++i) speaker->activity.Add(AudioLevels::kSilence);
  speaker->heard_until = now;
}

// Who takes over; the first comer where nobody speaks at all.
std::optional<ProducerHandle> ActiveSpeakerObserver::Challenger() const {
  if (speakers_.empty()) return std::nullopt;
  ProducerHandle present = dominant_.value_or(speakers_.begin()->first);
  std::optional<ProducerHandle> best;
  if (!dominant_) best = present;
  const SpeechActivity::Scores dominant = speakers_.at(present).activity.Evaluate();
  double best_margin = kMediumMargin;
  for (const auto& [producer, speaker] : speakers_) {
    if (producer == present) continue;
    SpeechActivity::Scores scores = speaker.activity.Evaluate();
    double medium = std::log(scores.medium / dominant.medium);
    if (std::log(scores.immediate / dominant.immediate) <= kImmediateMargin || medium <= best_margin ||
        std::log(scores.lasting / dominant.lasting) <= kLastingMargin) {
      continue;
    }
    best = producer;
    best_margin = medium;
  }
  return best;
}

std::optional<AudioObserver::Output> ActiveSpeakerObserver::Poll() {
  return std::exchange(output_, std::nullopt);
}

}  // namespace sluice::router
