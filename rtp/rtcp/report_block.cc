#include "rtp/rtcp/report_block.h"

#include <algorithm>

#include "rtp/bytes.h"

namespace sluice::rtp::rtcp {

ReportBlock ReportBlock::Load(const uint8_t* p) {
  ReportBlock block;
  block.source = Ssrc(LoadU32(p));
  block.fraction_lost = p[4];
  block.cumulative_lost = static_cast<int32_t>(LoadU24(p + 5) << 8) >> 8;  // Extends the sign.
  block.highest_sequence = LoadU32(p + 8);
  block.jitter = LoadU32(p + 12);
  block.last_sender_report = LoadU32(p + 16);
  block.delay_since_last_report = LoadU32(p + 20);
  return block;
}

void ReportBlock::Store(uint8_t* p) const {
  StoreU32(p, source.value());
  p[4] = fraction_lost;
  StoreU24(p + 5, static_cast<uint32_t>(std::clamp(cumulative_lost, kMinCumulativeLost, kMaxCumulativeLost)));
  StoreU32(p + 8, highest_sequence);
  StoreU32(p + 12, jitter);
  StoreU32(p + 16, last_sender_report);
  StoreU32(p + 20, delay_since_last_report);
}

}  // namespace sluice::rtp::rtcp
