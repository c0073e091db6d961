// The seam between forwarding and the network: where an RTP session's packets leave.
#pragma once

#include "router/config.h"
#include "rtp/slab.h"

namespace sluice::router {

class PacketPort {
 public:
  virtual ~PacketPort() = default;
  // Both take the plain packet, to be encrypted and sent by the transport. Neither calls back.
  virtual void SendRtp(SlabRef packet, MediaKind kind) = 0;
  virtual void SendRtcp(SlabRef packet) = 0;
};

}  // namespace sluice::router
