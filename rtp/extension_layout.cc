#include "rtp/extension_layout.h"

namespace sluice::rtp {

ExtensionLayout::ExtensionLayout(const ExtensionMap& negotiated)
    : transport_sequence_number_id_(negotiated.IdOf(ExtensionKind::kTransportSequenceNumber)),
      abs_send_time_id_(negotiated.IdOf(ExtensionKind::kAbsSendTime)),
      mid_id_(negotiated.IdOf(ExtensionKind::kMid)) {
  for (size_t i = 0; i < kExtensionKinds; ++i) {
    auto kind = static_cast<ExtensionKind>(i);
    switch (kind) {
      case ExtensionKind::kMid:
      case ExtensionKind::kRid:
      case ExtensionKind::kRepairedRid:
      case ExtensionKind::kAbsSendTime:
      case ExtensionKind::kTransportSequenceNumber:
        continue;
      default:
        if (negotiated.Has(kind)) copied_[copied_count_++] = {kind, negotiated.IdOf(kind)};
    }
  }
}

}  // namespace sluice::rtp
