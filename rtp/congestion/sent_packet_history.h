// The packets that one transport has sent and may still hear of, by transport-wide sequence number.
//
// Eight octets a packet: a ring that grows from 64 to at most 2,048 packets while they are younger than
// kWindow, so a transport never needs more than 16 KB and a quiet one next to nothing.
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include "rtp/congestion/sent_packet.h"
#include "rtp/units.h"

namespace sluice::rtp::congestion {

class SentPacketHistory {
 public:
  static constexpr size_t kMinPackets = 64;
  static constexpr size_t kMaxPackets = 2'048;
  // What is older makes room for new packets.
  static constexpr TimeDelta kWindow = TimeDelta::Seconds(3);

  enum class State : uint8_t {
    kInFlight,  // Nothing heard.
    kMissing,   // Reported as not received; it may still come.
    kDone,      // Received, lost or given up.
  };

  // The number that the next packet carries, modulo 2^16.
  int64_t next_sequence() const { return end_; }
  // `packet` was sent under next_sequence(), now. Times do not go back.
  void Add(const SentPacket& packet);

  bool Contains(int64_t sequence) const { return sequence >= begin_ && sequence < end_; }
  int64_t begin() const { return begin_; }
  // Of a packet that the history contains.
  SentPacket Get(int64_t sequence) const;
  State state(int64_t sequence) const { return Slot(sequence).state; }
  // kDone takes it out of flight; it stays so.
  void SetState(int64_t sequence, State state);

  // All that was sent and not yet done.
  DataSize in_flight() const { return in_flight_; }
  // Gives up all that is in flight.
  void GiveUp();

 private:
  struct Entry {
    uint32_t sent_us = 0;  // The lower bits: times are told apart from the last one's.
    uint16_t size = 0;
    uint8_t probe = 0;
    PacketKind kind : 4 = PacketKind::kVideo;
    State state : 4 = State::kDone;
  };
  static_assert(sizeof(Entry) == 8);
  // Half of what 32 bits of microseconds tell apart.
  static constexpr TimeDelta kMaxAge = TimeDelta::Seconds(2'000);

  Entry& Slot(int64_t sequence) { return ring_[static_cast<size_t>(sequence) & (ring_.size() - 1)]; }
  const Entry& Slot(int64_t sequence) const {
    return ring_[static_cast<size_t>(sequence) & (ring_.size() - 1)];
  }
  Timestamp SentTime(const Entry& entry) const;
  void MakeRoom(Timestamp now);

  std::vector<Entry> ring_;  // Slot: sequence modulo its size, a power of two.
  int64_t begin_ = 0;
  int64_t end_ = 0;
  Timestamp last_sent_ = Timestamp::Past();
  DataSize in_flight_;
};

}  // namespace sluice::rtp::congestion
