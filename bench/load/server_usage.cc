#include "bench/load/server_usage.h"

#include <dirent.h>
#include <unistd.h>

#include <fstream>
#include <iterator>
#include <sstream>
#include <string>

namespace sluice::load {
namespace {

std::string ReadAll(const std::string& path) {
  std::ifstream in(path);
  return std::string((std::istreambuf_iterator<char>(in)), {});
}

TimeDelta Ticks(uint64_t ticks) {
  return TimeDelta::Micros(static_cast<int64_t>(ticks) * 1'000'000 / sysconf(_SC_CLK_TCK));
}

// The nanoseconds that all threads have run (schedstat's first number).
TimeDelta RunTime(const std::string& process, uint64_t* threads) {
  DIR* tasks = opendir((process + "/task").c_str());
  if (!tasks) return TimeDelta::Zero();
  int64_t nanoseconds = 0;
  while (const dirent* task = readdir(tasks)) {
    if (task->d_name[0] == '.') continue;
    std::istringstream schedstat(ReadAll(process + "/task/" + task->d_name + "/schedstat"));
    int64_t run = 0;
    if (schedstat >> run) nanoseconds += run;
    ++*threads;
  }
  closedir(tasks);
  return TimeDelta::Micros(nanoseconds / 1000);
}

}  // namespace

std::optional<ProcStat> ProcStat::Parse(std::string_view text) {
  const size_t name_end = text.rfind(')');  // The name may hold anything.
  if (name_end == std::string_view::npos) return std::nullopt;
  std::istringstream fields{std::string(text.substr(name_end + 1))};
  std::string skipped;
  for (int i = 3; i < 14; ++i) fields >> skipped;
  ProcStat stat;
  fields >> stat.user_ticks >> stat.kernel_ticks;
  return fields ? std::optional<ProcStat>(stat) : std::nullopt;
}

std::optional<ServerUsage> ServerUsage::Of(pid_t pid) {
  const std::string process = "/proc/" + std::to_string(pid);
  std::optional<ProcStat> stat = ProcStat::Parse(ReadAll(process + "/stat"));
  if (!stat) return std::nullopt;
  ServerUsage usage{.user = Ticks(stat->user_ticks), .kernel = Ticks(stat->kernel_ticks)};
  usage.cpu = RunTime(process, &usage.threads);
  std::istringstream memory(ReadAll(process + "/statm"));
  uint64_t all = 0, resident = 0;
  memory >> all >> resident;
  usage.resident_kb = resident * static_cast<uint64_t>(sysconf(_SC_PAGESIZE)) / 1024;
  return usage;
}

}  // namespace sluice::load
