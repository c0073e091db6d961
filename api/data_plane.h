// The control plane's view of the workers: where transports are placed, commands to them, and questions
// whose answers come later.
//
// Thread: control. `OnEvent` is called from HandleEvents() only.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <utility>
#include <vector>

#include "absl/functional/any_invocable.h"
#include "worker/messages.h"
#include "worker/worker_pool.h"

namespace sluice::api {

class DataPlane {
 public:
  using OnEvent = std::function<void(worker::Event&&)>;
  // monostate: the object was closed meanwhile.
  using OnAnswer = absl::AnyInvocable<void(worker::Snapshot)>;

  // `pool.on_events`: HandleEvents() is to be called.
  DataPlane(worker::WorkerPool::Options pool, OnEvent on_event);

  uint32_t workers() const { return pool_.workers(); }

  // The worker for one more transport: the one with the least on it. Transports, producers and consumers
  // count alike, so that a member's sending and receiving transports do not all end up on opposite sides.
  uint32_t Place() const;
  void AddLoad(uint32_t worker) { ++load_[worker]; }
  void RemoveLoad(uint32_t worker) { --load_[worker]; }

  void Send(uint32_t worker, worker::Command command) { pool_.Send(worker, std::move(command)); }
  // A copy to each worker, first to `first`.
  template <typename Copyable>
  void SendToAll(const Copyable& command, uint32_t first = 0) {
    for (uint32_t i = 0; i < workers(); ++i) Send((first + i) % workers(), command);
  }
  // The number of the question (a Query or another command that is answered) is filled in here.
  template <typename Question>
  void Ask(uint32_t worker, Question question, OnAnswer on_answer) {
    question.query = ++last_query_;
    questions_[question.query] = std::move(on_answer);
    Send(worker, std::move(question));
  }
  bool waiting() const { return !questions_.empty(); }

  // A command with something of the application's in it.
  template <typename Payload>
  void SendPayload(uint32_t worker, Payload command) {
    unhandled_ += worker::ApplicationBacklog::CostOf(command.size());
    Send(worker, std::move(command));
  }
  // The workers have more of these to handle than should wait: no more is to be taken from the application
  // until HandleEvents() has changed that.
  bool saturated() const { return unhandled_ > kMaxUnhandled; }
  worker::ApplicationBacklog& application() { return pool_.application(); }

  void HandleEvents();

 private:
  static constexpr int64_t kMaxUnhandled = int64_t{1} << 20;  // Bytes.

  OnEvent on_event_;
  std::vector<uint32_t> load_;  // By worker: objects on it.
  int64_t unhandled_ = 0;
  uint64_t last_query_ = 0;
  std::map<uint64_t, OnAnswer> questions_;
  worker::WorkerPool pool_;  // Last: its threads stop first.
};

}  // namespace sluice::api
