// A whole run: the server, the peers, the measured time.
//
// Thread: the main one; clients have threads of their own.
#pragma once

#include <deque>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "bench/load/driver.h"
#include "bench/load/load_thread.h"
#include "bench/load/options.h"
#include "bench/load/report.h"
#include "transports/dtls/dtls_context.h"

namespace sluice::load {

class LoadRun {
 public:
  explicit LoadRun(const LoadOptions& options);
  ~LoadRun();

  absl::StatusOr<RunResult> Execute();

 private:
  // One moment of everything that is counted.
  struct Sample {
    Timestamp at;
    Observations seen;
    ServerUsage server;
    std::vector<TimeDelta> thread_cpu;
  };

  absl::Status StartServer();
  absl::Status Join(int index);
  absl::Status Churn();
  void AddClient(const ConnectionParameters& connection, const PeerPlan& peer);
  LoadThread& ThreadOf(const std::string& connection) { return *threads_[thread_of_.at(connection)]; }
  // Sleeps, churns where the scenario does, and says how it goes.
  absl::Status RunFor(TimeDelta duration, const char* what);
  absl::StatusOr<Sample> TakeSample();
  RunResult Between(const Sample& from, const Sample& to) const;

  LoadOptions options_;
  std::shared_ptr<const transports::DtlsContext> dtls_;
  std::unique_ptr<Driver> driver_;
  std::vector<std::unique_ptr<LoadThread>> threads_;
  std::map<std::string, size_t> thread_of_;                         // By connection.
  std::map<std::string, std::vector<std::string>> connections_of_;  // By peer.
  std::map<std::string, std::vector<std::string>> streams_of_;
  std::deque<std::string> present_;  // Peers, the oldest first.
  size_t receivers_ = 0;
  int next_peer_ = 0;
  Timestamp next_churn_ = Timestamp::Never();
};

}  // namespace sluice::load
