// A listening TCP socket at work on its worker: hands over what it accepts.
//
// Thread: the worker's.
#pragma once

#include "absl/functional/any_invocable.h"
#include "worker/io_watch.h"
#include "worker/tcp_socket.h"
#include "worker/timer.h"
#include "worker/worker_context.h"

namespace sluice::worker {

class TcpListener {
 public:
  // `on_accept` must not destroy the listener.
  TcpListener(const WorkerContext& context, TcpListenSocket socket,
              absl::AnyInvocable<void(TcpSocket socket)> on_accept);
  TcpListener(const TcpListener&) = delete;
  TcpListener& operator=(const TcpListener&) = delete;

  const transports::Endpoint& local() const { return socket_.local(); }

 private:
  // What one listener may accept in a loop turn.
  static constexpr int kFairShare = 64;
  // Out of descriptors it waits this long: connections stay readable and would keep the loop spinning.
  static constexpr TimeDelta kPause = TimeDelta::Millis(100);

  void HandleReadable();
  void HandleFailure();

  WorkerContext context_;
  TcpListenSocket socket_;
  absl::AnyInvocable<void(TcpSocket socket)> on_accept_;
  Timer resume_;
  IoWatch watch_;
};

}  // namespace sluice::worker
