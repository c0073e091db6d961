// usrsctp in this process: one instance without threads of its own, for all associations of all workers.
//
// usrsctp knows an association by an integer, which is its address as well as the argument of every callback,
// and which is never used again; so nothing here can dangle. Its timers belong to all associations and run
// wherever HandleTimers() is called; what they send is collected there and handed to whom it belongs.
//
// Threads: any. Calls on behalf of one association share a lock; opening, closing and the timers have it
// alone, so usrsctp never frees what another thread is about to look at.
#pragma once

#include <pthread.h>

#include <atomic>
#include <cstdint>
#include <deque>
#include <mutex>
#include <optional>
#include <vector>

#include "rtp/bytes.h"
#include "rtp/units.h"

struct socket;  // usrsctp's.

namespace sluice::transports {

// Names an association: its owner (a worker) and a number that is never used again.
class SctpId {
 public:
  SctpId() = default;
  SctpId(uint16_t owner, uint64_t serial) : value_(uint64_t{owner} << 48 | serial) {}
  uint16_t owner() const { return static_cast<uint16_t>(value_ >> 48); }
  auto operator<=>(const SctpId&) const = default;
  template <typename H>
  friend H AbslHashValue(H h, SctpId id) {
    return H::combine(std::move(h), id.value_);
  }

 private:
  uint64_t value_ = 0;
};

using SctpPackets = std::vector<std::vector<uint8_t>>;

class SctpStack {
 public:
  // How often HandleTimers() is to be called while there are associations.
  static constexpr TimeDelta kTick = TimeDelta::Millis(10);

  // What a timer did to an association: SctpAssociation::HandleTimerOutput().
  struct TimerOutput {
    SctpId association;
    std::vector<uint8_t> packet;  // Empty: something to read, such as the association's end.
  };

  // Started by the first call and never stopped.
  static SctpStack& Get();

  // For calls into usrsctp, which put their packets out to `packets`. Not to be nested.
  class Scope {
   public:
    enum class Access : uint8_t { kShared, kAlone };
    Scope(SctpId association, SctpPackets* packets, Access access = Access::kShared);
    ~Scope();
    Scope(const Scope&) = delete;
    Scope& operator=(const Scope&) = delete;
  };

  SctpId NewId(uint16_t owner);

  // An address for an association; in a Scope that is alone. Of those that were given back one is used again
  // only when there are many, should usrsctp take its time to forget an association; `fresh`: none of them.
  void* TakeAddress(SctpId association, bool fresh);
  void GiveBack(void* address);
  // No association has an address.
  bool idle() const { return in_use_.load() == 0; }

  // Lets usrsctp's time pass until `now`. After a pause without associations it goes on where it stopped.
  std::vector<TimerOutput> HandleTimers(Timestamp now);

 private:
  friend class SctpSocket;
  static constexpr size_t kRested = 64;

  SctpStack();
  ~SctpStack() = delete;

  SctpId OwnerOf(void* address) const;
  // usrsctp's callbacks. All come within a Scope or HandleTimers(): what would start usrsctp's own thread
  // (taking an address back) is never asked of it.
  static int Output(void* address, void* packet, size_t size, uint8_t tos, uint8_t dont_fragment);
  static void Notice(struct ::socket* socket, void* address, int flags);

  pthread_rwlock_t lock_;
  std::atomic<uint64_t> next_serial_{1};
  std::atomic<int64_t> in_use_{0};
  std::vector<SctpId> slots_;  // By address less 1. Under lock_, as rested_.
  std::deque<void*> rested_;   // Given back, the oldest first.
  std::mutex timers_;          // Two calls of HandleTimers() at once would be the callers' mistake.
  std::optional<Timestamp> last_tick_;
};

}  // namespace sluice::transports
