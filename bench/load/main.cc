// sluice-load: see README.md and --help.
#include <signal.h>
#include <sys/resource.h>

#include <cstdio>
#include <fstream>
#include <string>
#include <variant>
#include <vector>

#include "bench/load/options.h"
#include "bench/load/report.h"
#include "bench/load/load_run.h"

namespace sluice::load {
namespace {

int Fail(const absl::Status& status) {
  std::fprintf(stderr, "sluice-load: %s\n", std::string(status.message()).c_str());
  return 1;
}

// Each client has a socket.
void RaiseDescriptorLimit() {
  rlimit limit{};
  if (getrlimit(RLIMIT_NOFILE, &limit) != 0) return;
  limit.rlim_cur = limit.rlim_max;
  setrlimit(RLIMIT_NOFILE, &limit);
}

int Main(const std::vector<std::string>& arguments) {
  auto parsed = ParseOptions(arguments);
  if (!parsed.ok()) return Fail(parsed.status());
  if (auto* help = std::get_if<HelpAsked>(&*parsed)) {
    std::fputs(help->text.c_str(), stdout);
    return 0;
  }
  const LoadOptions& options = std::get<LoadOptions>(*parsed);
  RaiseDescriptorLimit();
  signal(SIGPIPE, SIG_IGN);
  absl::StatusOr<RunResult> result = LoadRun(options).Execute();
  if (!result.ok()) return Fail(result.status());
  const std::string json = ToJson(*result).dump(2) + "\n";
  if (options.json == "-") {
    std::fputs(json.c_str(), stdout);
  } else {
    std::fputs(Table(*result).c_str(), stdout);
  }
  if (!options.json.empty() && options.json != "-" && !(std::ofstream(options.json) << json).flush()) {
    return Fail(absl::UnavailableError("cannot write " + options.json));
  }
  return result->Faults().empty() ? 0 : 3;
}

}  // namespace
}  // namespace sluice::load

int main(int argc, char** argv) { return sluice::load::Main({argv + 1, argv + argc}); }
