// What the retransmission histories of one worker may hold together. Beyond it the packets that were kept
// first are released first, whosever they are: a burst of one stream costs all streams the same time, and the
// bound in time of each history holds beside it.
//
// Counted is the memory that a packet keeps from being used again, that of its whole slab. Keeping a packet
// and letting it go are O(1); nothing is allocated once as many packets as ever have been kept.
//
// Thread: the worker's.
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include "rtp/slab.h"

namespace sluice::rtp {

class RetransmissionHistory;

class RetransmissionMemory {
 public:
  // Two seconds of 600 Mbit/s in packets of 1,200 octets.
  static constexpr size_t kDefaultMaxBytes = size_t{256} << 20;
  static constexpr size_t kPacketBytes = sizeof(Slab);

  // At least one packet fits, whatever the bound.
  explicit RetransmissionMemory(size_t max_bytes = kDefaultMaxBytes);
  RetransmissionMemory(const RetransmissionMemory&) = delete;
  RetransmissionMemory& operator=(const RetransmissionMemory&) = delete;

  size_t max_bytes() const { return max_packets_ * kPacketBytes; }
  size_t bytes() const { return packets_ * kPacketBytes; }
  size_t packets() const { return packets_; }
  // Packets that had to go before their time.
  int64_t evicted() const { return evicted_; }

 private:
  friend class RetransmissionHistory;
  using Place = uint32_t;

  struct Entry {
    RetransmissionHistory* holder = nullptr;
    int64_t sequence = 0;
    Place previous = 0;
    Place next = 0;
  };

  // A packet is kept: the oldest may have to go for it, out of their holders.
  Place Add(RetransmissionHistory* holder, int64_t sequence);
  // It is not any more.
  void Remove(Place place);
  Place TakeFree();

  // The kept packets are a ring in the order in which they came: entry 0 is between the newest and the
  // oldest.
  std::vector<Entry> entries_ = std::vector<Entry>(1);
  Place free_ = 0;  // The first of a list by `next`; 0: none.
  size_t max_packets_;
  size_t packets_ = 0;
  int64_t evicted_ = 0;
};

}  // namespace sluice::rtp
