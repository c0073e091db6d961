// Listens to the audio producers of this worker that somebody observes, and reports their levels, all at
// once, to the workers where the observers live.
//
// Thread: the worker's.
#pragma once

#include <cstdint>
#include <memory>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "router/audio_meter.h"
#include "router/producer.h"
#include "worker/audio_observers.h"
#include "worker/event_loop.h"
#include "worker/outbox.h"
#include "worker/timer.h"

namespace sluice::worker {

class AudioReporter : public router::AudioMeter::OnsetListener {
 public:
  static constexpr TimeDelta kInterval = TimeDelta::Millis(100);
  // Somebody begins to speak: not more often than the packets of one come.
  static constexpr TimeDelta kMinInterval = TimeDelta::Millis(20);

  // All outlive this. `observers` are those of this worker.
  AudioReporter(EventLoop* loop, Outbox* outbox, AudioObservers* observers);
  AudioReporter(const AudioReporter&) = delete;
  AudioReporter& operator=(const AudioReporter&) = delete;

  // From now on to `listener`, a worker, instead of whoever it was before. A prompt one hears at once of who
  // begins to speak.
  void Listen(router::Producer* producer, uint32_t listener, bool prompt);
  // No effect on a producer that is not listened to.
  void Stop(router::Producer* producer);

  // router::AudioMeter::OnsetListener
  void HandleOnset() override;

 private:
  struct Source {
    std::unique_ptr<router::AudioMeter> meter;
    uint32_t listener = 0;
  };

  void Report(Timestamp now);

  EventLoop* loop_;
  Outbox* outbox_;
  AudioObservers* observers_;
  Timer timer_;
  Timestamp last_report_ = Timestamp::Past();
  absl::flat_hash_map<router::ProducerHandle, Source> sources_;
  absl::flat_hash_map<uint32_t, std::vector<router::AudioLevels>> batches_;  // By listener.
};

}  // namespace sluice::worker
