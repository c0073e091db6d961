#include "router/repair_log.h"

namespace sluice::router {

bool RepairLog::MayRepair(Timestamp now, SequenceNumber number, TimeDelta interval) const {
  if (entries_.empty()) return true;
  const Entry& entry = EntryOf(number);
  if (entry.number != number && entries_.size() < kRecent) return true;
  if (now < entry.at + interval) return false;
  return !Remembers(entry, now, number) || entry.tries < kMaxTries;
}

int RepairLog::Note(Timestamp now, SequenceNumber number) {
  Entry& entry = PlaceFor(now, number);
  if (!Remembers(entry, now, number)) entry = {.at = now, .number = number, .tries = 0};
  entry.at = now;
  return ++entry.tries;
}

RepairLog::Entry& RepairLog::PlaceFor(Timestamp now, SequenceNumber number) {
  if (entries_.empty()) entries_.resize(kFewest);
  auto is_taken = [&] {
    const Entry& entry = EntryOf(number);
    return Remembers(entry, now, entry.number) && entry.number != number;
  };
  while (entries_.size() < kRecent && is_taken()) {
    std::vector<Entry> fewer(2 * entries_.size());
    fewer.swap(entries_);
    for (const Entry& entry : fewer) {
      if (!entry.at.IsPast()) entries_[entry.number.value() % entries_.size()] = entry;
    }
  }
  return entries_[number.value() % entries_.size()];
}

}  // namespace sluice::router
