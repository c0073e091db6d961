// Makes an SFU do what a scenario needs: peers join and leave. Blocking, on the main thread.
#pragma once

#include <sys/types.h>

#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "bench/load/parameters.h"
#include "transports/dtls/fingerprint.h"

namespace sluice::load {

class Driver {
 public:
  virtual ~Driver() = default;
  // The peer's transports, streams and receptions; and receptions of its streams by those who were there.
  virtual absl::StatusOr<Joined> Join(const PeerPlan& peer) = 0;
  virtual absl::Status Leave(const std::string& peer) = 0;
  // What the server says of itself at the end; null: nothing.
  virtual nlohmann::json Describe() { return nullptr; }
  // Of the server whose cost is measured.
  virtual pid_t server_pid() const = 0;
};

}  // namespace sluice::load
