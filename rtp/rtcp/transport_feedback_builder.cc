#include "rtp/rtcp/transport_feedback_builder.h"

#include <algorithm>
#include <cstring>

#include "rtp/rtcp/transport_feedback.h"

namespace sluice::rtp::rtcp {
namespace {

constexpr int64_t kTicksPerReference =
    TransportFeedback::kReferenceUnit.us() / TransportFeedback::kDeltaUnit.us();
constexpr int64_t kMaxPacketCount = 0xffff;

int64_t FloorDivide(int64_t value, int64_t by) {
  int64_t quotient = value / by;
  return value % by < 0 ? quotient - 1 : quotient;
}

}  // namespace

TransportFeedbackBuilder::TransportFeedbackBuilder(size_t payload_room, int64_t base_sequence,
                                                   Timestamp base_time)
    : room_(std::min(payload_room, kMaxPayload) / 4 * 4),
      base_sequence_(base_sequence),
      reference_time_(FloorDivide(base_time.us(), TransportFeedback::kReferenceUnit.us())),
      last_ticks_(reference_time_ * kTicksPerReference) {}

bool TransportFeedbackBuilder::AddReceived(int64_t sequence, Timestamp arrival) {
  int64_t missing = sequence - next_sequence();
  if (missing < 0 || missing >= kMaxPacketCount - packet_count_) return false;
  int64_t ticks = FloorDivide(arrival.us(), TransportFeedback::kDeltaUnit.us());
  int64_t delta = ticks - last_ticks_;
  if (delta < INT16_MIN || delta > INT16_MAX) return false;
  int symbol = delta >= 0 && delta <= UINT8_MAX ? 1 : 2;

  // Tried on a copy: chunks behind chunk_count_ mean nothing until it moves.
  StatusChunkPacker packer = packer_;
  size_t chunks = chunk_count_;
  auto take = [&](uint16_t chunk) {
    if (chunks < chunks_.size()) chunks_[chunks] = chunk;
    ++chunks;
  };
  packer.AddRun(0, missing, take);
  packer.AddRun(symbol, 1, take);
  size_t delta_bytes = delta_bytes_ + static_cast<size_t>(symbol);
  if (kFixedSize + 2 * (chunks + 1) + delta_bytes > room_) return false;

  if (symbol == 1) {
    deltas_[delta_bytes_] = static_cast<uint8_t>(delta);
  } else {
    StoreU16(&deltas_[delta_bytes_], static_cast<uint16_t>(delta));
  }
  packer_ = packer;
  chunk_count_ = chunks;
  delta_bytes_ = delta_bytes;
  packet_count_ += missing + 1;
  last_ticks_ = ticks;
  return true;
}

bool TransportFeedbackBuilder::Write(CompoundWriter& writer, Ssrc sender, Ssrc media,
                                     uint8_t feedback_number) const {
  if (empty()) return false;
  size_t chunks_size = 2 * (chunk_count_ + 1);
  uint8_t* p = writer.Append(PacketType::kTransportFeedback, kTransportFeedbackFormat,
                             kFixedSize + chunks_size + delta_bytes_);
  if (!p) return false;
  StoreU32(p, sender.value());
  StoreU32(p + 4, media.value());
  StoreU16(p + 8, static_cast<uint16_t>(base_sequence_));
  StoreU16(p + 10, static_cast<uint16_t>(packet_count_));
  StoreU24(p + 12, static_cast<uint32_t>(reference_time_));
  p[15] = feedback_number;
  p += kFixedSize;
  for (size_t i = 0; i < chunk_count_; ++i) StoreU16(p + 2 * i, chunks_[i]);
  StatusChunkPacker packer = packer_;
  StoreU16(p + 2 * chunk_count_, packer.TakeLast());
  std::memcpy(p + chunks_size, deltas_.data(), delta_bytes_);
  return true;
}

}  // namespace sluice::rtp::rtcp
