#include "bench/load/report.h"

#include <cstdio>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"

namespace sluice::load {
namespace {

constexpr double kMaxGeneratorShare = 0.9;
constexpr TimeDelta kMaxLateness = TimeDelta::Millis(20);

double Ms(TimeDelta time) { return static_cast<double>(time.us()) / 1000; }

}  // namespace

double RunResult::packets_per_second() const {
  return static_cast<double>(seen.counters.media_received) / elapsed.seconds();
}

double RunResult::loss() const {
  const Counters& c = seen.counters;
  if (c.media_expected == 0 || c.media_received >= c.media_expected) return 0;
  return static_cast<double>(c.media_expected - c.media_received) / static_cast<double>(c.media_expected);
}

double RunResult::megabits_per_second() const {
  return static_cast<double>(seen.counters.bytes_received) * 8e-6 / elapsed.seconds();
}

double RunResult::NanosecondsPerPacket(TimeDelta time) const {
  if (seen.counters.media_received == 0) return 0;
  return static_cast<double>(time.us()) * 1000 / static_cast<double>(seen.counters.media_received);
}

double RunResult::UserShare() const {
  const TimeDelta both = server.user + server.kernel;
  return both.us() == 0 ? 0 : server.user.seconds() / both.seconds();
}

std::vector<std::string> RunResult::Faults() const {
  std::vector<std::string> faults;
  if (generator_share > kMaxGeneratorShare) {
    faults.push_back(
        absl::StrFormat("a client thread was busy for %.0f %% of the time: the generator is at its limit "
                        "(more --threads, if there are cores)",
                        generator_share * 100));
  }
  if (seen.lateness.Percentile(0.99) > kMaxLateness) {
    faults.push_back(absl::StrFormat("the generator sent late (p99 %.1f ms): it lacked CPU",
                                     Ms(seen.lateness.Percentile(0.99))));
  }
  if (seen.counters.skipped_frames > 0) {
    faults.push_back(
        absl::StrCat("the generator left out ", seen.counters.skipped_frames, " frames: it lacked CPU"));
  }
  if (seen.failed > 0 || seen.connected < seen.clients) {
    faults.push_back(absl::StrCat(seen.clients - seen.connected + seen.failed, " of ", seen.clients,
                                  " connections did not come about or broke"));
  }
  if (seen.counters.media_received == 0) faults.push_back("no media was received");
  return faults;
}

std::string Table(const RunResult& r) {
  const Counters& c = r.seen.counters;
  std::string text = absl::StrFormat("\n%s, %.1f s\n", r.scenario, r.elapsed.seconds());
  auto row = [&](const char* name, const std::string& value) {
    absl::StrAppendFormat(&text, "  %-24s %s\n", name, value);
  };
  row("forwarded",
      absl::StrFormat("%.0f packets/s, %.1f Mbit/s", r.packets_per_second(), r.megabits_per_second()));
  row("published",
      absl::StrFormat("%.0f packets/s", static_cast<double>(c.media_sent) / r.elapsed.seconds()));
  row("lost before repair",
      absl::StrFormat("%.4f %% (%d asked for again, %d repaired)", r.loss() * 100, c.nacked, c.repaired));
  const double total = r.NanosecondsPerPacket(r.server.cpu);
  row("server CPU a packet", absl::StrFormat("%.0f ns (user %.0f, kernel %.0f)", total, total * r.UserShare(),
                                             total * (1 - r.UserShare())));
  row("server CPU", absl::StrFormat("%.1f %% of a core, %d threads",
                                    r.server.cpu.seconds() / r.elapsed.seconds() * 100, r.server.threads));
  row("server memory",
      absl::StrFormat("%.1f MiB resident", static_cast<double>(r.server.resident_kb) / 1024));
  row("delay through it",
      absl::StrFormat("p50 %.2f  p99 %.2f  p99.9 %.2f  max %.2f ms (%d packets)",
                      Ms(r.seen.delay.Percentile(0.5)), Ms(r.seen.delay.Percentile(0.99)),
                      Ms(r.seen.delay.Percentile(0.999)), Ms(r.seen.delay.max()), r.seen.delay.count()));
  row("generator", absl::StrFormat("%.1f %% of a core, sent late by p99 %.2f ms", r.generator_share * 100,
                                   Ms(r.seen.lateness.Percentile(0.99))));
  row("connections", absl::StrFormat("%d of %d", r.seen.connected, r.seen.clients));
  for (const std::string& fault : r.Faults()) row("INVALID", fault);
  return text;
}

nlohmann::json ToJson(const RunResult& r) {
  const Counters& c = r.seen.counters;
  auto delays = [](const Histogram& h) {
    return nlohmann::json{{"p50", Ms(h.Percentile(0.5))},
                          {"p99", Ms(h.Percentile(0.99))},
                          {"p999", Ms(h.Percentile(0.999))},
                          {"max", Ms(h.max())},
                          {"count", h.count()}};
  };
  const double total = r.NanosecondsPerPacket(r.server.cpu);
  return {{"scenario", r.scenario},
          {"seconds", r.elapsed.seconds()},
          {"packetsPerSecond", r.packets_per_second()},
          {"megabitsPerSecond", r.megabits_per_second()},
          {"loss", r.loss()},
          {"serverCpuNsPerPacket",
           {{"total", total}, {"user", total * r.UserShare()}, {"kernel", total * (1 - r.UserShare())}}},
          {"serverCpuShare", r.server.cpu.seconds() / r.elapsed.seconds()},
          {"serverThreads", r.server.threads},
          {"serverResidentKiB", r.server.resident_kb},
          {"delayMs", delays(r.seen.delay)},
          {"generator", {{"cpuShare", r.generator_share}, {"latenessMs", delays(r.seen.lateness)}}},
          {"connections",
           {{"wanted", r.seen.clients}, {"connected", r.seen.connected}, {"failed", r.seen.failed}}},
          {"counters",
           {{"published", c.media_sent},
            {"received", c.media_received},
            {"expected", c.media_expected},
            {"duplicates", c.duplicates},
            {"nacked", c.nacked},
            {"repaired", c.repaired},
            {"repairsSent", c.repairs_sent},
            {"keyFrameRequestsSent", c.key_frame_requests_sent},
            {"keyFrameRequestsReceived", c.key_frame_requests_received},
            {"feedbackSent", c.feedback_sent},
            {"feedbackReceived", c.feedback_received},
            {"reportsSent", c.reports_sent},
            {"reportsReceived", c.reports_received},
            {"decrypted", c.decrypted},
            {"damaged", c.damaged},
            {"unknown", c.unknown}}},
          {"server", r.server_state},
          {"valid", r.Faults().empty()},
          {"faults", r.Faults()}};
}

std::string ProgressLine(TimeDelta since_start, const RunResult& second) {
  return absl::StrFormat(
      "%6.0f s  %9.0f packets/s  lost %.3f %%  server %5.1f %%  generator %5.1f %%  %d of %d connected",
      since_start.seconds(), second.packets_per_second(), second.loss() * 100,
      second.server.cpu.seconds() / second.elapsed.seconds() * 100, second.generator_share * 100,
      second.seen.connected, second.seen.clients);
}

}  // namespace sluice::load
