#include "rtp/rtcp/receiver_report.h"

namespace sluice::rtp::rtcp {
namespace {

constexpr size_t kSenderSize = 4;

}  // namespace

std::optional<ReceiverReport> ReceiverReport::Parse(const BlockView& block) {
  Bytes payload = block.payload();
  size_t blocks_size = block.count() * ReportBlock::kSize;
  if (block.type() != PacketType::kReceiverReport || payload.size() < kSenderSize + blocks_size) {
    return std::nullopt;
  }
  return ReceiverReport{Ssrc(LoadU32(payload.data())),
                        ReportBlockList(payload.subspan(kSenderSize, blocks_size))};
}

bool WriteReceiverReport(CompoundWriter& writer, Ssrc sender, std::span<const ReportBlock> report_blocks) {
  if (report_blocks.size() > kMaxReportBlocks) return false;
  uint8_t* p = writer.Append(PacketType::kReceiverReport, static_cast<uint8_t>(report_blocks.size()),
                             kSenderSize + report_blocks.size() * ReportBlock::kSize);
  if (!p) return false;
  StoreU32(p, sender.value());
  p += kSenderSize;
  for (const ReportBlock& report : report_blocks) {
    report.Store(p);
    p += ReportBlock::kSize;
  }
  return true;
}

}  // namespace sluice::rtp::rtcp
