#include "worker/audio_reporter.h"

#include <algorithm>
#include <optional>
#include <utility>

namespace sluice::worker {

AudioReporter::AudioReporter(EventLoop* loop, Outbox* outbox, AudioObservers* observers)
    : loop_(loop),
      outbox_(outbox),
      observers_(observers),
      timer_(*loop, [this](Timestamp now) { Report(now); }) {}

void AudioReporter::Listen(router::Producer* producer, uint32_t listener, bool prompt) {
  const router::ProducerConfig& config = producer->config();
  if (config.kind != router::MediaKind::kAudio || config.codecs.empty()) return;
  Source& source = sources_[config.handle];
  source.listener = listener;
  if (!source.meter) source.meter = std::make_unique<router::AudioMeter>(config.codecs.front().clock_rate);
  source.meter->set_onset_listener(prompt ? this : nullptr);
  producer->set_audio_meter(source.meter.get());
  if (timer_.deadline().IsNever()) timer_.ArmAt(loop_->Now() + kInterval);
}

void AudioReporter::Stop(router::Producer* producer) {
  producer->set_audio_meter(nullptr);
  sources_.erase(producer->config().handle);
}

void AudioReporter::HandleOnset() {
  const Timestamp soon = std::max(loop_->Now(), last_report_ + kMinInterval);
  if (soon < timer_.deadline()) timer_.ArmAt(soon);
}

void AudioReporter::Report(Timestamp now) {
  last_report_ = now;
  for (auto& [producer, source] : sources_) {
    if (std::optional<router::AudioLevels> levels = source.meter->Take(producer)) {
      batches_[source.listener].push_back(*levels);
    }
  }
  for (auto& [listener, batch] : batches_) {
    if (batch.empty()) continue;
    if (listener == outbox_->self()) {
      observers_->HandleLevels(now, batch);
      batch.clear();
    } else {
      outbox_->Ask(listener, AudioLevelReport{std::exchange(batch, {})});
    }
  }
  if (!sources_.empty()) timer_.ArmAt(now + kInterval);
}

}  // namespace sluice::worker
