// Tells, once an interval, which producers are the loudest, or that none is loud.
#pragma once

#include <cstdint>
#include <optional>

#include "absl/container/flat_hash_map.h"
#include "router/audio_observer.h"

namespace sluice::router {

class AudioLevelObserver : public AudioObserver {
 public:
  // Who was heard for less than this in an interval (200 ms) is left out.
  static constexpr uint32_t kMinSamples = 10;

  struct Options {
    uint16_t max_entries = 1;
    int8_t threshold = -80;  // dBov, at most 0.
    TimeDelta interval = TimeDelta::Millis(1000);
  };

  AudioLevelObserver(Timestamp now, const Options& options);

  void AddProducer(Timestamp now, ProducerHandle producer) override;
  void RemoveProducer(Timestamp now, ProducerHandle producer) override;
  void HandleLevels(Timestamp now, const AudioLevels& levels) override;
  void Pause(Timestamp now) override;
  void Resume(Timestamp now) override;
  void HandleTimeout(Timestamp now) override;
  Timestamp NextTimeout() const override { return next_update_; }
  std::optional<Output> Poll() override;

 private:
  struct Heard {
    uint32_t samples = 0;
    uint32_t level_sum = 0;
  };

  void FallSilent();
  Volumes Loudest() const;
  void Forget();

  Options options_;
  Timestamp next_update_;
  bool paused_ = false;
  bool silent_ = true;
  absl::flat_hash_map<ProducerHandle, Heard> heard_;
  std::optional<Output> output_;
};

}  // namespace sluice::router
