#include "worker/worker_pool.h"

#include <pthread.h>
#include <sched.h>

#include <algorithm>
#include <string>
#include <utility>

#include "worker/clock.h"

namespace sluice::worker {

WorkerPool::WorkerPool(Options options) : switchboard_(std::max(options.workers, 1u)) {
  rtp::WallClockAnchor clock{.at = MonotonicNow(), .unix_us = UnixTime().us()};
  for (uint32_t i = 0; i < workers(); ++i) {
    pools_.push_back(std::make_unique<SlabPool>());
    workers_.push_back(std::make_unique<Worker>(
        Worker::Options{.index = i,
                        .clock = clock,
                        .tcp = options.tcp,
                        .max_history_bytes = options.max_history_bytes,
                        .wake_peer = [this](uint32_t peer) { workers_[peer]->Wake(); },
                        .wake_control = options.on_events},
        pools_.back().get(), &switchboard_));
  }
  for (uint32_t i = 0; i < workers(); ++i) {
    threads_.emplace_back([this, i] {
      pthread_setname_np(pthread_self(), ("sluice-" + std::to_string(i)).c_str());
      workers_[i]->Run();
    });
  }
}

WorkerPool::~WorkerPool() {
  for (uint32_t i = 0; i < workers(); ++i) Send(i, StopWorker{});
  for (std::thread& thread : threads_) thread.join();
}

void WorkerPool::Send(uint32_t worker, Command command) {
  switchboard_.commands(worker).Push(std::move(command));
  workers_[worker]->Wake();
}

uint32_t UsableCores() {
  cpu_set_t cores;
  CPU_ZERO(&cores);
  if (sched_getaffinity(0, sizeof cores, &cores) != 0) return 1;
  return static_cast<uint32_t>(std::max(CPU_COUNT(&cores), 1));
}

}  // namespace sluice::worker
