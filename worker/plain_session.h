// A plain or a pipe transport as its worker runs it: RTP and RTCP, perhaps by SRTP, over one UDP port or two.
//
// Thread: the worker's.
#pragma once

#include <cstdint>
#include <memory>
#include <vector>

#include "transports/plain_transport.h"
#include "worker/session.h"
#include "worker/udp_port.h"

namespace sluice::worker {

class PlainSession : public Session {
 public:
  PlainSession(const WorkerContext& context, CreatePlainTransport&& command);
  ~PlainSession() override;

  void Connect(const ConnectPlainTransport& command);

 private:
  // router::PacketPort
  void SendRtp(SlabRef packet, router::MediaKind kind) override;
  void SendRtcp(SlabRef packet) override;
  // Session
  bool writable() const override { return transport_.writable(); }
  void DrainTransport(Timestamp now) override;
  void HandleTransportTimeout(Timestamp) override {}
  Timestamp NextTransportTimeout() const override { return Timestamp::Never(); }
  void HandleStreamRemoved(Ssrc ssrc) override { transport_.RemoveOutgoingStream(ssrc); }
  void Describe(TransportSnapshot* snapshot) const override;
  Ends EndsOf(bool rtcp) const override;
  void SendSctp(Bytes packet) override;
  bool sctp_ready() const override { return transport_.rtp_remote().has_value(); }

  void HandleReadable(uint16_t port);
  void HandleDatagram(Timestamp now, const transports::Path& from, const SlabRef& datagram);

  std::vector<std::unique_ptr<UdpPort>> ports_;  // As PlainTransport numbers them.
  transports::PlainTransport transport_;
  int64_t no_memory_ = 0;  // SCTP packets that found no slab.
};

}  // namespace sluice::worker
