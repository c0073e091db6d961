// Discrete-event simulation: a virtual clock, an ordered queue of events and one seeded random source.
//
//   Simulation sim(/*seed=*/1);
//   sim.After(TimeDelta::Millis(20), [&] { agent.HandleTimeout(sim.now()); });
//   sim.RunFor(TimeDelta::Seconds(600));       // ten virtual minutes, at once
//
// Events of one instant run in the order in which they were scheduled, so a seed fixes the whole run.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <random>

#include "rtp/units.h"

namespace sluice::sim {

class Simulation {
 public:
  explicit Simulation(uint64_t seed) : random_(seed) {}

  Timestamp now() const { return now_; }
  std::mt19937_64& random() { return random_; }
  bool Chance(double probability) { return std::uniform_real_distribution<>(0, 1)(random_) < probability; }

  // An event in the past runs at once when the simulation next runs.
  void At(Timestamp when, std::function<void()> event);
  void After(TimeDelta delay, std::function<void()> event) { At(now_ + delay, std::move(event)); }

  // Runs what is due until `end`; the clock then stands at `end`.
  void RunUntil(Timestamp end);
  void RunFor(TimeDelta duration) { RunUntil(now_ + duration); }

 private:
  Timestamp now_ = Timestamp::Seconds(1'000);
  std::mt19937_64 random_;
  std::multimap<Timestamp, std::function<void()>> events_;
};

// Calls a core's HandleTimeout() whenever its NextTimeout() is due. `core` needs both, and outlives the run.
// Call Reschedule() after every other input to the core.
template <typename Core>
class TimeoutDriver {
 public:
  TimeoutDriver(
      Simulation* sim, Core* core, std::function<void()> after_timeout = [] {})
      : sim_(sim), core_(core), after_timeout_(std::move(after_timeout)) {}

  void Reschedule() {
    Timestamp next = core_->NextTimeout();
    if (next.IsNever() || next == scheduled_) return;
    scheduled_ = next;
    sim_->At(next, [this, next] {
      if (scheduled_ != next) return;
      scheduled_ = Timestamp::Never();
      core_->HandleTimeout(sim_->now());
      after_timeout_();
      Reschedule();
    });
  }

 private:
  Simulation* sim_;
  Core* core_;
  std::function<void()> after_timeout_;
  Timestamp scheduled_ = Timestamp::Never();
};

}  // namespace sluice::sim
