// Wakes an event loop from another thread.
//
// Notify() may be called on any thread while the object lives and coalesces: the callback runs on the loop's
// thread at least once after the last call, and what the caller wrote before is visible to it.
#pragma once

#include <uv.h>

#include "absl/functional/any_invocable.h"
#include "worker/event_loop.h"
#include "worker/uv_handle.h"

namespace sluice::worker {

class Wakeup {
 public:
  using Callback = absl::AnyInvocable<void()>;

  Wakeup(EventLoop& loop, Callback callback);

  void Notify();

 private:
  struct State {
    uv_async_t handle;
    EventLoop* loop;
    Callback callback;
  };

  UvOwner<State> state_;
};

}  // namespace sluice::worker
