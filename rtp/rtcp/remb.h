// Receiver estimated maximum bitrate (draft-alvestrand-rmcat-remb-03 §2.2), an application layer feedback.
//
//   |                  SSRC of the feedback's sender                |
//   |              SSRC of the media source: unused, 0              |
//   |                         'R' 'E' 'M' 'B'                       |
//   | SSRC count    | exponent  |           mantissa (18)           |
//   |                         SSRCs it speaks of                    |
#pragma once

#include <optional>
#include <span>

#include "rtp/ids.h"
#include "rtp/rtcp/block_view.h"
#include "rtp/rtcp/compound_writer.h"
#include "rtp/rtcp/wire_list.h"
#include "rtp/units.h"

namespace sluice::rtp::rtcp {

struct Remb {
  Ssrc sender;
  DataRate bitrate;
  SsrcList media;

  // Also nullopt for other application layer feedback, and for rates beyond 63 bits.
  static std::optional<Remb> Parse(const BlockView& block);
};

// The rate is rounded down to 18 significant bits. False: does not fit, more than 255 SSRCs, or a negative
// rate.
[[nodiscard]] bool WriteRemb(CompoundWriter& writer, Ssrc sender, DataRate bitrate,
                             std::span<const Ssrc> media);

}  // namespace sluice::rtp::rtcp
