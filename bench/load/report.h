// What a run has shown, for people and for programs.
#pragma once

#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <vector>

#include "bench/load/counters.h"
#include "bench/load/server_usage.h"
#include "rtp/units.h"

namespace sluice::load {

struct RunResult {
  std::string scenario;
  TimeDelta elapsed;
  Observations seen;            // Counters: of the measured time alone.
  ServerUsage server;           // CPU: of the measured time alone; memory: at its end.
  double generator_share = 0;   // Of a core, of the busiest client thread.
  nlohmann::json server_state;  // What it says of itself.

  double packets_per_second() const;
  double loss() const;  // 0…1, before repairs.
  double megabits_per_second() const;
  // Of server CPU for each packet that a client received.
  double NanosecondsPerPacket(TimeDelta time) const;
  // User and kernel time are counted in ticks: their ratio, of the exact total.
  double UserShare() const;
  // Why the numbers say more of the generator than of the server; empty: they are good.
  std::vector<std::string> Faults() const;
};

std::string Table(const RunResult& result);
nlohmann::json ToJson(const RunResult& result);
// One line for a running second.
std::string ProgressLine(TimeDelta since_start, const RunResult& second);

}  // namespace sluice::load
