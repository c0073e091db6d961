// Wakes the sources of a thread's clients when their next packet is due, to the microsecond as far as the
// kernel goes (timerfd; libuv's own timers count milliseconds).
#pragma once

#include <cstdint>
#include <queue>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "bench/load/histogram.h"
#include "rtp/units.h"
#include "worker/event_loop.h"
#include "worker/io_watch.h"

namespace sluice::load {

class Paced {
 public:
  virtual ~Paced() = default;
  // Answers when it is due next; Never(): no more. Must not add or remove.
  virtual Timestamp HandleDue(Timestamp now) = 0;
};

class Pacer {
 public:
  // Both outlive the pacer.
  Pacer(worker::EventLoop& loop, Histogram* lateness);
  ~Pacer();
  Pacer(const Pacer&) = delete;
  Pacer& operator=(const Pacer&) = delete;

  void Add(Paced* source, Timestamp first);
  void Remove(Paced* source) { live_.erase(source); }

 private:
  struct Due {
    Timestamp at;
    uint64_t serial;  // Of the addition that it belongs to.
    Paced* source;
    bool operator>(const Due& o) const { return at > o.at; }
  };

  void HandleTimer();
  void Arm();

  Histogram* lateness_;
  int fd_;
  worker::IoWatch watch_;
  uint64_t last_serial_ = 0;
  absl::flat_hash_map<Paced*, uint64_t> live_;  // To serials.
  std::priority_queue<Due, std::vector<Due>, std::greater<>> due_;
};

}  // namespace sluice::load
