// Receiver report (RFC 3550 §6.4.2): the sender's SSRC, then RC report blocks.
#pragma once

#include <optional>
#include <span>

#include "rtp/ids.h"
#include "rtp/rtcp/block_view.h"
#include "rtp/rtcp/compound_writer.h"
#include "rtp/rtcp/report_block.h"

namespace sluice::rtp::rtcp {

struct ReceiverReport {
  Ssrc sender;
  ReportBlockList report_blocks;

  // A profile-specific extension behind the blocks is allowed and skipped.
  static std::optional<ReceiverReport> Parse(const BlockView& block);
};

// False: does not fit, or more than kMaxReportBlocks.
[[nodiscard]] bool WriteReceiverReport(CompoundWriter& writer, Ssrc sender,
                                       std::span<const ReportBlock> report_blocks = {});

}  // namespace sluice::rtp::rtcp
