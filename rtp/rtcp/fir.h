// Full intra request (RFC 5104 §4.3.1).
//
//   |                  SSRC of the feedback's sender                |
//   |              SSRC of the media source: unused, 0              |
//   |              SSRC that is to send a key frame                 |
//   | request nr.   |                 reserved                      |   … further entries
#pragma once

#include <cstdint>
#include <optional>
#include <span>

#include "rtp/ids.h"
#include "rtp/rtcp/block_view.h"
#include "rtp/rtcp/compound_writer.h"
#include "rtp/rtcp/wire_list.h"

namespace sluice::rtp::rtcp {

struct FirEntry {
  static constexpr size_t kSize = 8;

  Ssrc media;
  uint8_t request = 0;  // Incremented for each new request, repeated for a repetition.

  static FirEntry Load(const uint8_t* p) { return {Ssrc(LoadU32(p)), p[4]}; }
};

struct Fir {
  Ssrc sender;
  WireList<FirEntry> entries;  // At least one.

  static std::optional<Fir> Parse(const BlockView& block);
};

// False: does not fit, or no entry.
[[nodiscard]] bool WriteFir(CompoundWriter& writer, Ssrc sender, std::span<const FirEntry> entries);

}  // namespace sluice::rtp::rtcp
