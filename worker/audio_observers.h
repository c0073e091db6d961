// The audio observers that live on this worker. They hear of producers on any worker by reports of levels.
//
// Thread: the worker's.
#pragma once

#include <memory>
#include <span>

#include "absl/container/flat_hash_map.h"
#include "absl/container/inlined_vector.h"
#include "router/audio_observer.h"
#include "router/ids.h"
#include "worker/audio_gates.h"
#include "worker/event_loop.h"
#include "worker/outbox.h"
#include "worker/timer.h"

namespace sluice::worker {

class AudioObservers {
 public:
  // All outlive this.
  AudioObservers(EventLoop* loop, Outbox* outbox, AudioGates* gates)
      : loop_(loop), outbox_(outbox), gates_(gates) {}
  AudioObservers(const AudioObservers&) = delete;
  AudioObservers& operator=(const AudioObservers&) = delete;

  // Handles that name nothing (any more) are ignored.
  void Add(router::RtpObserverHandle handle, std::unique_ptr<router::AudioObserver> observer);
  void Remove(router::RtpObserverHandle handle);
  void SetPaused(router::RtpObserverHandle handle, bool paused);
  void SetObserved(router::RtpObserverHandle handle, router::ProducerHandle producer, bool observed);

  void HandleLevels(Timestamp now, std::span<const router::AudioLevels> levels);

 private:
  struct Entry {
    std::unique_ptr<router::AudioObserver> observer;
    std::unique_ptr<Timer> timer;
    bool selects = false;  // It has chosen who is forwarded.
  };

  // Tells what the observer has to say, and arms its timer.
  void Settle(router::RtpObserverHandle handle, Entry* entry);
  // To all workers.
  void Spread(router::RtpObserverHandle selector, const router::AudioObserver::Selection& selection);
  Entry* Find(router::RtpObserverHandle handle);
  void StopHearing(router::ProducerHandle producer, router::RtpObserverHandle observer);

  EventLoop* loop_;
  Outbox* outbox_;
  AudioGates* gates_;
  absl::flat_hash_map<router::RtpObserverHandle, Entry> observers_;
  absl::flat_hash_map<router::ProducerHandle, absl::InlinedVector<router::RtpObserverHandle, 2>> of_producer_;
};

}  // namespace sluice::worker
