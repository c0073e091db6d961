// A worker's share of a WebRtcServer: its sockets on the ports that all workers share, and whose it is what
// arrives there.
//
// STUN requests say by their USERNAME which transport they are for; the control plane tells every worker of
// every transport's fragments. Everything else goes by the sender: a transport that has authenticated a check
// from a path claims it, at the worker where the check arrived, which is where the kernel delivers that
// path's datagrams. A path that is claimed stays its claimant's until that one releases it, so whoever forges
// a sender's address takes nothing away from it.
//
// What names nobody waits until the mailboxes have been read: it may be the answer to what a worker has said
// just after claiming its path.
//
// A datagram for a transport on another worker goes there by reference, once; from then on the kernel is
// told, where it lets us, to deliver that sender's datagrams there (UdpSteering). TCP connections move to
// their transport's worker with the first packet. What is sent leaves by the transport's own worker's socket.
//
// Thread: the worker's.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "worker/messages.h"
#include "worker/tcp_listener.h"
#include "worker/udp_port.h"
#include "worker/udp_steering.h"
#include "worker/unclaimed_connections.h"
#include "worker/worker_context.h"

namespace sluice::worker {

class WebRtcSession;

class WebRtcServer {
 public:
  WebRtcServer(const WorkerContext& context, CreateWebRtcServer&& command);
  WebRtcServer(const WebRtcServer&) = delete;
  WebRtcServer& operator=(const WebRtcServer&) = delete;

  // From the control plane.
  void AddFragment(const AddIceFragment& command);
  void RemoveFragment(const std::string& fragment) { fragments_.erase(fragment); }

  // From the transports on this worker, which leave before this goes.
  void Join(router::TransportHandle transport, WebRtcSession* session) { sessions_[transport] = session; }
  void Leave(router::TransportHandle transport) { sessions_.erase(transport); }
  // `path` is `transport`'s, where it is nobody else's: on this worker and on `via`, where it came from.
  void Claim(router::TransportHandle transport, const transports::Path& path, uint32_t via);
  // No more, here and on the workers that were told.
  void Release(router::TransportHandle transport, const transports::Path& path,
               const std::vector<uint32_t>& told);
  UdpPort* udp(uint16_t socket) { return sockets_[socket].udp.get(); }
  const transports::Endpoint& local(uint16_t socket) const { return sockets_[socket].endpoint; }

  // From the same server on other workers.
  void Handle(Timestamp now, uint32_t from, ServerDatagram&& datagram);
  void Handle(Timestamp now, uint32_t from, MoveConnection&& connection);
  void Handle(Timestamp now, uint32_t from, const ClaimPath& claim);
  void Handle(Timestamp now, uint32_t from, const ReleasePath& release);
  // After other workers' messages have been read: what named nobody may be somebody's now.
  void RetryUndecided(Timestamp now);
  // Once after any number of datagrams.
  void Settle(Timestamp now);

  WebRtcServerSnapshot TakeSnapshot() const;

 private:
  // A transport, wherever it is.
  struct Owner {
    uint32_t worker = 0;
    router::TransportHandle transport;
  };
  // One of the two, and where it is bound.
  struct Socket {
    transports::Endpoint endpoint;
    std::unique_ptr<UdpPort> udp;
    std::unique_ptr<TcpListener> tcp;
    std::shared_ptr<UdpSteering> steering;
  };

  Socket Listen(UdpSocket&& socket, uint16_t index);
  Socket Listen(TcpListenSocket&& socket, uint16_t index);
  void HandleReadable(uint16_t socket);
  // A datagram and where it came from.
  struct Arrived {
    transports::Path from;
    SlabRef datagram;
  };

  // Datagrams of one turn that may wait for the mailboxes.
  static constexpr size_t kMaxUndecided = 64;

  // False: it names nobody, and `datagram` is unchanged.
  bool TryDeliver(Timestamp now, const transports::Path& from, SlabRef& datagram);
  void CountUnknown(const Slab& datagram);
  void HandleFirstPacket(TcpSocket connection, uint16_t socket, SlabRef packet);
  // Whom a STUN message is for; nullptr: it does not say, or we do not know.
  const Owner* OwnerOf(Bytes stun) const;
  // `known`: the path has been claimed by `to` here.
  void Deliver(Timestamp now, const Owner& to, const transports::Path& from, SlabRef datagram, bool known);
  void DeliverHere(Timestamp now, router::TransportHandle to, const transports::Path& from,
                   const SlabRef& datagram, uint32_t via, bool known);
  WebRtcSession* Find(router::TransportHandle transport) const;

  WorkerContext context_;
  WebRtcServerHandle handle_;
  absl::flat_hash_map<std::string, Owner> fragments_;
  absl::flat_hash_map<transports::Path, Owner> claims_;
  absl::flat_hash_map<router::TransportHandle, WebRtcSession*> sessions_;  // Here.
  std::vector<WebRtcSession*> unsettled_;
  std::vector<Arrived> undecided_;
  ServerStats stats_;
  UnclaimedConnections unclaimed_;
  std::vector<Socket> sockets_;  // A path's socket is its index here.
};

}  // namespace sluice::worker
