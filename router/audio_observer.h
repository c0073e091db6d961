// What listens to the audio producers of a room and tells who is loud, who speaks, or who is forwarded. A
// state machine: levels and `now` go in, and are then drained.
//
//   observer.HandleLevels(now, levels);
//   observer.HandleTimeout(now);                      // at NextTimeout(); early calls are harmless
//   while (auto output = observer.Poll()) …
//
// Thread: that of the worker where the observer lives.
#pragma once

#include <cstdint>
#include <optional>
#include <variant>
#include <vector>

#include "router/audio_levels.h"
#include "router/ids.h"
#include "rtp/units.h"

namespace sluice::router {

class AudioObserver {
 public:
  struct Volume {
    ProducerHandle producer;
    int8_t volume;  // dBov, -127…0: the mean over the last interval.
    bool operator==(const Volume&) const = default;
  };
  struct Volumes {  // Never empty, the loudest first.
    std::vector<Volume> entries;
  };
  struct Silence {};  // Nobody is above the threshold any more.
  struct DominantSpeaker {
    ProducerHandle producer;
  };
  // Who is forwarded. A subscriber gets the first `limit`; the one behind them only if it does not take one
  // of those, as a speaker does not take himself.
  struct Selection {
    std::vector<ProducerHandle> producers;
    uint16_t limit = 0;
  };
  using Output = std::variant<Volumes, Silence, DominantSpeaker, Selection>;

  virtual ~AudioObserver() = default;

  // Adding twice and removing what was not added have no effect.
  virtual void AddProducer(Timestamp now, ProducerHandle producer) = 0;
  virtual void RemoveProducer(Timestamp now, ProducerHandle producer) = 0;
  // Levels of producers that were not added are ignored.
  virtual void HandleLevels(Timestamp now, const AudioLevels& levels) = 0;

  // A paused observer hears nothing and has no timeouts.
  virtual void Pause(Timestamp now) = 0;
  virtual void Resume(Timestamp now) = 0;

  virtual void HandleTimeout(Timestamp now) = 0;
  virtual Timestamp NextTimeout() const = 0;
  [[nodiscard]] virtual std::optional<Output> Poll() = 0;
};

}  // namespace sluice::router
