// The last packets of one incoming stream, kept for the subscribers that will ask for them again: one a
// producer stream and worker, shared by all its consumers. Holds references to slabs, no copies.
//
// Bounded in time (`window`: 2 s for video, 1 s for audio), in packets, and with all others of its worker in
// memory (RetransmissionMemory). The ring starts at kMinPackets
// slots and doubles up to `max_packets` while the stream needs it; it never allocates after that.
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include "rtp/retransmission_memory.h"
#include "rtp/slab.h"
#include "rtp/units.h"

namespace sluice::rtp {

class RetransmissionHistory {
 public:
  static constexpr TimeDelta kVideoWindow = TimeDelta::Seconds(2);
  static constexpr TimeDelta kAudioWindow = TimeDelta::Seconds(1);
  static constexpr size_t kMinPackets = 64;
  static constexpr size_t kMaxPackets = 2'048;

  // `max_packets` is rounded up to a power of two, at least kMinPackets. `memory` outlives the history;
  // nullptr: without that bound.
  explicit RetransmissionHistory(TimeDelta window, size_t max_packets = kMaxPackets,
                                 RetransmissionMemory* memory = nullptr);
  ~RetransmissionHistory() { Clear(); }
  RetransmissionHistory(const RetransmissionHistory&) = delete;
  RetransmissionHistory& operator=(const RetransmissionHistory&) = delete;

  // Keeps `packet` under its packet().sequence; its age counts from its packet().arrival. Releases what has
  // become too old. A packet older than all that the ring can hold is not kept.
  void Insert(Timestamp now, SlabRef packet);

  // nullptr: never received, or gone. Valid until the next call that is not const.
  const Slab* Find(Timestamp now, int64_t sequence) const;

  // Releases what is older than the window; for streams that have gone quiet.
  void Expire(Timestamp now);
  void Clear();

  size_t capacity() const { return ring_.size(); }
  bool empty() const { return begin_ == end_; }

 private:
  friend class RetransmissionMemory;

  struct Kept {
    SlabRef packet;
    uint32_t place = 0;  // In the memory.
  };

  Kept& Slot(int64_t sequence) { return ring_[static_cast<size_t>(sequence) & (ring_.size() - 1)]; }
  const Kept& Slot(int64_t sequence) const {
    return ring_[static_cast<size_t>(sequence) & (ring_.size() - 1)];
  }
  void Keep(int64_t sequence, SlabRef packet);
  void Release(int64_t sequence);  // In [begin_, end_).
  void ReleaseBefore(int64_t sequence);
  void GrowToSpan();

  TimeDelta window_;
  size_t max_packets_;
  RetransmissionMemory* memory_;
  std::vector<Kept> ring_;  // Slot: sequence modulo its size.
  int64_t begin_ = 0;       // Sequences that may be in the ring: [begin_, end_).
  int64_t end_ = 0;
};

}  // namespace sluice::rtp
