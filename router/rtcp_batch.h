// Collects RTCP blocks into as few packets as they fit.
//
//   RtcpBatch batch(pool, port);
//   batch.Write([&](auto& writer) { return rtcp::WritePli(writer, pli); });
//   …                                    // What is left is sent on destruction.
#pragma once

#include <utility>

#include "router/packet_port.h"
#include "rtp/rtcp/compound_writer.h"
#include "rtp/slab.h"

namespace sluice::router {

class RtcpBatch {
 public:
  // Both outlive the batch.
  RtcpBatch(SlabPool* pool, PacketPort* port) : pool_(pool), port_(port), writer_(MutableBytes()) {}
  ~RtcpBatch() { Flush(); }
  RtcpBatch(const RtcpBatch&) = delete;
  RtcpBatch& operator=(const RtcpBatch&) = delete;

  // `write(CompoundWriter&)` answers false when its blocks do not fit, and must not leave half of them: it is
  // then called once more with an empty packet. False: not even there, or no memory.
  template <typename WriteBlocks>
  bool Write(WriteBlocks&& write) {
    if (slab_ && write(writer_)) return true;
    Flush();
    return Begin() && write(writer_);
  }
  void Flush();

 private:
  bool Begin();

  SlabPool* pool_;
  PacketPort* port_;
  SlabRef slab_;
  rtp::rtcp::CompoundWriter writer_;
};

}  // namespace sluice::router
