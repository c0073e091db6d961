#include "api/control_channel.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <utility>
#include <vector>

namespace sluice::api {
namespace {

// As much as a pipe holds. What its requests are answered with may exceed kMaxUnwritten, so not more.
constexpr size_t kReadSize = 64 * 1024;
// As much as a pipe takes at once.
constexpr size_t kMaxCorked = 64 * 1024;

bool CanBeWatched(int fd) {
  struct stat status {};
  return fstat(fd, &status) == 0 && (S_ISFIFO(status.st_mode) || S_ISSOCK(status.st_mode) || isatty(fd));
}

// Terminals stay blocking: the flag belongs to the open file, which the shell shares with us.
void SetNonBlocking(int fd) {
  if (!isatty(fd)) fcntl(fd, F_SETFL, fcntl(fd, F_GETFL) | O_NONBLOCK);
}

}  // namespace

ControlChannel::ControlChannel(worker::EventLoop* loop, int in, int out, OnLine on_line, OnEnd on_end)
    : loop_(loop),
      in_(in),
      out_(out),
      on_line_(std::move(on_line)),
      on_end_(std::move(on_end)),
      file_timer_(*loop, [this](Timestamp) { Read(); }) {
  if (CanBeWatched(out_)) SetNonBlocking(out_);
  if (in_ == out_) {
    in_watch_ = worker::IoWatch(
        *loop_, in_, [this] { Read(); }, [this] { Flush(); });
    return;
  }
  if (CanBeWatched(in_)) {
    in_watch_ = worker::IoWatch(*loop_, in_, [this] { Read(); });
  } else {
    file_timer_.ArmAt(loop_->Now());
  }
  if (CanBeWatched(out_)) out_watch_ = worker::IoWatch(*loop_, out_, nullptr, [this] { Flush(); });
}

ControlChannel::~ControlChannel() {
  in_watch_.reset();
  out_watch_.reset();
  if (in_ > STDERR_FILENO) close(in_);
  if (out_ > STDERR_FILENO && out_ != in_) close(out_);
}

void ControlChannel::Read() {
  if (ended_) return;
  std::vector<char> buffer(kReadSize);
  ssize_t count = read(in_, buffer.data(), buffer.size());
  if (count < 0 && (errno == EAGAIN || errno == EINTR)) return;
  if (count <= 0) {
    splitter_.Finish([this](std::optional<std::string_view> line) { on_line_(line); });
    End();
    return;
  }
  splitter_.Feed({buffer.data(), static_cast<size_t>(count)},
                 [this](std::optional<std::string_view> line) { on_line_(line); });
  UpdateReading();
}

// Regular files are always ready: the next turn reads on. The first of the lines of this one may have armed
// the timer.
void ControlChannel::UpdateReading() {
  if (in_watch_) {
    in_watch_.WatchReadable(may_read());
  } else if (may_read()) {
    file_timer_.ArmAt(loop_->Now());
  } else {
    file_timer_.Cancel();
  }
}

void ControlChannel::SetReading(bool reading) {
  if (reading == std::exchange(reading_, reading)) return;
  UpdateReading();
}

void ControlChannel::SetCorked(bool corked) {
  corked_ = corked;
  if (!corked_ && !flushed()) Flush();
}

void ControlChannel::Write(std::string_view line) {
  unwritten_.append(line);
  if (!corked_ || unwritten() > kMaxCorked) Flush();
}

void ControlChannel::Flush() {
  size_t written = 0;
  while (written < unwritten()) {
    const size_t begin = taken_ + written;
    ssize_t count = write(out_, unwritten_.data() + begin, unwritten_.size() - begin);
    if (count < 0 && errno == EINTR) continue;
    if (count < 0 && errno == EAGAIN) break;
    if (count < 0) return Abandon();  // Nobody is there any more; SIGPIPE is ignored.
    written += static_cast<size_t>(count);
  }
  Forget(written);
  worker::IoWatch& watch = in_ == out_ ? in_watch_ : out_watch_;
  if (watch) watch.WatchWritable(!flushed());
  UpdateReading();
}

// What was taken stays in front until it is as much as the rest: moving that then costs as little again.
void ControlChannel::Forget(size_t taken) {
  taken_ += taken;
  if (taken_ * 2 >= unwritten_.size()) unwritten_.erase(0, std::exchange(taken_, 0));
  if (on_progress_) on_progress_(taken);
}

void ControlChannel::Abandon() {
  unwritten_.clear();
  taken_ = 0;
  End();
  if (on_progress_) on_progress_(0);
}

void ControlChannel::End() {
  if (std::exchange(ended_, true)) return;
  if (in_watch_) in_watch_.WatchReadable(false);
  on_end_();
}

}  // namespace sluice::api
