// Listens to one audio producer: collects the levels that its packets say (RFC 6464) until they are reported.
//
// Thread: the producer's worker.
#pragma once

#include <cstdint>
#include <optional>

#include "router/audio_levels.h"

namespace sluice::router {

class AudioMeter {
 public:
  // `clock_rate` of the RTP timestamps, Hz.
  explicit AudioMeter(uint32_t clock_rate);

  // Hears at once of one that becomes loud.
  class OnsetListener {
   public:
    virtual ~OnsetListener() = default;
    virtual void HandleOnset() = 0;
  };
  // nullptr: nobody is in a hurry. It outlives the meter.
  void set_onset_listener(OnsetListener* listener) { onset_listener_ = listener; }

  // A packet that says its level, in -dBov. What comes late is not heard.
  void HandlePacket(uint32_t rtp_timestamp, uint8_t level);

  // nullopt: nothing was heard since the last time.
  std::optional<AudioLevels> Take(ProducerHandle producer);

 private:
  // The media time since the packet before, in RTP units; 0: this one comes late.
  uint32_t TimeSinceLast(uint32_t rtp_timestamp) const;
  void Append(uint8_t level, uint32_t slots);

  uint32_t clock_rate_;
  uint32_t slot_units_;  // RTP units.
  std::optional<uint32_t> last_timestamp_;
  OnsetListener* onset_listener_ = nullptr;
  uint8_t reported_ = AudioLevels::kSilence;  // The loudest slot of the last report.
  uint32_t rest_ = 0;                         // Media time that does not fill a slot yet, RTP units.
  AudioLevels levels_;
};

}  // namespace sluice::router
