#include "router/rtcp_batch.h"

namespace sluice::router {

bool RtcpBatch::Begin() {
  slab_ = pool_->Acquire();
  if (!slab_) return false;
  writer_ = rtp::rtcp::CompoundWriter(slab_->storage().first(rtp::rtcp::CompoundWriter::kMaxSize));
  return true;
}

void RtcpBatch::Flush() {
  if (slab_ && !writer_.empty()) {
    slab_->Resize(writer_.size());
    port_->SendRtcp(std::move(slab_));
  }
  slab_.reset();
}

}  // namespace sluice::router
