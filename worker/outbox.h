// What one worker has to say to the other threads in a turn: messages go into the mailboxes at once, wake-ups
// once for each receiver at the end of the turn.
//
// Thread: the worker's.
#pragma once

#include <cstdint>
#include <functional>
#include <utility>
#include <vector>

#include "worker/switchboard.h"

namespace sluice::worker {

class Outbox {
 public:
  // `wake_peer` and `wake_control` may be called on this worker's thread as long as the outbox lives.
  Outbox(uint32_t self, Switchboard* switchboard, std::function<void(uint32_t)> wake_peer,
         std::function<void()> wake_control)
      : self_(self),
        switchboard_(switchboard),
        wake_peer_(std::move(wake_peer)),
        wake_control_(std::move(wake_control)),
        touched_(switchboard->workers()) {}

  void Tell(Event event) {
    switchboard_->events(self_).Push(std::move(event));
    control_touched_ = true;
  }
  void Ask(uint32_t worker, PeerRequest request) {
    switchboard_->requests(self_, worker).Push(std::move(request));
    touched_[worker] = true;
  }
  void Send(uint32_t worker, PeerMedia media) {
    if (switchboard_->media(self_, worker).TryPush(std::move(media))) {
      touched_[worker] = true;
    } else {
      ++dropped_;
    }
  }

  // Our own mailboxes are read once more, in the next turn.
  void WakeSelf() { touched_[self_] = true; }

  void Flush() {
    for (uint32_t worker = 0; worker < touched_.size(); ++worker) {
      if (!touched_[worker]) continue;
      touched_[worker] = false;
      wake_peer_(worker);
    }
    if (std::exchange(control_touched_, false)) wake_control_();
  }

  uint32_t self() const { return self_; }
  uint32_t workers() const { return switchboard_->workers(); }
  ApplicationBacklog& application() const { return switchboard_->application(); }
  uint64_t dropped() const { return dropped_; }

 private:
  uint32_t self_;
  Switchboard* switchboard_;
  std::function<void(uint32_t)> wake_peer_;
  std::function<void()> wake_control_;
  std::vector<bool> touched_;
  bool control_touched_ = false;
  uint64_t dropped_ = 0;
};

}  // namespace sluice::worker
