// Walks the blocks of an RTCP datagram: compound (RFC 3550 §6.1) or reduced size (RFC 5506), so any block
// may be the first. Parse() checks every header, length and padding once; the walk cannot fail after it.
//
//   std::optional<CompoundReader> compound = CompoundReader::Parse(datagram);
//   if (!compound) return drop();
//   while (std::optional<BlockView> block = compound->Next()) {
//     switch (block->kind()) {
//       case BlockKind::kNack: if (auto nack = Nack::Parse(*block)) …
#pragma once

#include <optional>

#include "rtp/bytes.h"
#include "rtp/rtcp/block_view.h"

namespace sluice::rtp::rtcp {

class CompoundReader {
 public:
  // nullopt: drop and count. `datagram` must outlive the reader and its views.
  [[nodiscard]] static std::optional<CompoundReader> Parse(Bytes datagram);

  // nullopt after the last block.
  std::optional<BlockView> Next();

 private:
  explicit CompoundReader(Bytes datagram) : rest_(datagram) {}

  Bytes rest_;
};

// Whether a datagram whose first byte has the RTP version bits is RTCP when both share a port (RFC 5761 §4).
bool IsRtcp(Bytes datagram);

}  // namespace sluice::rtp::rtcp
