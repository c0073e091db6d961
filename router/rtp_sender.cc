#include "router/rtp_sender.h"

#include <utility>

#include "rtp/abs_send_time.h"

namespace sluice::router {

size_t RtpSender::Send(Timestamp now, const OutgoingPacket& packet) {
  SlabRef slab = pool_->Acquire();
  if (!slab) {
    ++dropped_;
    return 0;
  }
  rtp::OutgoingStamp stamp{.mid = packet.mid,
                           .transport_sequence_number = transport_sequence_number_,
                           .abs_send_time = rtp::AbsSendTime::At(now)};
  size_t size = packet.original ? rtp::WriteRetransmission(*packet.source, *packet.extensions, packet.header,
                                                           stamp, *packet.original, slab->storage())
                                : rtp::WriteForwarded(*packet.source, *packet.extensions, packet.header,
                                                      stamp, slab->storage());
  if (size == 0) {
    ++dropped_;
    return 0;
  }
  ++transport_sequence_number_;
  if (packet.original) rtx_bytes_ += static_cast<int64_t>(size);
  slab->Resize(size);
  port_->SendRtp(std::move(slab), packet.kind);
  return size;
}

}  // namespace sluice::router
