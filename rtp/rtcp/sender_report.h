// Sender report (RFC 3550 §6.4.1).
//
//   |                         SSRC of sender                        |
//   |              NTP timestamp (64 bits, 32.32 seconds)           |
//   |                         RTP timestamp                         |
//   |            packet count       |  then: octet count            |
//   |                     report blocks (RC)                        |
#pragma once

#include <cstdint>
#include <optional>
#include <span>

#include "rtp/ids.h"
#include "rtp/rtcp/block_view.h"
#include "rtp/rtcp/compound_writer.h"
#include "rtp/rtcp/report_block.h"

namespace sluice::rtp::rtcp {

struct SenderInfo {
  Ssrc sender;
  uint64_t ntp_time = 0;       // 32.32 seconds.
  uint32_t rtp_timestamp = 0;  // The same instant on the stream's RTP clock.
  uint32_t packet_count = 0;
  uint32_t octet_count = 0;  // Payload only.
  bool operator==(const SenderInfo&) const = default;
};

struct SenderReport {
  SenderInfo info;
  ReportBlockList report_blocks;

  // A profile-specific extension behind the blocks is allowed and skipped.
  static std::optional<SenderReport> Parse(const BlockView& block);
};

// False: does not fit, or more than kMaxReportBlocks.
[[nodiscard]] bool WriteSenderReport(CompoundWriter& writer, const SenderInfo& info,
                                     std::span<const ReportBlock> report_blocks = {});

// The middle 32 bits of a 32.32 NTP time: 16.16 seconds, as LSR and LRR carry it.
constexpr uint32_t CompactNtp(uint64_t ntp_time) { return static_cast<uint32_t>(ntp_time >> 16); }

}  // namespace sluice::rtp::rtcp
