// A link with a rate and a queue in front of it, one direction of it: what congestion control is tested
// against.
//
//   Bottleneck link(&sim, {.rate = DataRate::KilobitsPerSec(1'000), .queue = DataSize::Bytes(50'000)});
//   link.Send(packet.size, [=] { … at the other end … });      // not called: lost
//
// In this order: policer, drop-tail queue, service at the rate, loss, propagation delay, jitter. Packets keep
// their order.
#pragma once

#include <cstdint>
#include <deque>
#include <functional>
#include <optional>
#include <utility>

#include "rtp/units.h"
#include "tests/sim/simulation.h"

namespace sluice::sim {

class Bottleneck {
 public:
  // Drops what exceeds the rate once the bucket is empty.
  struct Policer {
    DataRate rate;
    DataSize bucket;
  };
  // Gilbert-Elliott: in the bad state packets are lost with probability `bad_loss`.
  struct BurstLoss {
    double to_bad = 0;  // Probabilities for each packet.
    double to_good = 1;
    double bad_loss = 1;
  };
  // The medium is busy: at random times nothing arrives for a while, then all that was held comes at five
  // times the rate.
  struct Stalls {
    TimeDelta interval;  // Mean time between two.
    TimeDelta longest;   // Lengths are uniform up to it.
  };
  struct Options {
    DataRate rate = DataRate::Infinite();
    TimeDelta delay = TimeDelta::Millis(20);
    DataSize queue = DataSize::Bytes(1'000'000);
    double loss = 0;
    BurstLoss burst_loss;
    std::optional<Policer> policer;
    std::optional<Stalls> stalls;
    TimeDelta jitter;  // Uniform, up to this.
  };
  using Delivered = std::function<void()>;
  // How long each packet that got through waited in the queue.
  using WaitObserver = std::function<void(TimeDelta)>;

  Bottleneck(Simulation* sim, const Options& options) : sim_(sim), options_(options) {}
  Bottleneck(const Bottleneck&) = delete;
  Bottleneck& operator=(const Bottleneck&) = delete;

  void Send(size_t bytes, Delivered delivered);

  void set_rate(DataRate rate) { options_.rate = rate; }
  // While down all is lost, what waits included.
  void set_down(bool down);
  DataRate rate() const { return down_ ? DataRate::Zero() : options_.rate; }

  void set_wait_observer(WaitObserver observer) { observe_wait_ = std::move(observer); }
  int64_t delivered_bytes() const { return delivered_bytes_; }
  int64_t sent_packets() const { return sent_packets_; }
  int64_t dropped_packets() const { return dropped_packets_; }

 private:
  struct Waiting {
    size_t bytes;
    Timestamp since;
    Delivered delivered;
  };

  bool Police(size_t bytes);
  void Serve();
  void Transmit(Waiting packet);
  bool Lose();
  TimeDelta TimeOf(size_t bytes) const;

  Simulation* sim_;
  Options options_;
  WaitObserver observe_wait_;
  bool down_ = false;
  int generation_ = 0;  // Of the queue: going down begins a new one.
  std::deque<Waiting> queue_;
  DataSize queued_;
  bool serving_ = false;
  bool bad_ = false;
  double tokens_ = -1;  // Octets.
  Timestamp tokens_at_;
  Timestamp stall_from_ = Timestamp::Past();
  Timestamp stall_until_ = Timestamp::Past();
  Timestamp last_arrival_ = Timestamp::Past();
  int64_t delivered_bytes_ = 0;
  int64_t sent_packets_ = 0;
  int64_t dropped_packets_ = 0;
};

}  // namespace sluice::sim
