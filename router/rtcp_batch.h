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

  // `write(CompoundWriter&)` answers false when its blocks do not all fit: it is then called once more with an
  // empty packet, so that they stay together. False: not even there, or no memory.
  template <typename WriteBlocks>
  bool Write(WriteBlocks&& write) {
    if (slab_ && WriteAll(write)) return true;
    Flush();
    return Begin() && WriteAll(write);
  }
  void Flush();

 private:
  // All blocks or none.
  template <typename WriteBlocks>
  bool WriteAll(WriteBlocks& write) {
    const rtp::rtcp::CompoundWriter before = writer_;
    if (write(writer_)) return true;
    writer_ = before;
    return false;
  }
  bool Begin();

  SlabPool* pool_;
  PacketPort* port_;
  SlabRef slab_;
  rtp::rtcp::CompoundWriter writer_;
};

}  // namespace sluice::router
