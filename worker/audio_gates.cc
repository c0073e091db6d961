#include "worker/audio_gates.h"

#include <cstddef>
#include <cstdint>
#include <utility>

#include "router/consumer.h"

namespace sluice::worker {

void AudioGates::Handle(Timestamp now, router::RtpObserverHandle selector, const Selection& selection) {
  const Selection before = std::exchange(selections_[selector], selection);
  for (router::ProducerHandle producer : before.producers) selector_of_.erase(producer);
  for (router::ProducerHandle producer : selection.producers) {
    selector_of_[producer] = selector;
    SetSelected(producer, true);
  }
  for (router::ProducerHandle producer : before.producers) {
    if (!selector_of_.contains(producer)) SetSelected(producer, false);
  }
  ApplyToConsumers(now, selection);
  if (selection.producers.empty()) selections_.erase(selector);
}

void AudioGates::HandleConsumerChanged(Timestamp now, router::ProducerHandle producer) {
  auto selector = selector_of_.find(producer);
  if (selector != selector_of_.end()) ApplyToConsumers(now, selections_[selector->second]);
}

void AudioGates::SetSelected(router::ProducerHandle producer, bool selected) {
  if (router::Producer* found = forwarding_->FindProducer(producer)) found->SetSelected(selected);
}

// The producer behind the limit is for subscribers that do not take all those before it.
void AudioGates::ApplyToConsumers(Timestamp now, const Selection& selection) {
  absl::flat_hash_map<const router::RtpSender*, uint32_t> taken;  // By subscriber.
  for (size_t i = 0; i < selection.producers.size(); ++i) {
    const router::FanOut* fan_out = forwarding_->FindFanOut(selection.producers[i]);
    if (!fan_out) continue;
    for (router::Consumer* consumer : fan_out->consumers()) {
      const bool passes = i < selection.limit || taken[consumer->sender()] < selection.limit;
      consumer->SetSelected(now, passes);
      if (passes && !consumer->paused()) ++taken[consumer->sender()];
    }
  }
}

}  // namespace sluice::worker
