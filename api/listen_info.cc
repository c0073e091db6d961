#include "api/listen_info.h"

#include <algorithm>
#include <memory>
#include <utility>

#include "api/json_rpc/text.h"
#include "worker/random.h"

namespace sluice::api {
namespace {

using transports::IpAddress;
using transports::Protocol;

// RFC 8445 §5.1.2.1 with mediasoup's preferences, so that an application that mixes both sees one order:
// the type preference of all our candidates, then the order of the listen infos.
constexpr uint32_t kTypePreference = 64;
constexpr uint32_t kLocalPreference = 10'000;
constexpr uint32_t kPreferenceStep = 100;
constexpr uint32_t kInternalPenalty = 1'000;
constexpr uint32_t kPreferredBonus = 1'000;

uint32_t CandidatePriority(uint32_t local_preference) {
  return (kTypePreference << 24) + (local_preference << 8) + 255;
}

std::optional<worker::PortRange> ReadPortRange(ObjectReader& info) {
  std::optional<ObjectReader> range = info.OptionalObject("portRange");
  if (!range) return std::nullopt;
  worker::PortRange ports{.min = range->RequiredUint<uint16_t>("min", 1),
                          .max = range->RequiredUint<uint16_t>("max", 1)};
  range->Finish();
  if (range->ok() && ports.min > ports.max) {
    range->Fail(RpcError::InvalidValue(range->path(), "is empty: min is greater than max"));
  }
  return ports;
}

IpAddress ReadIp(ObjectReader& info) {
  std::string text = info.RequiredString("ip");
  std::optional<IpAddress> address = IpAddress::Parse(text);
  if (info.ok() && !address) info.Fail(RpcError::InvalidValue(info.PathOf("ip"), "is not an IP address"));
  return address.value_or(IpAddress());
}

std::string ReadAnnouncedAddress(ObjectReader& info) {
  std::optional<std::string> address = info.OptionalString("announcedAddress", {1, 253});
  std::optional<std::string> deprecated = info.OptionalString("announcedIp", {1, 253});
  if (address && deprecated && *address != *deprecated) {
    info.Fail(RpcError::ExclusiveFields(info.PathOf("announcedIp"),
                                        "announcedIp is the old name of announcedAddress"));
  }
  return address ? *address : deprecated.value_or("");
}

ListenInfo ReadListenInfo(ObjectReader& info) {
  ListenInfo listen;
  listen.path = info.path();
  listen.protocol =
      info.RequiredChoice<Protocol>("protocol", {{"udp", Protocol::kUdp}, {"tcp", Protocol::kTcp}});
  listen.bind.address = ReadIp(info);
  listen.announced_address = ReadAnnouncedAddress(info);
  listen.expose_internal_ip = info.OptionalBool("exposeInternalIp", false);
  listen.bind.port = info.OptionalUintOr<uint16_t>("port", 0);
  listen.port_range = ReadPortRange(info);
  listen.bind.send_buffer = static_cast<int>(info.OptionalUintOr<uint32_t>("sendBufferSize", 0, 0, 1u << 30));
  listen.bind.receive_buffer =
      static_cast<int>(info.OptionalUintOr<uint32_t>("recvBufferSize", 0, 0, 1u << 30));
  if (std::optional<ObjectReader> flags = info.OptionalObject("flags")) {
    listen.bind.ipv6_only = flags->OptionalBool("ipv6Only", false);
    listen.bind.reuse_port = flags->OptionalBool("udpReusePort", false) && listen.protocol == Protocol::kUdp;
    flags->Finish();
  }
  info.Finish();
  if (info.ok() && listen.bind.port != 0 && listen.port_range) {
    info.Fail(RpcError::ExclusiveFields(info.PathOf("portRange"), "port and portRange exclude each other"));
  }
  return listen;
}

// What a listening address of ICE has to be besides.
void CheckCandidate(ObjectReader& info, const ListenInfo& listen) {
  if (!info.ok()) return;
  if (listen.bind.address.IsAny() && listen.announced_address.empty()) {
    info.Fail(RpcError::MissingField(info.PathOf("announcedAddress")));
  }
}

RpcError BindError(const ListenInfo& info, const absl::Status& status) {
  std::string_view field = status.code() == absl::StatusCode::kUnavailable ? ".ip"
                           : info.port_range                               ? ".portRange"
                                                                           : ".port";
  return RpcError::ResourceUnavailable(std::string(status.message()), Concat(info.path, field));
}

template <typename Socket>
absl::StatusOr<worker::ListenSocket> AsListenSocket(absl::StatusOr<Socket> socket) {
  if (!socket.ok()) return socket.status();
  return worker::ListenSocket(*std::move(socket));
}

absl::StatusOr<worker::UdpSocket> BindUdpSocket(const ListenInfo& info) {
  if (info.bind.port != 0) return worker::UdpSocket::Bind(info.bind);
  return worker::BindUdpInRange(info.bind, info.port_range.value_or(worker::PortRange()),
                                worker::RandomUint32());
}

absl::StatusOr<worker::TcpListenSocket> BindTcpSocket(const ListenInfo& info) {
  if (info.bind.port != 0) return worker::TcpListenSocket::Bind(info.bind);
  return worker::BindTcpInRange(info.bind, info.port_range.value_or(worker::PortRange()),
                                worker::RandomUint32());
}

absl::StatusOr<worker::ListenSocket> Bind(const ListenInfo& info) {
  return info.protocol == Protocol::kUdp ? AsListenSocket(BindUdpSocket(info))
                                         : AsListenSocket(BindTcpSocket(info));
}

ListenAddress AddressOf(const ListenInfo& info, const transports::Endpoint& local) {
  return {.protocol = info.protocol,
          .local = local,
          .announced = info.announced_address,
          .expose_internal = info.expose_internal_ip};
}

transports::Endpoint LocalOf(const worker::ListenSocket& socket) {
  return std::visit([](const auto& specific) { return specific.local(); }, socket);
}

template <typename Socket>
void Share(absl::StatusOr<std::vector<Socket>> group, const std::shared_ptr<worker::UdpSteering>& steering,
           SharedSockets* shared) {
  for (size_t i = 0; i < group->size(); ++i) {
    shared->by_worker[i].push_back({std::move((*group)[i]), steering});
  }
}

// Adds the listen info's sockets to `shared`.
absl::Status BindShared(const ListenInfo& info, uint32_t workers, SharedSockets* shared) {
  const worker::PortRange range = info.port_range.value_or(worker::PortRange());
  const uint32_t random = worker::RandomUint32();
  if (info.protocol == Protocol::kTcp) {
    auto group = worker::BindTcpGroup(info.bind, range, random, workers);
    if (!group.ok()) return group.status();
    shared->addresses.push_back(AddressOf(info, group->front().local()));
    Share(std::move(group), nullptr, shared);
    return absl::OkStatus();
  }
  auto group = worker::BindUdpGroup(info.bind, range, random, workers);
  if (!group.ok()) return group.status();
  shared->addresses.push_back(AddressOf(info, group->front().local()));
  auto steering = workers > 1 ? worker::UdpSteering::Attach(*group) : nullptr;
  shared->steered |= steering != nullptr;  // One that it lets us attach, it lets us attach all.
  Share(std::move(group), steering, shared);
  return absl::OkStatus();
}

void AppendCandidates(const ListenAddress& address, uint32_t preference,
                      std::vector<IceCandidate>* candidates) {
  auto append = [&](const std::string& told, uint32_t local_preference) {
    candidates->push_back({.foundation = address.protocol == Protocol::kUdp ? "udpcandidate" : "tcpcandidate",
                           .priority = CandidatePriority(local_preference),
                           .address = told,
                           .port = address.local.port,
                           .protocol = address.protocol});
  };
  std::string internal = address.local.address.ToString();
  append(address.announced.empty() ? internal : address.announced, preference);
  if (address.expose_internal && !address.announced.empty() && !address.local.address.IsAny()) {
    append(internal, preference - kInternalPenalty);
  }
}

}  // namespace

std::vector<ListenInfo> ReadListenInfos(ObjectReader& params) {
  std::vector<ListenInfo> infos;
  for (ObjectReader& info : params.RequiredObjects("listenInfos", {1, 32})) {
    infos.push_back(ReadListenInfo(info));
    CheckCandidate(info, infos.back());
  }
  return infos;
}

ListenInfo ReadUdpListenInfo(ObjectReader info) {
  ListenInfo listen = ReadListenInfo(info);
  if (info.ok() && listen.protocol != Protocol::kUdp) {
    info.Fail(RpcError::InvalidValue(info.PathOf("protocol"), "must be udp"));
  }
  return listen;
}

Result<worker::UdpSocket> BindUdp(const ListenInfo& info) {
  absl::StatusOr<worker::UdpSocket> socket = BindUdpSocket(info);
  if (!socket.ok()) return BindError(info, socket.status());
  return *std::move(socket);
}

Result<BoundSockets> BindAll(const std::vector<ListenInfo>& infos) {
  BoundSockets bound;
  for (const ListenInfo& info : infos) {
    absl::StatusOr<worker::ListenSocket> socket = Bind(info);
    if (!socket.ok()) return BindError(info, socket.status());
    bound.addresses.push_back(AddressOf(info, LocalOf(*socket)));
    bound.sockets.push_back(*std::move(socket));
  }
  return bound;
}

Result<SharedSockets> BindShared(const std::vector<ListenInfo>& infos, uint32_t workers) {
  SharedSockets shared;
  shared.by_worker.resize(workers);
  for (const ListenInfo& info : infos) {
    if (absl::Status status = BindShared(info, workers, &shared); !status.ok())
      return BindError(info, status);
  }
  return shared;
}

std::vector<IceCandidate> MakeCandidates(const std::vector<ListenAddress>& addresses,
                                         const CandidatePolicy& policy) {
  std::vector<IceCandidate> candidates;
  for (size_t i = 0; i < addresses.size(); ++i) {
    const bool udp = addresses[i].protocol == Protocol::kUdp;
    if (udp ? !policy.udp : !policy.tcp) continue;
    const bool preferred = udp ? policy.prefer_udp : policy.prefer_tcp;
    const auto step = static_cast<uint32_t>(std::min<size_t>(i, 80)) * kPreferenceStep;
    AppendCandidates(addresses[i], kLocalPreference - step + (preferred ? kPreferredBonus : 0), &candidates);
  }
  return candidates;
}

}  // namespace sluice::api
