// Which packets one consumer was sent again lately: nobody gets a packet twice in a round trip, and what did
// not get across after kMaxTries is given up, so that a subscriber cannot multiply traffic by asking.
//
// Memory: none before the first repair, then kRecent entries of 16 octets.
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include "rtp/ids.h"
#include "rtp/units.h"

namespace sluice::router {

class RepairLog {
 public:
  static constexpr size_t kRecent = 512;  // At most so many repairs in a round trip.
  static constexpr int kMaxTries = 10;

  // `interval`: between two repairs of a packet.
  bool MayRepair(Timestamp now, SequenceNumber number, TimeDelta interval) const;
  // It is repaired now. How often it has been, with this time.
  int Note(Timestamp now, SequenceNumber number);

 private:
  // By then a number may have come round again, for another packet.
  static constexpr TimeDelta kForgotten = TimeDelta::Seconds(5);

  struct Entry {
    Timestamp at = Timestamp::Past();
    SequenceNumber number;
    uint8_t tries = 0;
  };

  bool Remembers(const Entry& entry, Timestamp now, SequenceNumber number) const {
    return entry.number == number && now - entry.at < kForgotten;
  }

  std::vector<Entry> entries_;  // By sequence number modulo its size.
};

}  // namespace sluice::router
