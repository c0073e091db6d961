// Who takes part in a run, and what they publish.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "bench/load/parameters.h"
#include "bench/load/video_shape.h"

namespace sluice::load {

struct Scenario {
  enum class Kind { kMeeting, kBroadcast, kWebinar, kAudio, kChurn };
  Kind kind = Kind::kMeeting;
  int publishers = 0;   // Who send.
  int subscribers = 0;  // Who receive, publishers that do both not counted.
  bool everyone_receives = false;
};

// "meeting 12", "broadcast 50", "webinar 5 50", "audio 100", "churn" or "churn 20".
absl::StatusOr<Scenario> ParseScenario(const std::vector<std::string>& words);
std::string ToString(const Scenario& scenario);

struct MediaOptions {
  bool audio = true;
  bool video = true;
  int simulcast = 1;  // Encodings of each video.
  VideoShapeOptions video_shape;
  size_t audio_payload_size = 100;
};

// Peer number `index`; the first are the publishers. Ids and SSRCs are its own.
PeerPlan MakePeer(const Scenario& scenario, const MediaOptions& media, int index);
inline int PeersOf(const Scenario& scenario) { return scenario.publishers + scenario.subscribers; }

}  // namespace sluice::load
