#include "transports/sctp/sctp_reset_gate.h"

#include <algorithm>
#include <utility>

namespace sluice::transports {
namespace {

constexpr uint16_t kOutgoingReset = 13;
constexpr size_t kInitialTsnOffset = 12;  // In the value of an INIT or INIT ACK.

// RFC 1982.
bool IsLater(uint32_t tsn, uint32_t than) { return static_cast<int32_t>(tsn - than) > 0; }

void Append(const SctpChunk& chunk, std::vector<uint8_t>* packet) {
  const size_t at = packet->size(), length = 4 + chunk.value.size();
  packet->resize(at + ((length + 3) & ~size_t{3}));
  uint8_t* to = packet->data() + at;
  to[0] = static_cast<uint8_t>(chunk.type);
  to[1] = chunk.flags;
  StoreU16(to + 2, static_cast<uint16_t>(length));
  std::copy(chunk.value.begin(), chunk.value.end(), to + 4);
}

}  // namespace

// The request is the first parameter, or (with an answer to ours) the second. Its value: two sequence
// numbers, then the last TSN before the reset.
bool SctpResetGate::IsEarly(const SctpChunk& reconfig) const {
  const std::optional<Bytes> request = FindParameter(reconfig.value, kOutgoingReset);
  return request && arrived_ && IsLater(LoadU32(request->data() + 8), *arrived_);
}

std::optional<std::vector<uint8_t>> SctpResetGate::Filter(Bytes bytes, const SctpPacket& packet) {
  const SctpChunk& first = packet.chunks().front();
  if (first.type == SctpChunkType::kInit || first.type == SctpChunkType::kInitAck) {
    arrived_ = LoadU32(first.value.data() + kInitialTsnOffset) - 1;
    waiting_.clear();
  }
  auto is_early = [this](const SctpChunk& chunk) {
    return chunk.type == SctpChunkType::kReconfig && IsEarly(chunk);
  };
  const auto& chunks = packet.chunks();
  if (std::none_of(chunks.begin(), chunks.end(), is_early)) return std::nullopt;
  const Bytes header = bytes.first(SctpPacket::kHeaderSize);
  std::vector<uint8_t> rest(header.begin(), header.end());
  waiting_ = rest;
  for (const SctpChunk& chunk : chunks) Append(chunk, is_early(chunk) ? &waiting_ : &rest);
  if (rest.size() == SctpPacket::kHeaderSize) rest.clear();
  return rest;
}

void SctpResetGate::NoteSent(Bytes packet) {
  for (Bytes rest = packet.subspan(SctpPacket::kHeaderSize); rest.size() >= 8;) {
    if (static_cast<SctpChunkType>(rest[0]) == SctpChunkType::kSack) arrived_ = LoadU32(rest.data() + 4);
    const size_t length = std::max<size_t>(LoadU16(rest.data() + 2), 4);
    rest = rest.subspan(std::min((length + 3) & ~size_t{3}, rest.size()));
  }
}

std::optional<std::vector<uint8_t>> SctpResetGate::TakeDue() {
  if (waiting_.empty()) return std::nullopt;
  const std::optional<SctpPacket> packet = SctpPacket::Parse(waiting_);
  if (packet && IsEarly(packet->chunks().front())) return std::nullopt;
  return std::exchange(waiting_, {});
}

}  // namespace sluice::transports
