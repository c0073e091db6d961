// Tells the kernel which socket of a SO_REUSEPORT group a peer's datagrams go to, so that they arrive on the
// worker that owns the peer's transport and need not cross threads here. For peers it was not told of, the
// kernel picks a socket by a hash of addresses and ports, as without steering.
//
// It is an eBPF program of type SK_REUSEPORT (Linux 4.19): it looks the sender up in a hash map and selects
// the socket with the index that it finds. Loading it takes CAP_BPF and CAP_NET_ADMIN.
//
// Threads: any. Shared by the workers; the program goes with the sockets.
#pragma once

#include <cstdint>
#include <memory>
#include <vector>

#include "transports/endpoint.h"
#include "worker/file_descriptor.h"
#include "worker/udp_socket.h"

namespace sluice::worker {

class UdpSteering {
 public:
  // Peers it can hold; those beyond are not steered.
  static constexpr uint32_t kMaxPeers = 1u << 17;

  // For sockets that share a port. nullptr: the kernel does not have it, or does not let us.
  [[nodiscard]] static std::shared_ptr<UdpSteering> Attach(const std::vector<UdpSocket>& group);

  // Datagrams from `remote` go to the socket with that index. False: there is no room.
  bool Steer(const transports::Endpoint& remote, uint32_t socket);
  void Forget(const transports::Endpoint& remote);

 private:
  UdpSteering(FileDescriptor peers, FileDescriptor sockets)
      : peers_(std::move(peers)), sockets_(std::move(sockets)) {}

  FileDescriptor peers_;    // BPF_MAP_TYPE_HASH: a peer's key to the index of its socket.
  FileDescriptor sockets_;  // BPF_MAP_TYPE_REUSEPORT_SOCKARRAY
};

}  // namespace sluice::worker
