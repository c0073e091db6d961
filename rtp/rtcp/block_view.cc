#include "rtp/rtcp/block_view.h"

namespace sluice::rtp::rtcp {
namespace {

BlockKind KindOfTransportFeedback(uint8_t format) {
  switch (format) {
    case kNackFormat:
      return BlockKind::kNack;
    case kTransportFeedbackFormat:
      return BlockKind::kTransportFeedback;
    default:
      return BlockKind::kUnknown;
  }
}

BlockKind KindOfPayloadFeedback(uint8_t format) {
  switch (format) {
    case kPliFormat:
      return BlockKind::kPli;
    case kFirFormat:
      return BlockKind::kFir;
    case kApplicationFeedbackFormat:
      return BlockKind::kRemb;
    default:
      return BlockKind::kUnknown;
  }
}

}  // namespace

BlockKind BlockView::kind() const {
  switch (type_) {
    case PacketType::kSenderReport:
      return BlockKind::kSenderReport;
    case PacketType::kReceiverReport:
      return BlockKind::kReceiverReport;
    case PacketType::kSourceDescription:
      return BlockKind::kSourceDescription;
    case PacketType::kBye:
      return BlockKind::kBye;
    case PacketType::kTransportFeedback:
      return KindOfTransportFeedback(format());
    case PacketType::kPayloadFeedback:
      return KindOfPayloadFeedback(format());
    case PacketType::kExtendedReport:
      return BlockKind::kExtendedReport;
    default:
      return BlockKind::kUnknown;
  }
}

}  // namespace sluice::rtp::rtcp
