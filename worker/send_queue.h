// The datagrams a worker sends in one loop turn.
//
//   queue.Push(socket, remote, datagram);            // any number, during the turn
//   for (int fd : queue.Flush()) PollForWriting(fd); // at its end; these have a full buffer
//   … fd is writable: queue.HandleWritable(fd);      // what waited leaves with the next Flush()
//
// Flush() orders the turn's datagrams by socket and destination and merges runs of equal size to one
// destination (the last may be shorter) into one UDP_SEGMENT message, so that the kernel's stack is crossed
// once for a run; all messages of a socket go in as few sendmmsg calls as possible and no byte is copied.
// A destination's datagrams keep their order within a priority; high goes first, and does not split the
// runs of normal. A run that the kernel or the path does not segment is sent plain, without loss.
//
// One a worker, on its thread. Nothing allocates in steady state. Call Forget() before a socket closes.
#pragma once

#include <netinet/in.h>

#include <array>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <memory>
#include <span>
#include <vector>

#include "rtp/slab.h"
#include "transports/endpoint.h"
#include "worker/message_batch.h"
#include "worker/udp_socket.h"

namespace sluice::worker {

class SendQueue {
 public:
  enum class Priority : uint8_t { kHigh, kNormal };  // High: audio, STUN, DTLS, RTCP.

  struct Options {
    // Datagrams that may wait for one socket with a full buffer; beyond it the oldest of normal priority
    // goes, or of high if there is no other.
    size_t max_backlog = 2048;
    // Datagrams that may gather before they leave without waiting for Flush().
    size_t max_pending = 8192;
    bool segmentation = true;            // False: each datagram is a message of its own.
    SendFunction send = SendFunction();  // Empty: sendmmsg.
  };

  struct Stats {
    uint64_t datagrams = 0;  // Taken by the kernel.
    uint64_t bytes = 0;
    uint64_t messages = 0;
    uint64_t system_calls = 0;
    // runs[n]: messages that carried n datagrams.
    std::array<uint64_t, kMaxSegments + 1> runs{};
    uint64_t blocked = 0;               // Times a socket's buffer was found full.
    uint64_t segmentation_refused = 0;  // Runs that had to be sent plain.
    uint64_t dropped_overflow = 0;      // Waited too long, or were forgotten with their socket.
    uint64_t dropped_refused = 0;       // EPERM, EACCES: a firewall.
    uint64_t dropped_unreachable = 0;   // No route, no such address, or a destination the socket cannot have.
    uint64_t dropped_too_large = 0;     // EMSGSIZE.
    uint64_t dropped_no_memory = 0;     // ENOBUFS, ENOMEM.
    uint64_t dropped_other = 0;
  };

  SendQueue();
  explicit SendQueue(Options options);
  ~SendQueue();
  SendQueue(const SendQueue&) = delete;
  SendQueue& operator=(const SendQueue&) = delete;

  // `datagram`'s bytes must not change until it has left. Empty ones are ignored.
  void Push(const UdpSocket& socket, const transports::Endpoint& to, SlabRef datagram,
            Priority priority = Priority::kNormal);

  // Sends. Returns the sockets that have become blocked since the last Flush(); valid until the next call.
  std::span<const int> Flush();

  // True while datagrams wait for room in `fd`'s buffer.
  bool WantsWritable(int fd) const;
  // What waited joins the pending datagrams, in front.
  void HandleWritable(int fd);

  // Sends what is pending on the socket, drops what is left and forgets it.
  void Forget(const UdpSocket& socket);

  bool empty() const { return entries_.empty(); }
  const Stats& stats() const { return stats_; }

 private:
  static constexpr uint32_t kNone = 0xffffffff;
  static constexpr int kRefusalsUntilPlain = 8;

  struct Waiting {
    SlabRef datagram;
    transports::Endpoint to;
  };
  struct Chain {  // Of indices.
    uint32_t head = kNone;
    uint32_t tail = kNone;
  };
  // What the queue knows of a socket, from its first datagram to Forget().
  struct Socket {
    int fd;
    uint32_t serial;  // Never reused, unlike a descriptor.
    bool v6;
    bool segmentation;
    bool blocked = false;
    bool active = false;         // In active_.
    bool suspect = false;        // The last run was refused; the next datagram tells why.
    int refusals_in_a_row = 0;   // Runs that the kernel took only plain.
    std::array<Chain, 2> flows;  // By priority.
    std::array<std::deque<Waiting>, 2> backlog;
  };
  // The datagrams of one destination and priority.
  struct Flow {
    uint32_t serial;
    Priority priority;
    transports::Endpoint to;
    sockaddr_in6 address;
    socklen_t address_length;
    Chain entries;
    uint32_t next = kNone;  // In Socket::flows.
  };
  struct Entry {
    SlabRef datagram;
    uint32_t next = kNone;
  };
  struct Slot {  // Of the flow table; empty unless its generation is the current one.
    uint32_t generation = 0;
    uint32_t hash = 0;
    uint32_t flow = 0;
  };

  Socket& Register(const UdpSocket& socket);
  Socket* Find(int fd) const;
  void Append(Socket& socket, const transports::Endpoint& to, SlabRef datagram, Priority priority);
  uint32_t FindFlow(const Socket& socket, const transports::Endpoint& to, Priority priority);
  uint32_t AddFlow(const Socket& socket, const transports::Endpoint& to, Priority priority);
  void GrowTable();

  void Wait(Socket& socket, const transports::Endpoint& to, SlabRef datagram, Priority priority);
  void SendAll();
  void SendSocket(Socket& socket);
  void Gather(Socket& socket);
  void GatherFlow(uint32_t index);
  // Sends one batch of `order_` from `next` on; returns where to go on.
  size_t SendBatch(Socket& socket, size_t next);
  // After the message whose datagrams are `run`, from `next` on in `order_`, could not be sent.
  enum class Failure { kRetry, kDrop, kStop };
  Failure HandleFailure(Socket& socket, int error, size_t next, std::span<const OutgoingDatagram> run);
  void SendFlowPlain(size_t next);
  void CountSent(Socket& socket, std::span<const OutgoingDatagram> run);
  void CountDropped(int error, size_t datagrams);
  void KeepUnsent(Socket& socket, size_t next);

  Options options_;
  std::vector<std::unique_ptr<Socket>> sockets_;  // By descriptor.
  uint32_t next_serial_ = 0;
  std::vector<Socket*> active_;  // With pending datagrams, in the order of the first.
  std::vector<int> newly_blocked_;
  std::vector<int> reported_blocked_;

  std::vector<Entry> entries_;
  std::vector<Flow> flows_;
  std::vector<Slot> table_;  // Open addressing; a power of two, at most half full.
  uint32_t generation_ = 1;

  std::vector<OutgoingDatagram> order_;
  MessageBatch batch_;
  size_t plain_until_ = 0;  // Datagrams of order_ before it are not merged.
  Stats stats_;
};

}  // namespace sluice::worker
