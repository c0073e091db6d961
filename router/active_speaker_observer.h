// Tells who is the dominant speaker of a room: switches to another one when he is more active than the
// present one over all three spans of SpeechActivity, and not because of a cough.
#pragma once

#include <optional>

#include "absl/container/btree_map.h"
#include "router/audio_observer.h"
#include "router/speech_activity.h"

namespace sluice::router {

class ActiveSpeakerObserver : public AudioObserver {
 public:
  struct Options {
    TimeDelta interval = TimeDelta::Millis(300);
  };

  ActiveSpeakerObserver(Timestamp now, const Options& options);

  void AddProducer(Timestamp now, ProducerHandle producer) override;
  void RemoveProducer(Timestamp now, ProducerHandle producer) override;
  void HandleLevels(Timestamp now, const AudioLevels& levels) override;
  void Pause(Timestamp now) override;
  void Resume(Timestamp now) override;
  void HandleTimeout(Timestamp now) override;
  Timestamp NextTimeout() const override { return next_update_; }
  std::optional<Output> Poll() override;

 private:
  struct Speaker {
    SpeechActivity activity;
    Timestamp heard_until;  // What came before is in `activity`.
  };

  void Update(Timestamp now);
  // Who has nothing to say sends nothing.
  static void FillWithSilence(Timestamp now, Speaker* speaker);
  std::optional<ProducerHandle> Challenger() const;

  Options options_;
  Timestamp next_update_;
  bool paused_ = false;
  absl::btree_map<ProducerHandle, Speaker> speakers_;  // In the order of their creation.
  std::optional<ProducerHandle> dominant_;
  std::optional<Output> output_;
};

}  // namespace sluice::router
