// Chooses the loudest producers of a room: those that are forwarded where not all are.
//
// Who has a place keeps it until somebody else is clearly louder, so that a quiet room does not flap and a
// pause between words costs nobody a place. There is one place more than the limit: a speaker does not hear
// himself, and still hears as many others (see Selection).
#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "absl/container/btree_map.h"
#include "router/audio_observer.h"

namespace sluice::router {

class AudioSelector : public AudioObserver {
 public:
  struct Options {
    uint16_t limit = 1;  // Producers that a subscriber is sent; at least 1.
  };

  explicit AudioSelector(const Options& options) : options_(options) {}

  void AddProducer(Timestamp now, ProducerHandle producer) override;
  void RemoveProducer(Timestamp now, ProducerHandle producer) override;
  void HandleLevels(Timestamp now, const AudioLevels& levels) override;
  // It is never paused.
  void Pause(Timestamp) override {}
  void Resume(Timestamp) override {}
  void HandleTimeout(Timestamp now) override;
  Timestamp NextTimeout() const override { return next_update_; }
  std::optional<Output> Poll() override;

 private:
  struct Candidate {
    double loudness = 0;  // dB above silence: rises at once, falls slowly.
    Timestamp heard_until;
    Timestamp placed = Timestamp::Past();
    bool has_place = false;
  };
  using Candidates = absl::btree_map<ProducerHandle, Candidate>;  // In the order of their creation.

  size_t places() const { return options_.limit + size_t{1}; }
  void Fade(Timestamp now, Candidate* candidate);
  void Choose(Timestamp now);
  void FillPlaces(Timestamp now);
  bool ReplaceTheSpare(Timestamp now);
  void RankTheSpare();
  Candidates::iterator LoudestWithoutPlace();
  size_t WeakestBefore(size_t end) const;
  const Candidate& At(size_t place) const { return candidates_.at(places_[place]); }
  void Give(Timestamp now, Candidates::iterator candidate, size_t place);

  Options options_;
  Candidates candidates_;
  std::vector<ProducerHandle> places_;  // The spare last, if all are taken.
  Timestamp next_update_ = Timestamp::Never();
  bool changed_ = false;
};

}  // namespace sluice::router
