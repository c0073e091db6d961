// Starts sluice and sets up one room in it.
#pragma once

#include <map>
#include <memory>
#include <string>
#include <vector>

#include "bench/load/driver.h"
#include "bench/load/rpc_child.h"

namespace sluice::load {

class SluiceDriver : public Driver {
 public:
  struct Options {
    std::vector<std::string> command;  // The binary and its flags.
    std::string listen_ip = "127.0.0.1";
    std::vector<transports::Fingerprint> fingerprints;  // The clients'.
  };

  static absl::StatusOr<std::unique_ptr<SluiceDriver>> Start(Options options);

  absl::StatusOr<Joined> Join(const PeerPlan& peer) override;
  absl::Status Leave(const std::string& peer) override;
  nlohmann::json Describe() override;
  pid_t server_pid() const override { return sluice_.pid(); }

 private:
  struct Peer {
    std::vector<std::string> transports;
    std::vector<std::string> streams;
    bool subscribes = false;
  };

  SluiceDriver(Options options, RpcChild sluice) : options_(std::move(options)), sluice_(std::move(sluice)) {}
  absl::StatusOr<ConnectionParameters> MakeTransport(const PeerPlan& peer, const std::string& id, bool sends);
  absl::Status Produce(const std::string& transport, const StreamPlan& stream);
  absl::Status Consume(const std::string& transport, const std::string& stream, Joined* joined);

  Options options_;
  RpcChild sluice_;
  std::map<std::string, Peer> peers_;
};

}  // namespace sluice::load
