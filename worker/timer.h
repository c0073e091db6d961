// One deadline on an event loop. Never early; late by less than a millisecond (libuv's resolution, rounded
// up) and whatever the loop is busy with.
//
// Moving the deadline back costs nothing: the timer stays armed for the earlier one, and on its firing
// arms itself anew. So a protocol core's NextTimeout() can be passed on after every packet.
#pragma once

#include <uv.h>

#include "absl/functional/any_invocable.h"
#include "rtp/units.h"
#include "worker/event_loop.h"
#include "worker/uv_handle.h"

namespace sluice::worker {

class Timer {
 public:
  using Callback = absl::AnyInvocable<void(Timestamp now)>;

  Timer(EventLoop& loop, Callback callback);

  // Replaces the deadline; Timestamp::Never() cancels, a past one fires in the next turn. The callback
  // runs once for it and may arm again, for a millisecond later at the earliest: a core that is always due
  // does not starve the sockets.
  void ArmAt(Timestamp deadline);
  void Cancel() { ArmAt(Timestamp::Never()); }

  // Never() when not armed.
  Timestamp deadline() const { return state_->deadline; }

 private:
  struct State {
    uv_timer_t handle;
    EventLoop* loop;
    Callback callback;
    Timestamp deadline = Timestamp::Never();
    Timestamp armed = Timestamp::Never();  // What libuv has; at most `deadline`, unless that is Never().
    bool firing = false;                   // In its callback.
  };

  static void Start(State& state);
  static void Fire(uv_timer_t* handle);

  UvOwner<State> state_;
};

}  // namespace sluice::worker
