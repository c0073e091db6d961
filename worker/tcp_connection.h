// A TCP connection at work on its worker: packets framed as RFC 4571 has it, read in batches, written at the
// end of the loop's turn, all of them in as few calls as it takes.
//
//   TcpConnection connection(context, std::move(socket), [&] {
//     bool open = connection.Receive([&](SlabRef packet) { … }); });
//   connection.Send(std::move(packet), FrameQueue::Priority::kHigh);
//
// A reader that does not keep up costs a bounded queue, and then packets.
//
// Thread: the worker's.
#pragma once

#include <cstddef>

#include "absl/functional/any_invocable.h"
#include "absl/functional/function_ref.h"
#include "rtp/slab.h"
#include "transports/framing/frame_reader.h"
#include "worker/frame_queue.h"
#include "worker/io_watch.h"
#include "worker/tcp_io.h"
#include "worker/tcp_socket.h"
#include "worker/worker_context.h"

namespace sluice::worker {

class TcpConnection {
 public:
  // What one connection may read in a loop turn before the others have theirs.
  static constexpr size_t kFairShare = 256 * 1024;

  // `on_readable` may destroy the connection; it calls Receive().
  TcpConnection(const WorkerContext& context, TcpSocket socket, absl::AnyInvocable<void()> on_readable);
  // Sends what the kernel takes, and closes.
  ~TcpConnection();
  TcpConnection(const TcpConnection&) = delete;
  TcpConnection& operator=(const TcpConnection&) = delete;

  // What has arrived, up to a fair share. False: the peer has closed, or the connection is broken; nothing
  // more will come. The handler must not destroy the connection.
  [[nodiscard]] bool Receive(absl::FunctionRef<void(SlabRef packet)> handler);
  // Returns how many packets, this or others, had no room.
  size_t Send(SlabRef packet, FrameQueue::Priority priority);

  const TcpSocket& socket() const { return socket_; }

 private:
  friend class TcpIo;
  void Flush();
  void Write();
  void HandleWritable();
  void CountSkipped();

  TcpIo* io_;
  TcpSocket socket_;
  transports::FrameReader reader_;
  transports::FrameReader::Skipped counted_;  // What of the reader's is in the worker's counts already.
  FrameQueue queue_;
  bool flush_requested_ = false;
  bool blocked_ = false;
  bool broken_ = false;
  IoWatch watch_;
};

}  // namespace sluice::worker
