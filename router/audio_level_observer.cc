#include "router/audio_level_observer.h"

#include <algorithm>
#include <utility>

namespace sluice::router {

AudioLevelObserver::AudioLevelObserver(Timestamp now, const Options& options)
    : options_(options), next_update_(now + options.interval) {}

void AudioLevelObserver::AddProducer(Timestamp, ProducerHandle producer) { heard_.try_emplace(producer); }

void AudioLevelObserver::RemoveProducer(Timestamp, ProducerHandle producer) { heard_.erase(producer); }

void AudioLevelObserver::HandleLevels(Timestamp, const AudioLevels& levels) {
  auto it = heard_.find(levels.producer);
  if (paused_ || it == heard_.end()) return;
  it->second.samples += levels.samples;
  it->second.level_sum += levels.level_sum;
}

void AudioLevelObserver::Pause(Timestamp) {
  if (std::exchange(paused_, true)) return;
  next_update_ = Timestamp::Never();
  Forget();
  FallSilent();
}

void AudioLevelObserver::Resume(Timestamp now) {
  if (std::exchange(paused_, false)) next_update_ = now + options_.interval;
}

void AudioLevelObserver::HandleTimeout(Timestamp now) {
  if (now < next_update_) return;
  next_update_ = now + options_.interval;
  Volumes loudest = Loudest();
  Forget();
  if (loudest.entries.empty()) return FallSilent();
  silent_ = false;
  output_ = std::move(loudest);
}

void AudioLevelObserver::FallSilent() {
  if (!std::exchange(silent_, true)) output_ = Silence();
}

AudioObserver::Volumes AudioLevelObserver::Loudest() const {
  Volumes loud;
  for (const auto& [producer, heard] : heard_) {
    if (heard.samples < kMinSamples) continue;
    auto volume =
        static_cast<int8_t>(-static_cast<int>((heard.level_sum + heard.samples / 2) / heard.samples));
    if (volume >= options_.threshold) loud.entries.push_back({producer, volume});
  }
  std::sort(loud.entries.begin(), loud.entries.end(), [](const Volume& a, const Volume& b) {
    return a.volume != b.volume ? a.volume > b.volume : a.producer < b.producer;
  });
  if (loud.entries.size() > options_.max_entries) loud.entries.resize(options_.max_entries);
  return loud;
}

void AudioLevelObserver::Forget() {
  for (auto& [producer, heard] : heard_) heard = Heard();
}

std::optional<AudioObserver::Output> AudioLevelObserver::Poll() {
  return std::exchange(output_, std::nullopt);
}

}  // namespace sluice::router
