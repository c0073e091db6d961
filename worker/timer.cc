#include "worker/timer.h"

#include <algorithm>
#include <cassert>
#include <utility>

namespace sluice::worker {
namespace {

// The loop's milliseconds when `deadline` has surely passed. libuv truncates CLOCK_MONOTONIC, which
// Timestamp counts too, so no clock needs to be read and its cached time cannot make a timer early.
uint64_t LoopTimeAt(Timestamp deadline) {
  if (deadline.us() <= 0) return 0;
  return (static_cast<uint64_t>(deadline.us()) + 999) / 1000;
}

}  // namespace

Timer::Timer(EventLoop& loop, Callback callback) : state_(new State) {
  assert(loop.IsOnLoopThread());
  state_->loop = &loop;
  state_->callback = std::move(callback);
  UvCheck(uv_timer_init(loop.uv(), &state_->handle), "uv_timer_init");
  state_->handle.data = state_.get();
}

void Timer::ArmAt(Timestamp deadline) {
  State& state = *state_;
  state.deadline = deadline;
  if (deadline < state.armed) Start(state);
}

void Timer::Start(State& state) {
  state.armed = state.deadline;
  const uint64_t now = uv_now(state.loop->uv());
  // libuv runs a timer that is due again in the same round.
  const uint64_t due = std::max(LoopTimeAt(state.deadline), state.firing ? now + 1 : now);
  uv_timer_start(&state.handle, Fire, due - now, 0);
}

void Timer::Fire(uv_timer_t* handle) {
  State& state = *static_cast<State*>(handle->data);
  state.armed = Timestamp::Never();
  if (state.deadline.IsNever()) return;  // Cancelled since.
  state.loop->RefreshNow();
  const Timestamp now = state.loop->Now();
  if (now < state.deadline) return Start(state);  // Moved back since.
  state.deadline = Timestamp::Never();
  state.firing = true;
  state.callback(now);  // May destroy the timer; its state outlives this.
  state.firing = false;
}

}  // namespace sluice::worker
