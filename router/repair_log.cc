#include "router/repair_log.h"

namespace sluice::router {

bool RepairLog::MayRepair(Timestamp now, SequenceNumber number, TimeDelta interval) const {
  if (entries_.empty()) return true;
  const Entry& entry = entries_[number.value() % kRecent];
  if (now < entry.at + interval) return false;
  return !Remembers(entry, now, number) || entry.tries < kMaxTries;
}

int RepairLog::Note(Timestamp now, SequenceNumber number) {
  if (entries_.empty()) entries_.resize(kRecent);
  Entry& entry = entries_[number.value() % kRecent];
  if (!Remembers(entry, now, number)) entry = {.at = now, .number = number, .tries = 0};
  entry.at = now;
  return ++entry.tries;
}

}  // namespace sluice::router
