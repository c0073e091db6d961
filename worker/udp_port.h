// A bound UDP socket at work on its worker: read in batches, written through the send queue, and watched for
// room while its buffer is full.
//
//   UdpPort port(context, std::move(socket), [&] { port.Receive([&](SlabRef datagram, const Endpoint& from) {
//   … }); }); port.Send(remote, std::move(datagram), SendQueue::Priority::kHigh);
//
// Thread: the worker's.
#pragma once

#include "absl/container/flat_hash_map.h"
#include "absl/functional/any_invocable.h"
#include "rtp/slab.h"
#include "transports/endpoint.h"
#include "worker/io_watch.h"
#include "worker/send_queue.h"
#include "worker/udp_receiver.h"
#include "worker/udp_socket.h"
#include "worker/worker_context.h"

namespace sluice::worker {

class UdpPort {
 public:
  // `on_readable` may destroy the port; it calls Receive().
  UdpPort(const WorkerContext& context, UdpSocket socket, absl::AnyInvocable<void()> on_readable);
  // Sends what is queued and drops what the kernel does not take.
  ~UdpPort();
  UdpPort(const UdpPort&) = delete;
  UdpPort& operator=(const UdpPort&) = delete;

  // What has arrived, up to a fair share. The handler must not destroy the port.
  void Receive(UdpReceiver::Handler handler) { context_.receiver->Receive(socket_.fd(), handler); }
  void Send(const transports::Endpoint& to, SlabRef datagram, SendQueue::Priority priority) {
    context_.send_queue->Push(socket_, to, std::move(datagram), priority);
  }

  const UdpSocket& socket() const { return socket_; }
  const transports::Endpoint& local() const { return socket_.local(); }

 private:
  friend class UdpPortTable;
  void HandleBlocked() { watch_.WatchWritable(true); }
  void HandleWritable();

  WorkerContext context_;
  UdpSocket socket_;
  IoWatch watch_;
};

// A worker's ports by descriptor, for what the send queue says of them.
class UdpPortTable {
 public:
  // The send buffer of `fd` is full.
  void HandleBlocked(int fd) {
    if (auto it = ports_.find(fd); it != ports_.end()) it->second->HandleBlocked();
  }

 private:
  friend class UdpPort;
  absl::flat_hash_map<int, UdpPort*> ports_;
};

}  // namespace sluice::worker
