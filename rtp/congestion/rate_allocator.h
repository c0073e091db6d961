// Shares what may be sent between a subscriber's video streams: who gets which layer, and who has to wait.
//
// In order of priority each stream gets its lowest layer; what is left is given out in rounds, a layer a turn
// (a stream of priority n takes n), until nothing more fits. So all move before one moves better, and where
// not even the lowest layers fit, the least important stream is paused.
//
// Down it goes at once. Up it goes when there is a margin, and not too soon after it had to come down; if a
// layer had to be given back soon after it was taken, the wait doubles.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>

#include "rtp/units.h"

namespace sluice::rtp::congestion {

class RateAllocator {
 public:
  // A layer's place in the order of quality: temporal layers within a spatial one, spatial ones above each
  // other.
  static constexpr int kMaxTemporal = 4;
  static constexpr int kMaxSpatial = 4;
  static constexpr int kLevels = kMaxSpatial * kMaxTemporal;
  static constexpr int kPaused = -1;
  static constexpr int LevelOf(int spatial, int temporal) { return spatial * kMaxTemporal + temporal; }

  struct Stream {
    uint32_t id = 0;
    uint8_t priority = 1;  // 1 to 255, higher first.
    // What each level needs, all below it that it depends on included. Zero: not there, or not wanted.
    std::array<DataRate, kLevels> rates{};

    // The allocator's: what the stream has, and since when and until when.
    int level = kPaused;
    Timestamp raised = Timestamp::Past();
    Timestamp hold_until = Timestamp::Past();
    TimeDelta hold;
  };

  // Sets the streams' levels to what fits `available`. True: at least one has changed.
  static bool Allocate(Timestamp now, DataRate available, std::span<Stream> streams);
  // What would be sent if all fitted.
  static DataRate Needed(std::span<const Stream> streams);
  // What is sent at the present levels.
  static DataRate Allocated(std::span<const Stream> streams);
};

}  // namespace sluice::rtp::congestion
