// Builds one transport-wide feedback block (see transport_feedback.h): add received packets in ascending
// order of sequence until one is refused, then write, and begin the next block with that one.
//
// Holds what it collects in itself (3 KB): meant for the stack.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>

#include "rtp/ids.h"
#include "rtp/rtcp/compound_writer.h"
#include "rtp/rtcp/status_chunk_packer.h"
#include "rtp/units.h"

namespace sluice::rtp::rtcp {

class TransportFeedbackBuilder {
 public:
  // `payload_room`: CompoundWriter::PayloadRoom() of where the block will go. The first packet's status is
  // that of `base_sequence`, whether it was received or not; `base_time` is the arrival of the first one
  // received.
  TransportFeedbackBuilder(size_t payload_room, int64_t base_sequence, Timestamp base_time);

  // A packet between the last one added and this one counts as not received. False: this packet does not fit
  // (size, 16-bit count, or an arrival more than 8 s from the last one's) and nothing has changed.
  [[nodiscard]] bool AddReceived(int64_t sequence, Timestamp arrival);

  bool empty() const { return packet_count_ == 0; }
  int64_t next_sequence() const { return base_sequence_ + packet_count_; }

  // False: nothing to say, or `writer` has less room than announced.
  [[nodiscard]] bool Write(CompoundWriter& writer, Ssrc sender, Ssrc media, uint8_t feedback_number) const;

 private:
  static constexpr size_t kFixedSize = 16;
  static constexpr size_t kMaxPayload = 1'496;

  size_t room_;
  int64_t base_sequence_;
  int64_t reference_time_;  // Units of 64 ms.
  int64_t last_ticks_;      // Units of 250 µs.
  int64_t packet_count_ = 0;
  StatusChunkPacker packer_;
  size_t chunk_count_ = 0;
  size_t delta_bytes_ = 0;
  std::array<uint16_t, kMaxPayload / 2> chunks_;
  std::array<uint8_t, kMaxPayload> deltas_;
};

}  // namespace sluice::rtp::rtcp
