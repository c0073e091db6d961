// TCP connections to a port that transports share, until they have said whose they are: the first packet, a
// STUN request, names the transport. No more than that packet is read here, so that whoever takes the
// connection over, perhaps on another thread, goes on with the stream where it ended.
//
// Thread: the worker's.
#pragma once

#include <cstdint>
#include <list>

#include "absl/functional/any_invocable.h"
#include "rtp/slab.h"
#include "transports/framing/frame_reader.h"
#include "worker/io_watch.h"
#include "worker/tcp_socket.h"
#include "worker/timer.h"
#include "worker/worker_context.h"

namespace sluice::worker {

class UnclaimedConnections {
 public:
  // A connection that was accepted on listen socket `socket`, with its first packet. Must not destroy this.
  using OnFirstPacket = absl::AnyInvocable<void(TcpSocket connection, uint16_t socket, SlabRef packet)>;

  UnclaimedConnections(const WorkerContext& context, OnFirstPacket on_first_packet);
  UnclaimedConnections(const UnclaimedConnections&) = delete;
  UnclaimedConnections& operator=(const UnclaimedConnections&) = delete;

  // Closes it again if nothing sensible comes in time. Beyond the limit the oldest makes room.
  void Add(TcpSocket connection, uint16_t socket);

  size_t size() const { return waiting_.size(); }

 private:
  struct Waiting {
    Waiting(TcpSocket accepted, uint16_t number, SlabPool* pool)
        : connection(std::move(accepted)), socket(number), reader(pool) {}
    TcpSocket connection;
    uint16_t socket;
    transports::FrameReader reader;
    Timestamp give_up_at;
    IoWatch watch;
  };
  using Position = std::list<Waiting>::iterator;

  void HandleReadable(Position waiting);
  // Whether there is more to come; the packet that is there now, if it is.
  bool Read(Waiting* waiting, SlabRef* packet);
  void Close(Position waiting);
  void HandleTimeout(Timestamp now);
  void ArmTimer();

  WorkerContext context_;
  OnFirstPacket on_first_packet_;
  std::list<Waiting> waiting_;  // The oldest first.
  Timer timer_;
};

}  // namespace sluice::worker
