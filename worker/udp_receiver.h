// Batched receiving: recvmmsg of up to 64 datagrams straight into slabs.
//
//   receiver.Receive(socket.fd(), [&](SlabRef datagram, const Endpoint& from) { … });
//
// One a worker, for all its sockets, on its thread; it holds the kernel's structures and a batch of slabs,
// so nothing allocates once the pool has grown. The handler may keep the slab. It must not close the
// socket that is being read, nor call Receive() again.
#pragma once

#include <netinet/in.h>
#include <sys/socket.h>
#include <sys/uio.h>

#include <array>
#include <cstddef>
#include <cstdint>

#include "absl/functional/function_ref.h"
#include "rtp/slab.h"
#include "transports/endpoint.h"

namespace sluice::worker {

class UdpReceiver {
 public:
  using Handler = absl::FunctionRef<void(SlabRef datagram, const transports::Endpoint& from)>;

  static constexpr size_t kBatch = 64;
  // What one socket may take of a loop turn before the others have theirs.
  static constexpr size_t kFairShare = 512;

  struct Stats {
    uint64_t datagrams = 0;  // Handed out.
    uint64_t bytes = 0;
    uint64_t system_calls = 0;
    uint64_t truncated = 0;       // Dropped: longer than a slab.
    uint64_t empty = 0;           // Dropped: no payload.
    uint64_t pool_exhausted = 0;  // Dropped: no slab.
    uint64_t errors = 0;          // Conditions the kernel reported (ICMP errors and the like), ignored.
  };

  // `pool` outlives this object.
  explicit UdpReceiver(SlabPool& pool);
  UdpReceiver(const UdpReceiver&) = delete;
  UdpReceiver& operator=(const UdpReceiver&) = delete;

  // Reads `fd` until it is empty or `limit` datagrams have been taken from it, and returns how many were.
  // A datagram handed out is never empty.
  size_t Receive(int fd, Handler handler, size_t limit = kFairShare);

  const Stats& stats() const { return stats_; }

 private:
  // Gives each of the first slots a slab and returns how many have one.
  size_t Refill(size_t wanted);
  void Deliver(size_t slot, Handler handler);
  size_t Discard(int fd, size_t limit);
  // False: nothing more to read. Otherwise the condition has been consumed and reading goes on.
  bool HandleError();

  SlabPool& pool_;
  std::array<SlabRef, kBatch> slabs_;
  std::array<mmsghdr, kBatch> messages_{};
  std::array<iovec, kBatch> buffers_{};
  std::array<sockaddr_in6, kBatch> senders_{};  // Room for a sockaddr_in as well.
  Stats stats_;
};

}  // namespace sluice::worker
