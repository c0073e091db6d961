#include "rtp/rtcp/sender_report.h"

namespace sluice::rtp::rtcp {
namespace {

constexpr size_t kInfoSize = 24;

}  // namespace

std::optional<SenderReport> SenderReport::Parse(const BlockView& block) {
  Bytes payload = block.payload();
  size_t blocks_size = block.count() * ReportBlock::kSize;
  if (block.type() != PacketType::kSenderReport || payload.size() < kInfoSize + blocks_size) {
    return std::nullopt;
  }
  const uint8_t* p = payload.data();
  SenderInfo info{Ssrc(LoadU32(p)), LoadU64(p + 4), LoadU32(p + 12), LoadU32(p + 16), LoadU32(p + 20)};
  return SenderReport{info, ReportBlockList(payload.subspan(kInfoSize, blocks_size))};
}

bool WriteSenderReport(CompoundWriter& writer, const SenderInfo& info,
                       std::span<const ReportBlock> report_blocks) {
  if (report_blocks.size() > kMaxReportBlocks) return false;
  uint8_t* p = writer.Append(PacketType::kSenderReport, static_cast<uint8_t>(report_blocks.size()),
                             kInfoSize + report_blocks.size() * ReportBlock::kSize);
  if (!p) return false;
  StoreU32(p, info.sender.value());
  StoreU64(p + 4, info.ntp_time);
  StoreU32(p + 12, info.rtp_timestamp);
  StoreU32(p + 16, info.packet_count);
  StoreU32(p + 20, info.octet_count);
  p += kInfoSize;
  for (const ReportBlock& report : report_blocks) {
    report.Store(p);
    p += ReportBlock::kSize;
  }
  return true;
}

}  // namespace sluice::rtp::rtcp
