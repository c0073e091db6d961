// One direction of a simulated network path: delay, jitter (which reorders), loss and duplication.
#pragma once

#include <cstdint>
#include <functional>
#include <vector>

#include "rtp/bytes.h"
#include "tests/sim/simulation.h"

namespace sluice::sim {

class Link {
 public:
  struct Options {
    TimeDelta delay = TimeDelta::Millis(10);
    TimeDelta jitter = TimeDelta::Zero();  // Uniform in [0, jitter), added to each datagram's delay.
    double loss = 0;                       // Probability for each datagram.
    double duplication = 0;
  };
  using Receiver = std::function<void(std::vector<uint8_t> datagram)>;

  // `sim` and whatever `receiver` refers to outlive the run.
  Link(Simulation* sim, Options options, Receiver receiver)
      : sim_(sim), options_(options), receiver_(std::move(receiver)) {}

  void Send(Bytes datagram);
  void set_options(const Options& options) { options_ = options; }

  int64_t sent() const { return sent_; }
  int64_t lost() const { return lost_; }

 private:
  void Deliver(Bytes datagram);

  Simulation* sim_;
  Options options_;
  Receiver receiver_;
  int64_t sent_ = 0;
  int64_t lost_ = 0;
};

}  // namespace sluice::sim
