// A child process that answers JSON-RPC 2.0 requests, one a line, on its standard streams. Blocking.
//
// Its standard error is ours. Closing its input asks it to end; one that does not is killed.
#pragma once

#include <sys/types.h>

#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "absl/status/statusor.h"

namespace sluice::load {

class RpcChild {
 public:
  // `command` is the program (a path, or a name on PATH) and its arguments.
  static absl::StatusOr<RpcChild> Start(const std::vector<std::string>& command);
  RpcChild(RpcChild&& o) noexcept;
  RpcChild& operator=(RpcChild&&) = delete;
  ~RpcChild();

  // The result. Notifications that come meanwhile are passed over.
  absl::StatusOr<nlohmann::json> Call(const std::string& method, nlohmann::json params);
  pid_t pid() const { return pid_; }

 private:
  static constexpr int kPatienceMs = 30'000;

  RpcChild() = default;
  absl::Status Write(std::string line);
  absl::StatusOr<std::string> ReadLine();

  pid_t pid_ = -1;
  int in_ = -1;   // We write to it.
  int out_ = -1;  // We read from it.
  std::string received_;
  int last_id_ = 0;
};

}  // namespace sluice::load
