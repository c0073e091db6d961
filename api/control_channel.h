// One client of the control plane: a pair of descriptors, lines in and lines out.
//
// Reading never blocks: the descriptor is read only when it is ready. Writing does not block on pipes and
// sockets: what a client does not take is kept, and beyond kMaxUnwritten nothing more is read from it until
// it has, so a client that only talks cannot fill our memory. What is written while corked goes together.
//
// Thread: control.
#pragma once

#include <string>
#include <string_view>
#include <utility>

#include "absl/functional/any_invocable.h"
#include "api/json_rpc/line_splitter.h"
#include "worker/event_loop.h"
#include "worker/io_watch.h"
#include "worker/timer.h"

namespace sluice::api {

class ControlChannel {
 public:
  static constexpr size_t kMaxUnwritten = size_t{4} << 20;

  using OnLine = absl::AnyInvocable<void(std::optional<std::string_view> line)>;
  using OnEnd = absl::AnyInvocable<void()>;
  using OnProgress = absl::AnyInvocable<void(size_t taken)>;

  // Takes the descriptors, which may be one and the same, and closes them at the end (but not 0 to 2).
  // `on_line` as LineSplitter; `on_end`: no more input, or nobody takes our output; it
  // must not destroy the channel, which a later turn may.
  ControlChannel(worker::EventLoop* loop, int in, int out, OnLine on_line, OnEnd on_end);
  ~ControlChannel();
  ControlChannel(const ControlChannel&) = delete;
  ControlChannel& operator=(const ControlChannel&) = delete;

  void Write(std::string_view line);
  void SetCorked(bool corked);
  // Whether the client is read from, as far as it reads itself.
  void SetReading(bool reading);
  // Everything written has been taken over by the system.
  bool flushed() const { return unwritten() == 0; }
  // Bytes that it has not.
  size_t unwritten() const { return unwritten_.size() - taken_; }
  // Called whenever unwritten() has changed, with the bytes that the system took.
  void OnProgressDo(OnProgress on_progress) { on_progress_ = std::move(on_progress); }
  // Gives up on a client: what is unwritten is dropped, and `on_end` is called unless it has been.
  void Abandon();

 private:
  void Read();
  void Flush();
  void End();
  bool may_read() const { return reading_ && !ended_ && unwritten() <= kMaxUnwritten; }
  void UpdateReading();
  void Forget(size_t taken);

  worker::EventLoop* loop_;
  int in_;
  int out_;
  OnLine on_line_;
  OnEnd on_end_;
  OnProgress on_progress_;
  LineSplitter splitter_;
  std::string unwritten_;
  size_t taken_ = 0;  // Of its beginning.
  bool corked_ = false;
  bool reading_ = true;
  bool ended_ = false;
  worker::IoWatch in_watch_;
  worker::IoWatch out_watch_;
  worker::Timer file_timer_;  // Regular files cannot be watched, and are always ready.
};

}  // namespace sluice::api
