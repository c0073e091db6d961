// The TCP connections of one transport: what they bring is handed to it, and they last as long as ICE knows
// their paths. One that does not become known in time, or only talks nonsense, is closed.
//
// Thread: the worker's.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <vector>

#include "rtp/slab.h"
#include "rtp/units.h"
#include "transports/endpoint.h"
#include "worker/tcp_connection.h"
#include "worker/worker_context.h"

namespace sluice::worker {

class TcpConnections {
 public:
  // The transport.
  class Owner {
   public:
    virtual ~Owner() = default;
    // A packet that came on `path`. Must not send, close or add.
    virtual void HandleTcpPacket(Timestamp now, const transports::Path& path, const SlabRef& packet) = 0;
    // The connection is closed, by the peer or from here.
    virtual void HandleTcpClosed(Timestamp now, const transports::Path& path) = 0;
    // After any number of the above.
    virtual void SettleTcp(Timestamp now) = 0;
    virtual bool IsKnownPath(const transports::Path& path) const = 0;
  };

  // `owner` outlives this.
  TcpConnections(const WorkerContext& context, Owner* owner) : context_(context), owner_(owner) {}
  TcpConnections(const TcpConnections&) = delete;
  TcpConnections& operator=(const TcpConnections&) = delete;

  // A connection that was accepted on the transport's listen socket `socket`, and what was read from it
  // already, if anything was. Calls the owner.
  void Add(Timestamp now, TcpSocket connection, uint16_t socket, const SlabRef& first_packet = SlabRef());
  // Returns how many packets, this or others, had no room; one if the path has no connection.
  size_t Send(const transports::Path& to, SlabRef packet, FrameQueue::Priority priority);

  // Closes what is not, or no more, to be kept. Calls the owner's HandleTcpClosed(). After anything upon
  // which paths may have become unknown.
  void Review(Timestamp now);
  // When Review() is due; Never() when all connections are known.
  Timestamp NextTimeout() const;

  size_t size() const { return entries_.size(); }

 private:
  struct Entry {
    transports::Path path;
    std::unique_ptr<TcpConnection> connection;
    bool confirmed = false;
    int attempts = 0;  // Packets while it was not.
    Timestamp give_up_at;
  };

  Entry* Find(const transports::Path& path);
  void HandleReadable(const transports::Path& path);
  void HandlePacket(Timestamp now, Entry* entry, const SlabRef& packet);
  void MakeRoom(Timestamp now);
  void Close(Timestamp now, const transports::Path& path);

  WorkerContext context_;
  Owner* owner_;
  std::vector<Entry> entries_;  // The oldest first.
};

}  // namespace sluice::worker
