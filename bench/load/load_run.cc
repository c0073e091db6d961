#include "bench/load/load_run.h"

#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <filesystem>
#include <optional>
#include <thread>
#include <utility>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "bench/load/command_driver.h"
#include "bench/load/sluice_driver.h"
#include "worker/clock.h"
#include "worker/random.h"

namespace sluice::load {
namespace {

constexpr int kDecryptingReceivers = 16;

std::shared_ptr<const transports::DtlsContext> MakeDtls(transports::SrtpProfile profile) {
  auto certificate = transports::DtlsCertificate::Generate(
      std::chrono::sys_seconds(std::chrono::seconds(worker::UnixTime().us() / 1'000'000)));
  if (!certificate) return nullptr;
  return transports::DtlsContext::Create(*certificate, {.srtp_profiles = {profile}});
}

std::string BesideUs(const char* name) {
  std::error_code error;
  return (std::filesystem::read_symlink("/proc/self/exe", error).parent_path() / name).string();
}

absl::StatusOr<worker::UdpSocket> BindFor(const transports::Endpoint& server) {
  auto any = transports::IpAddress::Parse(server.address.is_v6() ? "::" : "0.0.0.0");
  return worker::UdpSocket::Bind({.address = *any});
}

}  // namespace

LoadRun::LoadRun(const LoadOptions& options) : options_(options), dtls_(MakeDtls(options.srtp)) {}

// Clients say goodbye while the server is still there.
LoadRun::~LoadRun() { threads_.clear(); }

absl::StatusOr<RunResult> LoadRun::Execute() {
  if (!dtls_) return absl::InternalError("cannot make a DTLS certificate");
  if (absl::Status status = StartServer(); !status.ok()) return status;
  for (int i = 0; i < options_.threads; ++i) threads_.push_back(std::make_unique<LoadThread>());
  for (int i = 0; i < PeersOf(options_.scenario); ++i) {
    if (absl::Status status = Join(next_peer_++); !status.ok()) return status;
  }
  if (options_.scenario.kind == Scenario::Kind::kChurn)
    next_churn_ = worker::MonotonicNow() + options_.churn_interval;
  if (absl::Status status = RunFor(options_.warmup, "warming up"); !status.ok()) return status;
  for (auto& thread : threads_) thread->Do([](LoadThread& self) { self.ForgetDelays(); });
  absl::StatusOr<Sample> begin = TakeSample();
  if (!begin.ok()) return begin.status();
  if (absl::Status status = RunFor(options_.duration, "measuring"); !status.ok()) return status;
  absl::StatusOr<Sample> end = TakeSample();
  if (!end.ok()) return end.status();
  RunResult result = Between(*begin, *end);
  result.server_state = driver_->Describe();
  return result;
}

absl::Status LoadRun::StartServer() {
  const auto& fingerprints = dtls_->certificate().fingerprints();
  if (!options_.driver.empty()) {
    auto driver = CommandDriver::Start(options_.driver, fingerprints);
    if (!driver.ok()) return driver.status();
    driver_ = *std::move(driver);
    return absl::OkStatus();
  }
  SluiceDriver::Options options{.fingerprints = fingerprints};
  if (!options_.server_cpus.empty()) options.command = {"taskset", "-c", options_.server_cpus};
  options.command.push_back(options_.sluice.empty() ? BesideUs("sluice") : options_.sluice);
  options.command.push_back(absl::StrCat("--workers=", options_.workers));
  options.command.insert(options.command.end(), options_.server_flags.begin(), options_.server_flags.end());
  auto driver = SluiceDriver::Start(std::move(options));
  if (!driver.ok()) return driver.status();
  driver_ = *std::move(driver);
  return absl::OkStatus();
}

absl::Status LoadRun::Join(int index) {
  const PeerPlan peer = MakePeer(options_.scenario, options_.media, index);
  absl::StatusOr<Joined> joined = driver_->Join(peer);
  if (!joined.ok()) return joined.status();
  for (const ConnectionParameters& connection : joined->connections) {
    auto socket = BindFor(connection.server);
    if (!socket.ok()) return socket.status();
    const size_t thread = thread_of_.size() % threads_.size();
    thread_of_[connection.id] = thread;
    connections_of_[peer.id].push_back(connection.id);
    Client::Options client{.connection = connection,
                           .path = {.secure = connection.secure,
                                    .local = {worker::RandomString(8), worker::RandomString(24)},
                                    .remote = connection.ice,
                                    .remote_fingerprints = connection.fingerprints,
                                    .role = connection.role,
                                    .dtls = dtls_,
                                    .random_seed = worker::RandomUint64()},
                           .socket = *std::move(socket),
                           .seed = static_cast<uint32_t>(index) + 1};
    if (!connection.sends) {
      const int every = options_.decrypt_every > 0
                            ? options_.decrypt_every
                            : std::max(PeersOf(options_.scenario) / kDecryptingReceivers, 1);
      client.decrypt = receivers_++ % static_cast<size_t>(every) == 0;
    }
    ThreadOf(connection.id).Do([&](LoadThread& self) {
      self.AddClient(std::move(client));
      if (!connection.sends) return;
      for (const StreamPlan& stream : peer.publish) self.FindClient(connection.id)->Publish(stream);
    });
  }
  for (const StreamPlan& stream : peer.publish) streams_of_[peer.id].push_back(stream.id);
  present_.push_back(peer.id);
  for (const IncomingParameters& incoming : joined->receive) {
    if (!thread_of_.count(incoming.connection)) {
      return absl::InvalidArgumentError(absl::StrCat("receive: no connection ", incoming.connection));
    }
    ThreadOf(incoming.connection).Do([&](LoadThread& self) {
      if (Client* client = self.FindClient(incoming.connection)) client->Receive(incoming);
    });
  }
  return absl::OkStatus();
}

// The oldest peer leaves and a new one comes.
absl::Status LoadRun::Churn() {
  const std::string leaving = present_.front();
  present_.pop_front();
  for (const std::string& connection : connections_of_[leaving]) {
    ThreadOf(connection).Do([&](LoadThread& self) { self.RemoveClient(connection); });
  }
  if (absl::Status status = driver_->Leave(leaving); !status.ok()) return status;
  for (const std::string& peer : present_) {
    for (const std::string& connection : connections_of_[peer]) {
      ThreadOf(connection).Do([&](LoadThread& self) {
        for (const std::string& stream : streams_of_[leaving])
          self.FindClient(connection)->StopReceiving(stream);
      });
    }
  }
  return Join(next_peer_++);
}

absl::Status LoadRun::RunFor(TimeDelta duration, const char* what) {
  const Timestamp start = worker::MonotonicNow();
  const Timestamp end = start + duration;
  Timestamp next_line = start + TimeDelta::Seconds(1);
  absl::StatusOr<Sample> last = TakeSample();
  while (true) {
    const Timestamp now = worker::MonotonicNow();
    if (now >= end) return absl::OkStatus();
    if (now >= next_churn_) {
      next_churn_ = now + options_.churn_interval;
      if (absl::Status status = Churn(); !status.ok()) return status;
    }
    if (now >= next_line) {
      next_line = next_line + TimeDelta::Seconds(1);
      absl::StatusOr<Sample> sample = TakeSample();
      if (!sample.ok()) return sample.status();
      if (!options_.quiet && last.ok()) {
        std::fprintf(stderr, "%-10s %s\n", what, ProgressLine(now - start, Between(*last, *sample)).c_str());
      }
      last = std::move(sample);
    }
    const Timestamp until = std::min({end, next_line, next_churn_});
    std::this_thread::sleep_for(
        std::chrono::microseconds(std::max<int64_t>((until - worker::MonotonicNow()).us(), 0)));
  }
}

absl::StatusOr<LoadRun::Sample> LoadRun::TakeSample() {
  Sample sample{.at = worker::MonotonicNow()};
  std::optional<ServerUsage> server = ServerUsage::Of(driver_->server_pid());
  if (!server) return absl::UnavailableError("the server is gone");
  sample.server = *server;
  for (auto& thread : threads_) {
    thread->Do([&](LoadThread& self) {
      sample.seen.Merge(self.Observe());
      sample.thread_cpu.push_back(self.cpu_time());
    });
  }
  return sample;
}

RunResult LoadRun::Between(const Sample& from, const Sample& to) const {
  RunResult result{.scenario = ToString(options_.scenario),
                   .elapsed = to.at - from.at,
                   .seen = to.seen,
                   .server = to.server};
  result.seen.counters = to.seen.counters - from.seen.counters;
  result.server.user = to.server.user - from.server.user;
  result.server.kernel = to.server.kernel - from.server.kernel;
  result.server.cpu = to.server.cpu - from.server.cpu;
  for (size_t i = 0; i < to.thread_cpu.size(); ++i) {
    const TimeDelta busy = to.thread_cpu[i] - from.thread_cpu[i];
    result.generator_share = std::max(result.generator_share, busy.seconds() / result.elapsed.seconds());
  }
  return result;
}

}  // namespace sluice::load
