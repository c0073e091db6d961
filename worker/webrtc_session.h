// A WebRTC transport as its worker runs it: ICE, DTLS and SRTP over UDP and TCP, on sockets of its own or on
// those of a WebRtcServer.
//
// Thread: the worker's.
#pragma once

#include <cstdint>
#include <memory>
#include <utility>
#include <vector>

#include "transports/webrtc_transport.h"
#include "worker/session.h"
#include "worker/tcp_connections.h"
#include "worker/tcp_listener.h"
#include "worker/udp_port.h"

namespace sluice::worker {

class WebRtcServer;

class WebRtcSession : public Session, private TcpConnections::Owner {
 public:
  // `server` outlives the session; nullptr: it has sockets of its own.
  WebRtcSession(const WorkerContext& context, CreateWebRtcTransport&& command, WebRtcServer* server);
  // Says goodbye to the peer.
  ~WebRtcSession() override;

  void Connect(const ConnectWebRtcTransport& command);
  void RestartIce(const worker::RestartIce& command);

  // From the server. `via`: the worker where the datagram arrived; `known`: and where its path is known as
  // ours. SettleDatagrams() follows, once for any number of them.
  void HandleServerDatagram(Timestamp now, const transports::Path& from, const SlabRef& datagram,
                            uint32_t via, bool known);
  void SettleDatagrams(Timestamp now);
  // True: it is the first call since SettleDatagrams().
  bool MarkUnsettled() { return !std::exchange(unsettled_, true); }
  void AddConnection(Timestamp now, TcpSocket connection, uint16_t socket, const SlabRef& first_packet) {
    connections_.Add(now, std::move(connection), socket, first_packet);
  }

 private:
  // router::PacketPort
  void SendRtp(SlabRef packet, router::MediaKind kind) override;
  void SendRtcp(SlabRef packet) override;
  // Session
  bool writable() const override { return transport_.writable(); }
  void DrainTransport(Timestamp now) override;
  void HandleTransportTimeout(Timestamp now) override;
  Timestamp NextTransportTimeout() const override;
  void HandleStreamRemoved(Ssrc ssrc) override { transport_.RemoveOutgoingStream(ssrc); }
  void Describe(TransportSnapshot* snapshot) const override;
  Ends EndsOf(bool rtcp) const override;
  void SendSctp(Bytes packet) override;
  bool sctp_ready() const override { return dtls_state_ == transports::DtlsState::kConnected; }

  // TcpConnections::Owner
  void HandleTcpPacket(Timestamp now, const transports::Path& path, const SlabRef& packet) override {
    HandleDatagram(now, path, packet);
  }
  void HandleTcpClosed(Timestamp now, const transports::Path& path) override {
    transport_.RemovePath(now, path);
  }
  void SettleTcp(Timestamp now) override { Settle(now); }
  bool IsKnownPath(const transports::Path& path) const override { return transport_.ice().IsKnownPath(path); }

  // One of the two, and where it is bound.
  struct Local {
    transports::Endpoint endpoint;
    std::unique_ptr<UdpPort> udp;
    std::unique_ptr<TcpListener> tcp;
  };

  // A path that the server was told is ours.
  struct ClaimedPath {
    transports::Path path;
    std::vector<uint32_t> told;  // Other workers that know.
  };

  UdpPort* PortOf(uint16_t socket);
  const transports::Endpoint& LocalOf(uint16_t socket) const;
  void Claim(const transports::Path& path, uint32_t via);
  // Those that ICE does not know any more; all of them, when it is closing.
  void ReleaseClaims(bool all);
  Local Listen(UdpSocket&& socket, uint16_t index);
  Local Listen(TcpListenSocket&& socket, uint16_t index);
  void HandleReadable(uint16_t index);
  void HandleDatagram(Timestamp now, const transports::Path& from, const SlabRef& datagram);
  void TakeOutputs(Timestamp now);
  void HandleOutput(Timestamp now, transports::WebRtcTransport::Output& output);
  void SendPlain(const transports::Path& to, Bytes datagram);
  void SendTo(const transports::Path& to, SlabRef datagram, SendQueue::Priority priority);

  transports::WebRtcTransport transport_;
  WebRtcServer* server_;
  std::vector<ClaimedPath> claimed_;
  std::vector<Local> locals_;  // Without a server. A path's socket is its index here.
  TcpConnections connections_;
  uint64_t lost_paths_seen_ = 0;
  bool unsettled_ = false;
  bool restarting_ = false;  // New ICE credentials are out, and not used yet.
  transports::DtlsState dtls_state_ = transports::DtlsState::kNew;
  int64_t no_memory_ = 0;       // Transport datagrams that found no slab.
  int64_t tcp_queue_full_ = 0;  // Packets for a connection that does not keep up, or is gone.
};

}  // namespace sluice::worker
