// A WebRTC transport as its worker runs it: ICE, DTLS and SRTP over its own UDP ports.
//
// Thread: the worker's.
#pragma once

#include <cstdint>
#include <memory>
#include <vector>

#include "transports/webrtc_transport.h"
#include "worker/session.h"
#include "worker/udp_port.h"

namespace sluice::worker {

class WebRtcSession : public Session {
 public:
  WebRtcSession(const WorkerContext& context, CreateWebRtcTransport&& command);
  // Says goodbye to the peer.
  ~WebRtcSession() override;

  void Connect(const ConnectWebRtcTransport& command);
  void RestartIce(const worker::RestartIce& command);

 private:
  // router::PacketPort
  void SendRtp(SlabRef packet, router::MediaKind kind) override;
  void SendRtcp(SlabRef packet) override;
  // Session
  bool writable() const override { return transport_.writable(); }
  void DrainTransport(Timestamp now) override;
  void HandleTransportTimeout(Timestamp now) override { transport_.HandleTimeout(now); }
  Timestamp NextTransportTimeout() const override { return transport_.NextTimeout(); }
  void HandleStreamRemoved(Ssrc ssrc) override { transport_.RemoveOutgoingStream(ssrc); }
  void Describe(TransportSnapshot* snapshot) const override;

  void HandleReadable(uint16_t port);
  void HandleDatagram(Timestamp now, const transports::Path& from, const SlabRef& datagram);
  void HandleOutput(transports::WebRtcTransport::Output& output);
  void SendPlain(const transports::Path& to, Bytes datagram);
  void SendTo(const transports::Path& to, SlabRef datagram, SendQueue::Priority priority);

  std::vector<std::unique_ptr<UdpPort>> ports_;  // A path's socket is its index here.
  transports::WebRtcTransport transport_;
  transports::DtlsState dtls_state_ = transports::DtlsState::kNew;
  int64_t no_memory_ = 0;  // Transport datagrams that found no slab.
};

}  // namespace sluice::worker
