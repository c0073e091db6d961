// Where a transport listens: the `listenInfos` of a request, the sockets they become, and the ICE candidates
// that clients are told.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "api/graph/objects.h"
#include "api/json_rpc/json_reader.h"
#include "api/json_rpc/result.h"
#include "transports/endpoint.h"
#include "worker/messages.h"
#include "worker/port_allocator.h"
#include "worker/socket_options.h"

namespace sluice::api {

struct ListenInfo {
  transports::Protocol protocol = transports::Protocol::kUdp;
  worker::BindOptions bind;
  std::optional<worker::PortRange> port_range;  // With port 0; absent: the default range.
  std::string announced_address;                // Empty: the bound address.
  bool expose_internal_ip = false;
  std::string path;  // In the request, for errors.
};

// Reads params.listenInfos, of ICE; errors stay in the reader.
std::vector<ListenInfo> ReadListenInfos(ObjectReader& params);
// Reads the one of a transport that speaks UDP alone and to a peer that is told where, so that it may listen
// everywhere.
ListenInfo ReadUdpListenInfo(ObjectReader info);

struct BoundSockets {
  std::vector<worker::ListenSocket> sockets;  // By listen info.
  std::vector<ListenAddress> addresses;
};
// Errors of both: resource_unavailable with the path of the field at fault.
Result<worker::UdpSocket> BindUdp(const ListenInfo& info);
// All of them or none.
Result<BoundSockets> BindAll(const std::vector<ListenInfo>& infos);

// The same for several workers: to each a socket of its own on every port.
struct SharedSockets {
  std::vector<std::vector<worker::ServerSocket>> by_worker;  // By listen info.
  std::vector<ListenAddress> addresses;
  bool steered = false;  // By the kernel, to the peers' workers.
};
Result<SharedSockets> BindShared(const std::vector<ListenInfo>& infos, uint32_t workers);

// Of what listens, what a client is told, and what it is to try first.
struct CandidatePolicy {
  bool udp = true;
  bool tcp = true;
  bool prefer_udp = false;
  bool prefer_tcp = false;
};
// In the order of the addresses, which is also that of preference unless a protocol is preferred.
std::vector<IceCandidate> MakeCandidates(const std::vector<ListenAddress>& addresses,
                                         const CandidatePolicy& policy);

}  // namespace sluice::api
