// How much one person speaks, seen over three spans of time: an instant, a syllable or two, a sentence. After
// I. Volfin and I. Cohen, "Dominant Speaker Identification for Multipoint Videoconferencing", Computer Speech
// & Language 27(4), 2013: each span is a number of active parts out of so many, and its score the log
// likelihood ratio of speech (exponentially distributed) against its absence (binomial).
//
// In place of the paper's sub-bands of a spectrum stand bands of the level that packets say, as in Jitsi
// Videobridge and mediasoup, whose parameters these are.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>

namespace sluice::router {

class SpeechActivity {
 public:
  struct Scores {  // Each above 0.
    double immediate;
    double medium;
    double lasting;
  };

  // The level of the next slot of 20 ms, in -dBov.
  void Add(uint8_t level);
  // Of what was added; to be compared between speakers as logarithms of ratios.
  Scores Evaluate() const;

 private:
  static constexpr int kBands = 13;        // N1
  static constexpr int kMediumSlots = 5;   // N2: 100 ms
  static constexpr int kLongMediums = 10;  // N3: 1 s
  static constexpr int kBandWidth = 10;    // dB
  static constexpr int kSlots = kMediumSlots * kLongMediums;
  static constexpr int kFloorWindow = 750;  // Slots: 15 s.

  // Active bands of the slot that was added `age` slots ago.
  int Bands(int age) const;
  int ActiveSlots(int medium) const;
  void UpdateFloor(int loudness);

  std::array<uint8_t, kSlots> loudness_{};  // 127 less the level; a ring.
  int next_ = 0;
  int floor_ = 0;  // The room's noise, as loudness; 0: not known yet.
  int next_floor_ = 0;
  int next_floor_slots_ = 0;
};

}  // namespace sluice::router
