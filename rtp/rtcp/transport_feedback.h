// Transport-wide congestion control feedback (draft-holmer-rmcat-transport-wide-cc-extensions-01 §3.1): which
// packets of a transport arrived, and when. TransportFeedbackBuilder writes it.
//
//   |                  SSRC of the feedback's sender                |
//   |                     SSRC of the media source                  |
//   |      base sequence number     |      packet status count      |
//   |          reference time (signed, 64 ms)       | feedback nr.  |
//   |          packet chunk         |         packet chunk          |   … then arrival deltas of 250 µs,
//   one byte (0…255) or two (signed) for each packet received
//
// Chunks: 0|SS|run of 13 bits: so many of symbol SS. 10|14 symbols of one bit. 11|7 symbols of two bits.
// Symbols: 0 not received, 1 received with a small delta, 2 received with a large or negative delta.
#pragma once

#include <algorithm>
#include <cstdint>
#include <optional>

#include "rtp/bytes.h"
#include "rtp/ids.h"
#include "rtp/rtcp/block_view.h"
#include "rtp/units.h"

namespace sluice::rtp::rtcp {

class TransportFeedback {
 public:
  static constexpr TimeDelta kReferenceUnit = TimeDelta::Millis(64);
  static constexpr TimeDelta kDeltaUnit = TimeDelta::Micros(250);

  struct Packet {
    uint16_t sequence = 0;
    bool received = false;
    TimeDelta arrival;  // Since the feedback's reference time; may be negative. Only if received.
  };

  // Checks chunks and deltas throughout. A status symbol of 3 (reserved) is refused.
  static std::optional<TransportFeedback> Parse(const BlockView& block);

  Ssrc sender() const { return sender_; }
  Ssrc media() const { return media_; }
  uint16_t base_sequence() const { return base_sequence_; }
  uint16_t packet_count() const { return packet_count_; }  // At least 1.
  // On the receiver's clock, modulo 2^24 units of 64 ms (12.4 days).
  TimeDelta reference_time() const { return kReferenceUnit * int64_t{reference_time_}; }
  // From another feedback's reference time to this one's, across the wrap.
  TimeDelta ReferenceTimeSince(const TransportFeedback& earlier) const;
  uint8_t feedback_number() const { return feedback_number_; }

  // Calls `visit(Packet)` for each of packet_count() packets, in sequence order.
  template <typename Visit>
  void ForEachPacket(Visit&& visit) const;

 private:
  TransportFeedback() = default;
  bool SplitChunksFromDeltas(Bytes chunks_and_deltas);

  Ssrc sender_;
  Ssrc media_;
  uint16_t base_sequence_ = 0;
  uint16_t packet_count_ = 0;
  int32_t reference_time_ = 0;
  uint8_t feedback_number_ = 0;
  Bytes chunks_;
  Bytes deltas_;
};

// The symbols of one 16-bit packet chunk.
class StatusChunk {
 public:
  explicit StatusChunk(uint16_t wire) : wire_(wire) {}

  bool is_run() const { return (wire_ & 0x8000) == 0; }  // All symbols are the same.
  int size() const { return is_run() ? wire_ & 0x1fff : IsTwoBit() ? 7 : 14; }
  int operator[](int i) const {
    if (is_run()) return wire_ >> 13 & 3;
    return IsTwoBit() ? wire_ >> (2 * (6 - i)) & 3 : wire_ >> (13 - i) & 1;
  }

 private:
  bool IsTwoBit() const { return (wire_ & 0x4000) != 0; }

  uint16_t wire_;
};

template <typename Visit>
void TransportFeedback::ForEachPacket(Visit&& visit) const {
  uint16_t sequence = base_sequence_;
  const uint8_t* delta = deltas_.data();
  int64_t ticks = 0;
  size_t chunk_at = 0;
  for (int left = packet_count_; left > 0; chunk_at += 2) {
    StatusChunk chunk(LoadU16(chunks_.data() + chunk_at));
    int symbols = std::min(chunk.size(), left);
    for (int i = 0; i < symbols; ++i) {
      int symbol = chunk[i];
      if (symbol == 1) ticks += *delta;
      if (symbol == 2) ticks += static_cast<int16_t>(LoadU16(delta));
      delta += symbol;
      visit(Packet{sequence++, symbol != 0, kDeltaUnit * ticks});
    }
    left -= symbols;
  }
}

}  // namespace sluice::rtp::rtcp
