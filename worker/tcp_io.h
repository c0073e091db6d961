// What all TCP connections of a worker share: limits, a buffer to read into, who has something to write at
// the end of the turn, and what is counted.
//
// Thread: the worker's. Outlives the connections.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <vector>

#include "rtp/bytes.h"
#include "rtp/units.h"

namespace sluice::worker {

class TcpConnection;

struct TcpLimits {
  // Of a transport. ICE knows up to eight paths at a time; as many more may be about to show that they are.
  size_t max_connections = 16;
  // Of a WebRtcServer's port, on each worker, that have not yet said whose they are.
  size_t max_unclaimed = 256;
  // Memory for what waits to be written to a connection; then the oldest media goes. Some 300 packets: a big
  // key frame, or a second at 3 Mbit/s.
  size_t max_queue = 512 * 1024;
  // For an accepted connection to show that it is its transport's, by a valid STUN request.
  TimeDelta patience = TimeDelta::Seconds(10);
  // Packets by which it may show that. Clients repeat a check that is not answered, some ten times.
  int max_attempts = 16;
};

struct TcpStats {
  uint64_t connections = 0;  // Open now.
  uint64_t accepted = 0;
  uint64_t packets_received = 0;
  uint64_t bytes_received = 0;
  uint64_t packets_sent = 0;
  uint64_t bytes_sent = 0;
  uint64_t read_calls = 0;
  uint64_t write_calls = 0;
  uint64_t blocked = 0;       // Times a connection's buffer was found full.
  uint64_t dropped_full = 0;  // Packets that did not fit into a connection's queue.
  uint64_t dropped_broken =
      0;  // Packets for a connection that takes nothing any more, or closed before they left.
  uint64_t skipped_empty = 0;  // Received: null packets.
  uint64_t skipped_too_long = 0;
  uint64_t skipped_no_memory = 0;
  uint64_t refused = 0;          // Connections beyond a limit.
  uint64_t unclaimed = 0;        // Connections that did not say, or not in time, whose they are.
  uint64_t accept_failures = 0;  // Out of descriptors or memory.
};

class TcpIo {
 public:
  explicit TcpIo(const TcpLimits& limits) : limits_(limits) {}
  TcpIo(const TcpIo&) = delete;
  TcpIo& operator=(const TcpIo&) = delete;

  const TcpLimits& limits() const { return limits_; }
  MutableBytes scratch() { return scratch_; }
  TcpStats& stats() { return stats_; }
  const TcpStats& stats() const { return stats_; }

  // At the end of the turn. Each has at most one request at a time.
  void WriteLater(TcpConnection* connection) { waiting_.push_back(connection); }
  void Forget(TcpConnection* connection) { std::erase(waiting_, connection); }
  void Flush();

 private:
  TcpLimits limits_;
  TcpStats stats_;
  std::vector<TcpConnection*> waiting_;
  std::array<uint8_t, 64 * 1024> scratch_;
};

}  // namespace sluice::worker
