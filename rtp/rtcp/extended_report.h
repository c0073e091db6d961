// Extended report (RFC 3611), of which two block types matter to us: a receiver without a stream of its own
// asks for the round-trip time with a receiver reference time (§4.4), and gets it with DLRR (§4.5). Others
// are skipped.
//
//   |                          SSRC of sender                       |
//   | block type    | type-specific |     length in words           |   … blocks
//   RRTR (4):  NTP timestamp, 64 bits
//   DLRR (5):  SSRC of a receiver, last RR (LRR), delay since it (DLRR)   … sub-blocks
#pragma once

#include <cstdint>
#include <optional>
#include <span>

#include "rtp/ids.h"
#include "rtp/rtcp/block_view.h"
#include "rtp/rtcp/compound_writer.h"
#include "rtp/rtcp/wire_list.h"

namespace sluice::rtp::rtcp {

struct DlrrEntry {
  static constexpr size_t kSize = 12;

  Ssrc receiver;                         // The one that sent the reference time.
  uint32_t last_receiver_report = 0;     // Middle 32 bits of its reference time; 0: none received yet.
  uint32_t delay_since_last_report = 0;  // 1/65536 s

  static DlrrEntry Load(const uint8_t* p) { return {Ssrc(LoadU32(p)), LoadU32(p + 4), LoadU32(p + 8)}; }
  bool operator==(const DlrrEntry&) const = default;
};

struct ExtendedReport {
  Ssrc sender;
  std::optional<uint64_t> receiver_reference_time;  // NTP, 32.32 seconds.
  WireList<DlrrEntry> dlrr;                         // Empty when there is none; of several, the last.

  static std::optional<ExtendedReport> Parse(const BlockView& block);
};

// One extended report with what is given. False: does not fit, or nothing is given.
[[nodiscard]] bool WriteExtendedReport(CompoundWriter& writer, Ssrc sender,
                                       std::optional<uint64_t> receiver_reference_time,
                                       std::span<const DlrrEntry> dlrr = {});

}  // namespace sluice::rtp::rtcp
