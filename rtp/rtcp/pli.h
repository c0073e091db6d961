// Picture loss indication (RFC 4585 §6.3.1): asks the media source for a key frame.
#pragma once

#include <optional>

#include "rtp/ids.h"
#include "rtp/rtcp/block_view.h"
#include "rtp/rtcp/compound_writer.h"

namespace sluice::rtp::rtcp {

struct Pli {
  Ssrc sender;
  Ssrc media;

  static std::optional<Pli> Parse(const BlockView& block);
};

// False: does not fit.
[[nodiscard]] bool WritePli(CompoundWriter& writer, const Pli& pli);

}  // namespace sluice::rtp::rtcp
