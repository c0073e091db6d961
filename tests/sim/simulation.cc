#include "tests/sim/simulation.h"

#include <algorithm>
#include <utility>

namespace sluice::sim {

void Simulation::At(Timestamp when, std::function<void()> event) {
  if (when.IsNever()) return;
  events_.emplace(std::max(when, now_), std::move(event));
}

void Simulation::RunUntil(Timestamp end) {
  while (!events_.empty() && events_.begin()->first <= end) {
    auto node = events_.extract(events_.begin());
    now_ = node.key();
    node.mapped()();
  }
  now_ = std::max(now_, end);
}

}  // namespace sluice::sim
