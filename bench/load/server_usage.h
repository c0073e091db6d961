// What a process has used so far, from /proc/PID.
#pragma once

#include <sys/types.h>

#include <cstdint>
#include <optional>
#include <string_view>

#include "rtp/units.h"

namespace sluice::load {

struct ServerUsage {
  TimeDelta user;
  TimeDelta kernel;
  TimeDelta cpu;  // Of all threads, to the nanosecond; user and kernel are counted in ticks.
  uint64_t resident_kb = 0;
  uint64_t threads = 0;

  // nullopt: there is no such process.
  static std::optional<ServerUsage> Of(pid_t pid);
};

// The parts of /proc/PID/stat (proc(5)) that are asked for here; nullopt: another format.
struct ProcStat {
  uint64_t user_ticks = 0;
  uint64_t kernel_ticks = 0;
  static std::optional<ProcStat> Parse(std::string_view text);
};

}  // namespace sluice::load
