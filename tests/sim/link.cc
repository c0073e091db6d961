#include "tests/sim/link.h"

#include <random>
#include <utility>

namespace sluice::sim {

void Link::Send(Bytes datagram) {
  ++sent_;
  if (sim_->Chance(options_.loss)) {
    ++lost_;
    return;
  }
  Deliver(datagram);
  if (sim_->Chance(options_.duplication)) Deliver(datagram);
}

void Link::Deliver(Bytes datagram) {
  TimeDelta delay = options_.delay;
  if (options_.jitter > TimeDelta::Zero()) {
    delay += TimeDelta::Micros(
        std::uniform_int_distribution<int64_t>(0, options_.jitter.us() - 1)(sim_->random()));
  }
  sim_->After(delay, [this, copy = std::vector<uint8_t>(datagram.begin(), datagram.end())]() mutable {
    receiver_(std::move(copy));
  });
}

}  // namespace sluice::sim
