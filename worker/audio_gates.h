// Lets the loudest producers of rooms pass that forward no others: closes and opens producers that live here,
// and consumers here of the one that only some subscribers get.
//
// Thread: the worker's.
#pragma once

#include "absl/container/flat_hash_map.h"
#include "router/audio_observer.h"
#include "router/ids.h"
#include "rtp/units.h"
#include "worker/forwarding_table.h"

namespace sluice::worker {

class AudioGates {
 public:
  // `forwarding` outlives this.
  explicit AudioGates(ForwardingTable* forwarding) : forwarding_(forwarding) {}
  AudioGates(const AudioGates&) = delete;
  AudioGates& operator=(const AudioGates&) = delete;

  // Instead of the selector's last. Without producers: the selector is no more.
  void Handle(Timestamp now, router::RtpObserverHandle selector,
              const router::AudioObserver::Selection& selection);
  // A consumer of the producer came, went, paused or resumed.
  void HandleConsumerChanged(Timestamp now, router::ProducerHandle producer);

 private:
  using Selection = router::AudioObserver::Selection;

  void SetSelected(router::ProducerHandle producer, bool selected);
  void ApplyToConsumers(Timestamp now, const Selection& selection);

  ForwardingTable* forwarding_;
  absl::flat_hash_map<router::RtpObserverHandle, Selection> selections_;
  absl::flat_hash_map<router::ProducerHandle, router::RtpObserverHandle> selector_of_;  // Of those selected.
};

}  // namespace sluice::worker
