// One thread's event loop (libuv).
//
//   EventLoop loop;
//   Wakeup wakeup(loop, [&] { DrainMailboxes(); });
//   IoWatch watch(loop, socket.fd(), [&] { Read(); });
//   Timer timer(loop, [&](Timestamp now) { … });
//   loop.SetEndOfTurn([&] { send_queue.Flush(); });
//   loop.Run();                       // until Stop()
//
// Threads: built, run and destroyed on any one thread at a time; while it runs everything but
// Wakeup::Notify() belongs to the thread in Run(). Callbacks may create and destroy watches, timers and
// wake-ups, their own included. Lifetime: those are destroyed before their loop.
#pragma once

#include <uv.h>

#include <thread>

#include "absl/functional/any_invocable.h"
#include "rtp/units.h"

namespace sluice::worker {

class EventLoop {
 public:
  EventLoop();
  ~EventLoop();
  EventLoop(const EventLoop&) = delete;
  EventLoop& operator=(const EventLoop&) = delete;

  // Blocks until Stop(), even when there is nothing to wait for.
  void Run();
  // From a callback: Run() returns at the end of the turn. From outside: the next Run() returns at once.
  void Stop();

  // Called after a turn's I/O callbacks and again before the loop blocks, so after timers too. What it
  // pushes to other threads or the network leaves in this turn. Replaces the previous one.
  void SetEndOfTurn(absl::AnyInvocable<void()> callback);

  // Monotonic; refreshed when a callback starts and then still until the next.
  Timestamp Now() const { return now_; }

  // True on the thread that is in Run(), and on every thread while none is.
  bool IsOnLoopThread() const;

  // For what the wrappers do not cover. Callbacks of raw handles call RefreshNow() first.
  uv_loop_t* uv() { return &loop_; }
  void RefreshNow();

 private:
  void EndTurn();

  uv_loop_t loop_;
  uv_prepare_t prepare_;
  uv_check_t check_;
  absl::AnyInvocable<void()> end_of_turn_;
  Timestamp now_;
  std::thread::id thread_;  // Of the thread in Run().
};

}  // namespace sluice::worker
