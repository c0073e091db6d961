// What the clients of a thread have seen, and differences of it.
#pragma once

#include <cstdint>

#include "bench/load/histogram.h"

namespace sluice::load {

struct Counters {
  uint64_t media_sent = 0;      // RTP packets published.
  uint64_t media_received = 0;  // RTP packets received, once each, without retransmissions.
  uint64_t media_expected = 0;  // By their sequence numbers.
  uint64_t bytes_received = 0;  // Of their datagrams.
  uint64_t duplicates = 0;
  uint64_t repaired = 0;  // Came by RTX.
  uint64_t nacked = 0;    // Packets asked for.
  uint64_t repairs_sent = 0;
  uint64_t key_frame_requests_sent = 0;
  uint64_t key_frame_requests_received = 0;
  uint64_t feedback_sent = 0;  // Transport-wide.
  uint64_t feedback_received = 0;
  uint64_t reports_sent = 0;
  uint64_t reports_received = 0;
  uint64_t decrypted = 0;
  uint64_t damaged = 0;         // Did not decrypt, or has no stamp of ours.
  uint64_t unknown = 0;         // Of no stream that was announced.
  uint64_t skipped_frames = 0;  // The generator came too late for them.

  template <typename Visit>
  static void ForEach(Visit&& visit) {
    for (auto member :
         {&Counters::media_sent, &Counters::media_received, &Counters::media_expected,
          &Counters::bytes_received, &Counters::duplicates, &Counters::repaired, &Counters::nacked,
          &Counters::repairs_sent, &Counters::key_frame_requests_sent, &Counters::key_frame_requests_received,
          &Counters::feedback_sent, &Counters::feedback_received, &Counters::reports_sent,
          &Counters::reports_received, &Counters::decrypted, &Counters::damaged, &Counters::unknown,
          &Counters::skipped_frames}) {
      visit(member);
    }
  }
  Counters& operator+=(const Counters& o) {
    ForEach([&](auto member) { this->*member += o.*member; });
    return *this;
  }
  Counters operator-(const Counters& o) const {
    Counters difference = *this;
    ForEach([&](auto member) { difference.*member -= o.*member; });
    return difference;
  }
};

struct Observations {
  Counters counters;
  Histogram delay;     // From a packet's departure to its arrival, of those that are decrypted.
  Histogram lateness;  // Of the generator's own departures.
  uint64_t clients = 0;
  uint64_t connected = 0;
  uint64_t failed = 0;

  void Merge(const Observations& o) {
    counters += o.counters;
    delay.Merge(o.delay);
    lateness.Merge(o.lateness);
    clients += o.clients;
    connected += o.connected;
    failed += o.failed;
  }
};

}  // namespace sluice::load
