// Finds a free port in a range, from a random start so that a restart does not meet its predecessor's peers.
// Control thread. With UdpBindOptions::reuse_port a port that another such socket holds counts as free.
#pragma once

#include <cstdint>
#include <optional>

#include "absl/status/statusor.h"
#include "worker/udp_socket.h"

namespace sluice::worker {

// Both ends included; the default is mediasoup's.
struct PortRange {
  uint16_t min = 10000;
  uint16_t max = 59999;
};

// Every port of `range` once, from a start that `random` picks, wrapping around. Nothing for an empty range.
class PortWalk {
 public:
  PortWalk(PortRange range, uint32_t random);
  [[nodiscard]] std::optional<uint16_t> Next();

 private:
  uint32_t min_;
  uint32_t count_;
  uint32_t offset_ = 0;
  uint32_t visited_ = 0;
};

// InvalidArgument: the range is empty or contains port 0. ResourceExhausted: each of its ports is in use.
// Otherwise as UdpSocket::Bind. `options.port` is not used.
[[nodiscard]] absl::StatusOr<UdpSocket> BindUdpInRange(const UdpBindOptions& options, PortRange range,
                                                       uint32_t random);

}  // namespace sluice::worker
