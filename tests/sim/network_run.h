// One bottleneck, some flows, and a record of it all.
//
//   NetworkRun run(seed, {.rate = DataRate::KilobitsPerSec(2'500), .queue = …});
//   run.AddFlow("sluice", {})->Start();
//   run.RunFor(20);
//   run.link().set_rate(DataRate::KilobitsPerSec(625));
//   run.RunFor(20);
//   Record record = run.TakeRecord();
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "tests/sim/bottleneck.h"
#include "tests/sim/cubic_flow.h"
#include "tests/sim/paced_flow.h"
#include "tests/sim/record.h"
#include "tests/sim/simulation.h"

namespace sluice::sim {

class NetworkRun {
 public:
  NetworkRun(uint64_t seed, const Bottleneck::Options& link);

  // Flows that were added are recorded from the beginning, those that have not started as silent.
  PacedFlow* AddFlow(std::string name, const PacedFlow::Options& options);
  CubicFlow* AddCubic(std::string name, TimeDelta return_delay);

  void RunFor(double seconds);
  // `each_step` is called before every step, with the seconds since the beginning.
  void RunFor(double seconds, const std::function<void(double)>& each_step);

  Simulation& sim() { return sim_; }
  Bottleneck& link() { return link_; }
  Record TakeRecord() { return std::move(record_); }

 private:
  void Step();
  double Seconds() const { return (sim_.now() - start_).seconds(); }

  Simulation sim_;
  Bottleneck link_;
  Timestamp start_;
  TimeDelta path_delay_;
  DataRate capacity_limit_;  // Of a policer; else Infinite().
  std::vector<std::unique_ptr<PacedFlow>> paced_;
  std::vector<std::unique_ptr<CubicFlow>> cubic_;
  std::vector<int64_t> sent_, received_;  // Octets until the last step, by flow; paced ones first.
  std::vector<std::string> cubic_names_;
  Record record_;
};

}  // namespace sluice::sim
