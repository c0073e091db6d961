// Watches one descriptor for readability and writability (level-triggered).
//
// One watch a descriptor. Destroy it before the descriptor closes. A pending error is reported as
// readability, or as writability if only that is watched: the read or write then says what it is.
#pragma once

#include <uv.h>

#include "absl/functional/any_invocable.h"
#include "worker/event_loop.h"
#include "worker/uv_handle.h"

namespace sluice::worker {

class IoWatch {
 public:
  using Callback = absl::AnyInvocable<void()>;

  IoWatch() = default;  // Watches nothing.
  // Starts with readability if `on_readable` is there; writability waits for WatchWritable(true).
  IoWatch(EventLoop& loop, int fd, Callback on_readable, Callback on_writable = nullptr);

  void WatchReadable(bool wanted) { Watch(UV_READABLE, wanted); }
  void WatchWritable(bool wanted) { Watch(UV_WRITABLE, wanted); }

  explicit operator bool() const { return state_ != nullptr; }
  void reset() { state_.reset(); }

 private:
  struct State {
    uv_poll_t handle;
    EventLoop* loop;
    Callback on_readable;
    Callback on_writable;
    int events = 0;
  };

  void Watch(int event, bool wanted);
  static void Start(State& state);
  static void Dispatch(uv_poll_t* handle, int status, int events);

  UvOwner<State> state_;
};

}  // namespace sluice::worker
