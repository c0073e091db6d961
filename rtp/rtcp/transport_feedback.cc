#include "rtp/rtcp/transport_feedback.h"

namespace sluice::rtp::rtcp {
namespace {

constexpr size_t kFixedSize = 16;
constexpr int kReservedSymbol = 3;

int32_t ExtendSign24(uint32_t value) { return static_cast<int32_t>(value << 8) >> 8; }

// Bytes of arrival deltas that the first `symbols` of `chunk` announce; nullopt: a reserved one is among
// them.
std::optional<size_t> DeltaBytes(StatusChunk chunk, int symbols) {
  int bytes = 0;
  int repeats = chunk.is_run() ? symbols : 1;
  for (int i = 0; i < symbols; i += repeats) {
    if (chunk[i] == kReservedSymbol) return std::nullopt;
    bytes += chunk[i] * repeats;
  }
  return static_cast<size_t>(bytes);
}

}  // namespace

std::optional<TransportFeedback> TransportFeedback::Parse(const BlockView& block) {
  Bytes payload = block.payload();
  if (block.kind() != BlockKind::kTransportFeedback || payload.size() < kFixedSize) return std::nullopt;
  const uint8_t* p = payload.data();
  TransportFeedback feedback;
  feedback.sender_ = Ssrc(LoadU32(p));
  feedback.media_ = Ssrc(LoadU32(p + 4));
  feedback.base_sequence_ = LoadU16(p + 8);
  feedback.packet_count_ = LoadU16(p + 10);
  feedback.reference_time_ = ExtendSign24(LoadU24(p + 12));
  feedback.feedback_number_ = p[15];
  if (feedback.packet_count_ == 0) return std::nullopt;
  if (!feedback.SplitChunksFromDeltas(payload.subspan(kFixedSize))) return std::nullopt;
  return feedback;
}

bool TransportFeedback::SplitChunksFromDeltas(Bytes chunks_and_deltas) {
  ByteReader reader(chunks_and_deltas);
  size_t delta_bytes = 0;
  for (int left = packet_count_; left > 0;) {
    std::optional<uint16_t> wire = reader.U16();
    if (!wire) return false;
    StatusChunk chunk(*wire);
    int symbols = std::min(chunk.size(), left);
    std::optional<size_t> bytes = DeltaBytes(chunk, symbols);
    if (!bytes) return false;
    delta_bytes += *bytes;
    left -= symbols;
  }
  if (delta_bytes > reader.remaining()) return false;
  chunks_ = chunks_and_deltas.first(chunks_and_deltas.size() - reader.remaining());
  deltas_ = reader.rest().first(delta_bytes);
  return true;
}

TimeDelta TransportFeedback::ReferenceTimeSince(const TransportFeedback& earlier) const {
  uint32_t units = static_cast<uint32_t>(reference_time_) - static_cast<uint32_t>(earlier.reference_time_);
  return kReferenceUnit * int64_t{ExtendSign24(units)};
}

}  // namespace sluice::rtp::rtcp
