// Ownership of a libuv handle, whose memory libuv keeps until a callback after uv_close().
//
// A State has a `handle` member whose `data` points back to it. Callbacks live in the State, so one that
// destroys its own watch returns into memory that is still there.
#pragma once

#include <uv.h>

#include <cstdio>
#include <cstdlib>
#include <memory>

namespace sluice::worker {

template <typename State>
struct UvClose {
  void operator()(State* state) const {
    uv_close(reinterpret_cast<uv_handle_t*>(&state->handle),
             [](uv_handle_t* handle) { delete static_cast<State*>(handle->data); });
  }
};

template <typename State>
using UvOwner = std::unique_ptr<State, UvClose<State>>;

// For calls that fail only out of descriptors or through misuse: nothing sensible can follow.
inline void UvCheck(int result, const char* call) {
  if (result >= 0) return;
  std::fprintf(stderr, "%s: %s\n", call, uv_strerror(result));
  std::abort();
}

}  // namespace sluice::worker
