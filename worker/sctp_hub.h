// A worker's SCTP associations by id, and the clock of all of them.
//
// usrsctp's timers are the process's: worker 0 runs them while there is any association, and hands what they
// put out to the worker that owns it. (Two pools of workers in one process share them: whichever runs them,
// the other's packets are lost. Only tests have two.)
//
// Thread: the worker's.
#pragma once

#include <cstdint>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "transports/sctp/sctp_stack.h"
#include "worker/messages.h"
#include "worker/outbox.h"
#include "worker/timer.h"

namespace sluice::worker {

class SctpLink;

class SctpHub {
 public:
  SctpHub(EventLoop* loop, Outbox* outbox);
  SctpHub(const SctpHub&) = delete;
  SctpHub& operator=(const SctpHub&) = delete;

  // `link` outlives its removal.
  void Add(transports::SctpId id, SctpLink* link) { links_[id] = link; }
  void Remove(transports::SctpId id) { links_.erase(id); }
  // An association of this worker has started.
  void NoteStarted() { outbox_->Ask(0, SctpStarted{}); }

  // From neighbours.
  void Handle(Timestamp now, const SctpStarted& request);
  void Handle(Timestamp now, SctpTimerOutput&& request);

 private:
  void HandleTick(Timestamp now);

  Outbox* outbox_;
  absl::flat_hash_map<transports::SctpId, SctpLink*> links_;
  Timer tick_;  // Of worker 0 only.
};

}  // namespace sluice::worker
