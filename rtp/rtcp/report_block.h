// A reception report block, the same in sender and receiver reports (RFC 3550 §6.4.1).
//
//   |                 SSRC of the source reported on                |
//   | fraction lost |   cumulative number of packets lost (signed)  |
//   |           extended highest sequence number received           |
//   |                      interarrival jitter                      |
//   |                         last SR (LSR)                         |
//   |                   delay since last SR (DLSR)                  |
#pragma once

#include <cstddef>
#include <cstdint>

#include "rtp/ids.h"
#include "rtp/rtcp/wire_list.h"

namespace sluice::rtp::rtcp {

struct ReportBlock {
  static constexpr size_t kSize = 24;
  // What 24 signed bits hold; Store() clamps to it.
  static constexpr int32_t kMaxCumulativeLost = 0x7fffff;
  static constexpr int32_t kMinCumulativeLost = -0x800000;

  Ssrc source;
  uint8_t fraction_lost = 0;             // Of the packets expected since the last report, in 1/256.
  int32_t cumulative_lost = 0;           // Negative when duplicates outnumber losses.
  uint32_t highest_sequence = 0;         // Cycles in the upper, sequence number in the lower 16 bits.
  uint32_t jitter = 0;                   // RTP timestamp units.
  uint32_t last_sender_report = 0;       // Middle 32 bits of its NTP time; 0: none received yet.
  uint32_t delay_since_last_report = 0;  // 1/65536 s

  static ReportBlock Load(const uint8_t* p);
  void Store(uint8_t* p) const;
  bool operator==(const ReportBlock&) const = default;
};
using ReportBlockList = WireList<ReportBlock>;

// Blocks that one report can carry (its five-bit count).
inline constexpr size_t kMaxReportBlocks = 31;

}  // namespace sluice::rtp::rtcp
