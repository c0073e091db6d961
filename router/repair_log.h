// Which packets one consumer was sent again lately: nobody gets a packet twice in a round trip, and what did
// not get across after kMaxTries is given up, so that a subscriber cannot multiply traffic by asking.
//
// Memory: none before the first repair, then 16 octets for each packet of the last seconds, kRecent at most.
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

  static constexpr size_t kFewest = 16;

  struct Entry {
    Timestamp at = Timestamp::Past();
    SequenceNumber number;
    uint8_t tries = 0;
  };

  bool Remembers(const Entry& entry, Timestamp now, SequenceNumber number) const {
    return entry.number == number && now - entry.at < kForgotten;
  }

  const Entry& EntryOf(SequenceNumber number) const { return entries_[number.value() % entries_.size()]; }
  // The place of `number`, made free of other numbers as long as there may be more places.
  Entry& PlaceFor(Timestamp now, SequenceNumber number);

  std::vector<Entry> entries_;  // By sequence number modulo its size, a power of two.
};

}  // namespace sluice::router
