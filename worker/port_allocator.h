// Finds a free port in a range, from a random start so that a restart does not meet its predecessor's peers.
// Control thread. With UdpBindOptions::reuse_port a port that another such socket holds counts as free.
#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "absl/status/statusor.h"
#include "worker/tcp_socket.h"
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
[[nodiscard]] absl::StatusOr<UdpSocket> BindUdpInRange(const BindOptions& options, PortRange range,
                                                       uint32_t random);
[[nodiscard]] absl::StatusOr<TcpListenSocket> BindTcpInRange(const BindOptions& options, PortRange range,
                                                             uint32_t random);

// `count` sockets on one port, among which the kernel spreads what arrives: `options.port` or, if that is 0,
// one of `range`. All of them or none, and unless `options.reuse_port` says otherwise the port was nobody
// else's.
[[nodiscard]] absl::StatusOr<std::vector<UdpSocket>> BindUdpGroup(const BindOptions& options, PortRange range,
                                                                  uint32_t random, uint32_t count);
[[nodiscard]] absl::StatusOr<std::vector<TcpListenSocket>> BindTcpGroup(const BindOptions& options,
                                                                        PortRange range, uint32_t random,
                                                                        uint32_t count);

}  // namespace sluice::worker
