#include "worker/event_loop.h"

#include <cassert>
#include <cstdio>
#include <cstdlib>
#include <utility>

#include "worker/clock.h"
#include "worker/uv_handle.h"

namespace sluice::worker {

EventLoop::EventLoop() : now_(MonotonicNow()) {
  UvCheck(uv_loop_init(&loop_), "uv_loop_init");
  uv_prepare_init(&loop_, &prepare_);
  uv_check_init(&loop_, &check_);
  prepare_.data = check_.data = this;
  uv_prepare_start(&prepare_, [](uv_prepare_t* handle) { static_cast<EventLoop*>(handle->data)->EndTurn(); });
  uv_check_start(&check_, [](uv_check_t* handle) { static_cast<EventLoop*>(handle->data)->EndTurn(); });
}

EventLoop::~EventLoop() {
  uv_close(reinterpret_cast<uv_handle_t*>(&prepare_), nullptr);
  uv_close(reinterpret_cast<uv_handle_t*>(&check_), nullptr);
  uv_walk(
      &loop_,
      [](uv_handle_t* handle, void*) {
        if (uv_is_closing(handle)) return;
        std::fprintf(stderr, "a %s outlives its event loop\n", uv_handle_type_name(handle->type));
        std::abort();
      },
      nullptr);
  uv_run(&loop_, UV_RUN_DEFAULT);  // Runs the close callbacks.
  UvCheck(uv_loop_close(&loop_), "uv_loop_close");
}

void EventLoop::Run() {
  assert(thread_ == std::thread::id() && "already running");
  thread_ = std::this_thread::get_id();
  RefreshNow();
  uv_run(&loop_, UV_RUN_DEFAULT);
  thread_ = std::thread::id();
}

void EventLoop::Stop() {
  assert(IsOnLoopThread());
  uv_stop(&loop_);
}

void EventLoop::SetEndOfTurn(absl::AnyInvocable<void()> callback) { end_of_turn_ = std::move(callback); }

bool EventLoop::IsOnLoopThread() const {
  return thread_ == std::thread::id() || thread_ == std::this_thread::get_id();
}

void EventLoop::RefreshNow() { now_ = MonotonicNow(); }

void EventLoop::EndTurn() {
  if (end_of_turn_) end_of_turn_();
}

}  // namespace sluice::worker
