#include "worker/io_watch.h"

#include <cassert>
#include <utility>

namespace sluice::worker {

IoWatch::IoWatch(EventLoop& loop, int fd, Callback on_readable, Callback on_writable) {
  assert(loop.IsOnLoopThread());
  auto state = std::make_unique<State>();
  state->loop = &loop;
  state->on_readable = std::move(on_readable);
  state->on_writable = std::move(on_writable);
  UvCheck(uv_poll_init(loop.uv(), &state->handle, fd), "uv_poll_init");
  state->handle.data = state.get();
  state_.reset(state.release());
  if (state_->on_readable) WatchReadable(true);
}

void IoWatch::Watch(int event, bool wanted) {
  const int events = wanted ? state_->events | event : state_->events & ~event;
  if (events == std::exchange(state_->events, events)) return;
  Start(*state_);
}

void IoWatch::Start(State& state) {
  if (state.events == 0) {
    uv_poll_stop(&state.handle);
  } else {
    UvCheck(uv_poll_start(&state.handle, state.events, Dispatch), "uv_poll_start");
  }
}

void IoWatch::Dispatch(uv_poll_t* handle, int status, int events) {
  State& state = *static_cast<State*>(handle->data);
  const auto closing = [handle] { return uv_is_closing(reinterpret_cast<const uv_handle_t*>(handle)); };
  state.loop->RefreshNow();
  if (status < 0) {  // The descriptor has a pending error, upon which libuv stops the watch.
    events = state.events & UV_READABLE ? UV_READABLE : state.events;
    Start(state);
  }
  if (events & state.events & UV_READABLE && state.on_readable) state.on_readable();
  if (!closing() && events & state.events & UV_WRITABLE && state.on_writable) state.on_writable();
}

}  // namespace sluice::worker
