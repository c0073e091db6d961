// All mailboxes of the process: control ↔ each worker, and each worker → each other. Built before the threads
// start and destroyed after they are joined.
#pragma once

#include <cstdint>
#include <memory>
#include <vector>

#include "worker/application_backlog.h"
#include "worker/mailbox.h"
#include "worker/messages.h"
#include "worker/unbounded_mailbox.h"

namespace sluice::worker {

class Switchboard {
 public:
  explicit Switchboard(uint32_t workers) : workers_(workers) {
    for (uint32_t i = 0; i < workers; ++i) {
      commands_.push_back(std::make_unique<UnboundedMailbox<Command>>());
      events_.push_back(std::make_unique<UnboundedMailbox<Event>>());
    }
    for (uint32_t i = 0; i < workers * workers; ++i) {
      requests_.push_back(std::make_unique<UnboundedMailbox<PeerRequest>>());
      media_.push_back(std::make_unique<Mailbox<PeerMedia>>(kMediaCapacity));
    }
  }

  uint32_t workers() const { return workers_; }
  UnboundedMailbox<Command>& commands(uint32_t to) { return *commands_[to]; }
  UnboundedMailbox<Event>& events(uint32_t from) { return *events_[from]; }
  UnboundedMailbox<PeerRequest>& requests(uint32_t from, uint32_t to) {
    return *requests_[from * workers_ + to];
  }
  Mailbox<PeerMedia>& media(uint32_t from, uint32_t to) { return *media_[from * workers_ + to]; }
  ApplicationBacklog& application() { return application_; }

 private:
  // Some 10 ms of a core's forwarding.
  static constexpr size_t kMediaCapacity = 2048;

  uint32_t workers_;
  ApplicationBacklog application_;
  std::vector<std::unique_ptr<UnboundedMailbox<Command>>> commands_;
  std::vector<std::unique_ptr<UnboundedMailbox<Event>>> events_;
  std::vector<std::unique_ptr<UnboundedMailbox<PeerRequest>>> requests_;  // [from][to]
  std::vector<std::unique_ptr<Mailbox<PeerMedia>>> media_;                // [from][to]
};

}  // namespace sluice::worker
