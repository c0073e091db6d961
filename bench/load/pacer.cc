#include "bench/load/pacer.h"

#include <sys/timerfd.h>
#include <unistd.h>

#include <algorithm>

#include "worker/clock.h"

namespace sluice::load {

Pacer::Pacer(worker::EventLoop& loop, Histogram* lateness)
    : lateness_(lateness),
      fd_(timerfd_create(CLOCK_MONOTONIC, TFD_NONBLOCK | TFD_CLOEXEC)),
      watch_(loop, fd_, [this] { HandleTimer(); }) {}

Pacer::~Pacer() {
  watch_.reset();
  close(fd_);
}

void Pacer::Add(Paced* source, Timestamp first) {
  live_[source] = ++last_serial_;
  due_.push({first, last_serial_, source});
  Arm();
}

void Pacer::HandleTimer() {
  uint64_t expirations;
  if (read(fd_, &expirations, sizeof expirations) < 0) return;
  Timestamp now = worker::MonotonicNow();
  while (!due_.empty() && due_.top().at <= now) {
    const Due due = due_.top();
    due_.pop();
    auto live = live_.find(due.source);
    if (live == live_.end() || live->second != due.serial) continue;
    lateness_->Add(now - due.at);
    const Timestamp next = due.source->HandleDue(now);
    if (!next.IsNever()) due_.push({next, due.serial, due.source});
    now = worker::MonotonicNow();
  }
  Arm();
}

void Pacer::Arm() {
  if (due_.empty()) return;
  const int64_t us = std::max<int64_t>(due_.top().at.us(), 1);
  itimerspec spec{};
  spec.it_value = {.tv_sec = us / 1'000'000, .tv_nsec = us % 1'000'000 * 1000};
  timerfd_settime(fd_, TFD_TIMER_ABSTIME, &spec, nullptr);
}

}  // namespace sluice::load
