#include "worker/audio_observers.h"

#include <algorithm>
#include <utility>
#include <vector>

namespace sluice::worker {

void AudioObservers::Spread(router::RtpObserverHandle selector,
                            const router::AudioObserver::Selection& selection) {
  for (uint32_t worker = 0; worker < outbox_->workers(); ++worker) {
    if (worker != outbox_->self()) outbox_->Ask(worker, AudioSelected{selector, selection});
  }
  gates_->Handle(loop_->Now(), selector, selection);
}

AudioObservers::Entry* AudioObservers::Find(router::RtpObserverHandle handle) {
  auto it = observers_.find(handle);
  return it == observers_.end() ? nullptr : &it->second;
}

void AudioObservers::Add(router::RtpObserverHandle handle, std::unique_ptr<router::AudioObserver> observer) {
  Entry& entry = observers_[handle];
  entry.observer = std::move(observer);
  entry.timer = std::make_unique<Timer>(*loop_, [this, handle](Timestamp now) {
    Entry* fired = Find(handle);
    fired->observer->HandleTimeout(now);
    Settle(handle, fired);
  });
  Settle(handle, &entry);
}

void AudioObservers::Remove(router::RtpObserverHandle handle) {
  Entry* entry = Find(handle);
  if (!entry) return;
  std::vector<router::ProducerHandle> producers;
  for (const auto& [producer, observers] : of_producer_) producers.push_back(producer);
  for (router::ProducerHandle producer : producers) StopHearing(producer, handle);
  if (entry->selects) Spread(handle, {});
  observers_.erase(handle);
}

void AudioObservers::SetPaused(router::RtpObserverHandle handle, bool paused) {
  Entry* entry = Find(handle);
  if (!entry) return;
  if (paused) {
    entry->observer->Pause(loop_->Now());
  } else {
    entry->observer->Resume(loop_->Now());
  }
  Settle(handle, entry);
}

void AudioObservers::SetObserved(router::RtpObserverHandle handle, router::ProducerHandle producer,
                                 bool observed) {
  Entry* entry = Find(handle);
  if (!entry) return;
  StopHearing(producer, handle);
  if (observed) {
    of_producer_[producer].push_back(handle);
    entry->observer->AddProducer(loop_->Now(), producer);
  } else {
    entry->observer->RemoveProducer(loop_->Now(), producer);
  }
  Settle(handle, entry);
}

void AudioObservers::StopHearing(router::ProducerHandle producer, router::RtpObserverHandle observer) {
  auto it = of_producer_.find(producer);
  if (it == of_producer_.end()) return;
  auto& observers = it->second;
  observers.erase(std::remove(observers.begin(), observers.end(), observer), observers.end());
  if (observers.empty()) of_producer_.erase(it);
}

void AudioObservers::HandleLevels(Timestamp now, std::span<const router::AudioLevels> levels) {
  for (const router::AudioLevels& heard : levels) {
    auto it = of_producer_.find(heard.producer);
    if (it == of_producer_.end()) continue;
    for (router::RtpObserverHandle handle : it->second) {
      Entry* entry = Find(handle);
      entry->observer->HandleLevels(now, heard);
      Settle(handle, entry);
    }
  }
}

void AudioObservers::Settle(router::RtpObserverHandle handle, Entry* entry) {
  while (std::optional<router::AudioObserver::Output> output = entry->observer->Poll()) {
    if (const auto* selection = std::get_if<router::AudioObserver::Selection>(&*output)) {
      entry->selects = true;
      Spread(handle, *selection);
    }
    outbox_->Tell(AudioObserved{handle, *std::move(output)});
  }
  entry->timer->ArmAt(entry->observer->NextTimeout());
}

}  // namespace sluice::worker
