// Generic NACK (RFC 4585 §6.2.1).
//
//   |                  SSRC of the feedback's sender                |
//   |                     SSRC of the media source                  |
//   |        PID: a lost packet     |  BLP: bit i: PID + i + 1 too  |   … further items
#pragma once

#include <cstdint>
#include <optional>
#include <span>

#include "rtp/ids.h"
#include "rtp/rtcp/block_view.h"
#include "rtp/rtcp/compound_writer.h"
#include "rtp/rtcp/wire_list.h"

namespace sluice::rtp::rtcp {

struct NackItem {
  static constexpr size_t kSize = 4;

  SequenceNumber packet;
  uint16_t following = 0;  // Bit i set: packet + i + 1 is lost too.

  static NackItem Load(const uint8_t* p) { return {SequenceNumber(LoadU16(p)), LoadU16(p + 2)}; }
};

struct Nack {
  Ssrc sender;
  Ssrc media;
  WireList<NackItem> items;  // At least one.

  static std::optional<Nack> Parse(const BlockView& block);

  // Calls `visit(SequenceNumber)` for each lost packet, in the order of the wire. A hostile block names a
  // packet as often as it likes: at most 17 for four bytes.
  template <typename Visit>
  void ForEachSequence(Visit&& visit) const {
    for (NackItem item : items) {
      visit(item.packet);
      for (int i = 0; i < 16; ++i) {
        if (item.following >> i & 1) visit(item.packet + (i + 1));
      }
    }
  }
};

// Asks for `lost`, ascending. Returns how many of them the block names: all, or those that fitted; 0: no
// block was written.
[[nodiscard]] size_t WriteNack(CompoundWriter& writer, Ssrc sender, Ssrc media,
                               std::span<const SequenceNumber> lost);

}  // namespace sluice::rtp::rtcp
