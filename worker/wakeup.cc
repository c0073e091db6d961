#include "worker/wakeup.h"

#include <atomic>
#include <cassert>
#include <utility>

namespace sluice::worker {

Wakeup::Wakeup(EventLoop& loop, Callback callback) {
  assert(loop.IsOnLoopThread());
  auto state = std::make_unique<State>();
  state->loop = &loop;
  state->callback = std::move(callback);
  const auto run = [](uv_async_t* handle) {
    State& woken = *static_cast<State*>(handle->data);
    woken.loop->RefreshNow();
    woken.callback();
  };
  UvCheck(uv_async_init(loop.uv(), &state->handle, run), "uv_async_init");
  state->handle.data = state.get();
  state_.reset(state.release());
}

// libuv first looks, without ordering, whether a wake-up is on its way: that must not happen before what the
// caller wrote can be seen, or the callback may run just before and nothing wakes it again.
void Wakeup::Notify() {
  std::atomic_thread_fence(std::memory_order_seq_cst);
  uv_async_send(&state_->handle);
}

}  // namespace sluice::worker
