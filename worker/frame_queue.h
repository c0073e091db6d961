// The packets that wait to be written to one TCP connection, each with its length in front (RFC 4571 §2).
//
//   queue.Push(packet, Priority::kNormal);
//   if (queue.Write(fd, &written) == FrameQueue::State::kBlocked) PollForWriting(fd);
//
// Bounded: beyond the bound whole packets are dropped, the oldest of normal priority first; one that has
// begun to leave is not. High priority overtakes, between packets. Nothing allocates in steady state.
//
// Thread: the worker's.
#pragma once

#include <sys/uio.h>

#include <array>
#include <cstddef>
#include <cstdint>
#include <vector>

#include "rtp/slab.h"
#include "transports/framing/frame_reader.h"
#include "worker/send_queue.h"

namespace sluice::worker {

class FrameQueue {
 public:
  using Priority = SendQueue::Priority;

  enum class State : uint8_t { kEmpty, kBlocked, kBroken };

  struct Written {
    uint64_t packets = 0;  // Whole ones.
    uint64_t bytes = 0;    // With their lengths.
    uint64_t system_calls = 0;
  };

  // `max_bytes` of memory, in which a packet counts as a whole slab; at least one packet fits.
  explicit FrameQueue(size_t max_bytes);

  // The packet's bytes must not change until it has left. Returns how many were dropped, `packet` perhaps
  // among them.
  [[nodiscard]] size_t Push(SlabRef packet, Priority priority);

  // Writes what the connection takes, and adds to `written`. kBroken: it takes nothing any more.
  State Write(int fd, Written* written);

  bool empty() const { return size() == 0; }
  size_t size() const { return waiting_[0].size() + waiting_[1].size() + (leaving_.packet ? 1 : 0); }
  void Clear();

 private:
  // In one system call. The kernel's bound is 1024 buffers, two for each packet.
  static constexpr size_t kMaxGathered = 256;

  struct Frame {
    SlabRef packet;
    std::array<uint8_t, transports::kFrameHeaderSize> header{};
    size_t size() const { return header.size() + packet->size(); }
  };
  using Buffers = std::array<iovec, 2 * kMaxGathered>;

  // Describes frames from the front; returns how many buffers that takes, and their bytes.
  size_t Gather(Buffers& buffers, size_t* bytes);
  // That many bytes have left.
  void Advance(size_t bytes, Written* written);

  size_t max_packets_;
  Frame leaving_;                              // Begun but not finished, if it has a packet.
  size_t leaving_written_ = 0;                 // Of it, with the length.
  std::array<std::vector<Frame>, 2> waiting_;  // By priority.
};

}  // namespace sluice::worker
