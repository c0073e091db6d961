// BYE (RFC 3550 §6.6): sources that leave, and perhaps a reason.
#pragma once

#include <optional>
#include <span>
#include <string_view>

#include "rtp/ids.h"
#include "rtp/rtcp/block_view.h"
#include "rtp/rtcp/compound_writer.h"
#include "rtp/rtcp/wire_list.h"

namespace sluice::rtp::rtcp {

struct Bye {
  SsrcList sources;
  std::string_view reason;  // As received: any bytes.

  static std::optional<Bye> Parse(const BlockView& block);
};

// False: does not fit, more than 31 sources, or a reason of more than 255 bytes.
[[nodiscard]] bool WriteBye(CompoundWriter& writer, std::span<const Ssrc> sources,
                            std::string_view reason = {});

}  // namespace sluice::rtp::rtcp
