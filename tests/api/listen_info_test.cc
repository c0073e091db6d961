#include "api/listen_info.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <vector>

namespace sluice::api {
namespace {

using nlohmann::json;
using ::testing::IsEmpty;
using transports::IpAddress;

struct Read {
  std::vector<ListenInfo> infos;
  std::optional<RpcError> error;
};

Read ReadInfos(const json& infos) {
  json params = {{"listenInfos", infos}};
  ObjectReader reader(params, "params");
  Read read{.infos = ReadListenInfos(reader), .error = std::nullopt};
  reader.Finish();
  read.error = reader.error();
  return read;
}

ListenInfo Loopback() {
  ListenInfo info;
  info.bind.address = IpAddress::V4({127, 0, 0, 1});
  info.path = "params.listenInfos[0]";
  return info;
}

TEST(ListenInfoTest, AllFieldsAreRead) {
  Read read = ReadInfos(json::array({{{"protocol", "udp"},
                                      {"ip", "::1"},
                                      {"announcedAddress", "sfu.example.com"},
                                      {"exposeInternalIp", true},
                                      {"portRange", {{"min", 2000}, {"max", 3000}}},
                                      {"flags", {{"ipv6Only", true}, {"udpReusePort", true}}},
                                      {"sendBufferSize", 100000},
                                      {"recvBufferSize", 200000}}}));
  ASSERT_EQ(read.error, std::nullopt);
  ASSERT_EQ(read.infos.size(), 1u);
  const ListenInfo& info = read.infos[0];
  EXPECT_EQ(info.protocol, transports::Protocol::kUdp);
  EXPECT_EQ(info.bind.address, IpAddress::Parse("::1"));
  EXPECT_EQ(info.bind.port, 0);
  EXPECT_TRUE(info.bind.ipv6_only);
  EXPECT_TRUE(info.bind.reuse_port);
  EXPECT_EQ(info.bind.send_buffer, 100000);
  EXPECT_EQ(info.bind.receive_buffer, 200000);
  EXPECT_EQ(info.announced_address, "sfu.example.com");
  EXPECT_TRUE(info.expose_internal_ip);
  ASSERT_TRUE(info.port_range.has_value());
  EXPECT_EQ(info.port_range->min, 2000);
  EXPECT_EQ(info.port_range->max, 3000);
  EXPECT_EQ(info.path, "params.listenInfos[0]");
}

TEST(ListenInfoTest, BothNamesOfTheAnnouncedAddressMayBeGivenIfTheyAgree) {
  json info = {{"protocol", "udp"}, {"ip", "127.0.0.1"}, {"announcedIp", "192.0.2.1"}};
  EXPECT_EQ(ReadInfos(json::array({info})).infos[0].announced_address, "192.0.2.1");
  info["announcedAddress"] = "192.0.2.1";
  EXPECT_EQ(ReadInfos(json::array({info})).error, std::nullopt);
  info["announcedAddress"] = "192.0.2.2";
  EXPECT_EQ(ReadInfos(json::array({info})).error->reason, "exclusive_fields");
}

TEST(ListenInfoTest, TheErrorNamesTheEntry) {
  json good = {{"protocol", "udp"}, {"ip", "127.0.0.1"}};
  json bad = {{"protocol", "udp"}, {"ip", "127.0.0.256"}};
  EXPECT_EQ(ReadInfos(json::array({good, bad})).error->path, "params.listenInfos[1].ip");
}

TEST(ListenInfoTest, BoundSocketsHaveAddressesAndCandidatesInOrder) {
  Result<BoundSockets> bound = BindAll({Loopback(), Loopback()});
  ASSERT_TRUE(bound.ok());
  ASSERT_EQ(bound->sockets.size(), 2u);
  std::vector<IceCandidate> candidates = MakeCandidates(bound->addresses, CandidatePolicy());
  for (size_t i = 0; i < 2; ++i) {
    const auto& socket = std::get<worker::UdpSocket>(bound->sockets[i]);
    EXPECT_TRUE(socket.is_open());
    EXPECT_EQ(bound->addresses[i].local, socket.local());
    EXPECT_EQ(candidates[i].port, socket.local().port);
  }
  EXPECT_EQ(candidates[0].priority - candidates[1].priority, 100u << 8);
}

TEST(ListenInfoTest, ManyListenInfosKeepPositivePriorities) {
  std::vector<ListenInfo> infos(32, Loopback());
  for (ListenInfo& info : infos) {
    info.announced_address = "192.0.2.1";
    info.expose_internal_ip = true;
  }
  Result<BoundSockets> bound = BindAll(infos);
  ASSERT_TRUE(bound.ok());
  std::vector<IceCandidate> candidates =
      MakeCandidates(bound->addresses, {.prefer_udp = true, .prefer_tcp = true});
  ASSERT_EQ(candidates.size(), 64u);
  for (const IceCandidate& candidate : candidates) {
    EXPECT_EQ(candidate.priority >> 24, 64u);
    EXPECT_GT(candidate.priority & 0xffff00, 0u);
  }
}

TEST(ListenInfoTest, AllAreBoundOrNone) {
  Result<BoundSockets> first = BindAll({Loopback()});
  ASSERT_TRUE(first.ok());
  ListenInfo free = Loopback();
  {
    Result<BoundSockets> probe = BindAll({Loopback()});
    free.bind.port = probe->addresses[0].local.port;
  }
  ListenInfo taken = Loopback();
  taken.bind.port = first->addresses[0].local.port;
  taken.path = "params.listenInfos[1]";
  Result<BoundSockets> bound = BindAll({free, taken});
  ASSERT_FALSE(bound.ok());
  EXPECT_EQ(bound.error().reason, "resource_unavailable");
  EXPECT_EQ(bound.error().path, "params.listenInfos[1].port");
  EXPECT_TRUE(BindAll({free}).ok());
}

ListenInfo LoopbackTcp() {
  ListenInfo info = Loopback();
  info.protocol = transports::Protocol::kTcp;
  return info;
}

TEST(ListenInfoTest, TcpIsBoundAndToldAsPassive) {
  std::vector<ListenInfo> infos = {Loopback(), LoopbackTcp()};
  Result<BoundSockets> bound = BindAll(infos);
  ASSERT_TRUE(bound.ok());
  EXPECT_TRUE(std::get<worker::TcpListenSocket>(bound->sockets[1]).is_open());
  std::vector<IceCandidate> candidates = MakeCandidates(bound->addresses, CandidatePolicy());
  EXPECT_EQ(candidates[0].foundation, "udpcandidate");
  EXPECT_EQ(candidates[1].foundation, "tcpcandidate");
  EXPECT_EQ(candidates[1].protocol, transports::Protocol::kTcp);
  EXPECT_EQ(candidates[1].port, bound->addresses[1].local.port);
  // The order of the listen infos is the order of preference, across protocols.
  EXPECT_EQ(candidates[0].priority - candidates[1].priority, 100u << 8);
}

TEST(ListenInfoTest, ATcpPortInUseIsTold) {
  Result<BoundSockets> first = BindAll({LoopbackTcp()});
  ListenInfo taken = LoopbackTcp();
  taken.bind.port = first->addresses[0].local.port;
  taken.path = "params.listenInfos[0]";
  Result<BoundSockets> bound = BindAll({taken});
  ASSERT_FALSE(bound.ok());
  EXPECT_EQ(bound.error().reason, "resource_unavailable");
  EXPECT_EQ(bound.error().path, "params.listenInfos[0].port");
}

// mediasoup's rule: a preferred protocol has 1000 more, which is ten listen infos' worth.
TEST(ListenInfoTest, AProtocolMayBePreferredOrLeftOut) {
  std::vector<ListenAddress> addresses(2, {.local = {Loopback().bind.address, 5000}});
  addresses[1].protocol = transports::Protocol::kTcp;
  auto candidates = MakeCandidates(addresses, {.prefer_tcp = true});
  EXPECT_EQ(candidates[0].priority, (64u << 24) + (10'000u << 8) + 255);
  EXPECT_EQ(candidates[1].priority, (64u << 24) + (10'900u << 8) + 255);
  candidates = MakeCandidates(addresses, {.prefer_udp = true});
  EXPECT_EQ(candidates[0].priority, (64u << 24) + (11'000u << 8) + 255);
  EXPECT_EQ(candidates[1].priority, (64u << 24) + (9'900u << 8) + 255);
  candidates = MakeCandidates(addresses, {.udp = false});
  ASSERT_EQ(candidates.size(), 1u);
  EXPECT_EQ(candidates[0].foundation, "tcpcandidate");
  EXPECT_THAT(MakeCandidates(addresses, {.udp = false, .tcp = false}), IsEmpty());
}

TEST(ListenInfoTest, SharedPortsHaveASocketForEachWorker) {
  Result<SharedSockets> shared = BindShared({Loopback(), LoopbackTcp()}, 3);
  ASSERT_TRUE(shared.ok());
  ASSERT_EQ(shared->by_worker.size(), 3u);
  for (const std::vector<worker::ServerSocket>& sockets : shared->by_worker) {
    ASSERT_EQ(sockets.size(), 2u);
    EXPECT_EQ(std::get<worker::UdpSocket>(sockets[0].socket).local(), shared->addresses[0].local);
    EXPECT_EQ(std::get<worker::TcpListenSocket>(sockets[1].socket).local(), shared->addresses[1].local);
    EXPECT_EQ(sockets[0].steering != nullptr, shared->steered);
    EXPECT_EQ(sockets[0].steering, shared->by_worker[0][0].steering);
  }
  EXPECT_EQ(shared->addresses[1].protocol, transports::Protocol::kTcp);
}

TEST(ListenInfoTest, OneWorkerNeedsNoSteering) {
  Result<SharedSockets> shared = BindShared({Loopback()}, 1);
  ASSERT_TRUE(shared.ok());
  EXPECT_FALSE(shared->steered);
  EXPECT_EQ(shared->by_worker[0][0].steering, nullptr);
}

TEST(ListenInfoTest, SharedPortsAreAllBoundOrNone) {
  Result<SharedSockets> first = BindShared({LoopbackTcp()}, 2);
  ListenInfo free = Loopback();
  free.bind.port = BindShared({Loopback()}, 2)->addresses[0].local.port;
  ListenInfo taken = LoopbackTcp();
  taken.bind.port = first->addresses[0].local.port;
  taken.path = "params.listenInfos[1]";
  Result<SharedSockets> bound = BindShared({free, taken}, 2);
  ASSERT_FALSE(bound.ok());
  EXPECT_EQ(bound.error().reason, "resource_unavailable");
  EXPECT_EQ(bound.error().path, "params.listenInfos[1].port");
  EXPECT_TRUE(BindAll({free}).ok());
}

TEST(ListenInfoTest, AnAddressOfAnotherMachineIsTheIpsFault) {
  ListenInfo elsewhere = Loopback();
  elsewhere.bind.address = IpAddress::V4({203, 0, 113, 1});
  Result<BoundSockets> bound = BindAll({elsewhere});
  ASSERT_FALSE(bound.ok());
  EXPECT_EQ(bound.error().path, "params.listenInfos[0].ip");
}

}  // namespace
}  // namespace sluice::api
