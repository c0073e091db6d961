// Any other SFU, through a program that drives it and speaks a little JSON-RPC with us (README.md).
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "bench/load/driver.h"
#include "bench/load/rpc_child.h"

namespace sluice::load {

class CommandDriver : public Driver {
 public:
  // `command` is given to the shell. The program is told our fingerprints and names the server's process.
  static absl::StatusOr<std::unique_ptr<CommandDriver>> Start(
      const std::string& command, const std::vector<transports::Fingerprint>& fingerprints);

  absl::StatusOr<Joined> Join(const PeerPlan& peer) override;
  absl::Status Leave(const std::string& peer) override;
  pid_t server_pid() const override { return server_pid_; }

 private:
  explicit CommandDriver(RpcChild child) : child_(std::move(child)) {}

  RpcChild child_;
  pid_t server_pid_ = -1;
};

}  // namespace sluice::load
