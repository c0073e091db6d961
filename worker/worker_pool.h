// The data plane: N worker threads, and the control plane's end of their mailboxes.
//
//   WorkerPool pool({.workers = 4, .on_events = [&] { wakeup.Notify(); }});
//   pool.Send(2, CreateProducer{…});
//   pool.DrainEvents([&](uint32_t worker, Event&& event) { … });   // after on_events
//
// Threads: everything is called on the control thread, but `on_events`, which the workers call.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <thread>
#include <vector>

#include "rtp/retransmission_memory.h"
#include "rtp/slab.h"
#include "worker/messages.h"
#include "worker/switchboard.h"
#include "worker/worker.h"

namespace sluice::worker {

class WorkerPool {
 public:
  struct Options {
    uint32_t workers = 1;  // At least 1.
    TcpLimits tcp;
    size_t max_history_bytes = rtp::RetransmissionMemory::kDefaultMaxBytes;  // Of each worker.
    std::function<void()>
        on_events;  // Called on worker threads; coalesce and come back to the control thread.
  };

  explicit WorkerPool(Options options);
  // Closes all transports and joins the threads.
  ~WorkerPool();
  WorkerPool(const WorkerPool&) = delete;
  WorkerPool& operator=(const WorkerPool&) = delete;

  uint32_t workers() const { return switchboard_.workers(); }
  void Send(uint32_t worker, Command command);
  ApplicationBacklog& application() { return switchboard_.application(); }

  template <typename Handler>
  void DrainEvents(Handler&& handle) {
    for (uint32_t worker = 0; worker < workers(); ++worker) {
      switchboard_.events(worker).Drain([&](Event&& event) { handle(worker, std::move(event)); });
    }
  }

 private:
  std::vector<std::unique_ptr<SlabPool>> pools_;  // Outlive everything that may hold a slab.
  Switchboard switchboard_;
  std::vector<std::unique_ptr<Worker>> workers_;
  std::vector<std::thread> threads_;
};

// How many cores the process may use (sched_getaffinity), at least 1.
uint32_t UsableCores();

}  // namespace sluice::worker
