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
  for (size_t i = 0; i < 2; ++i) {
    EXPECT_TRUE(bound->sockets[i].is_open());
    EXPECT_EQ(bound->addresses[i].local, bound->sockets[i].local());
    EXPECT_EQ(bound->candidates[i].port, bound->sockets[i].local().port);
  }
  EXPECT_EQ(bound->candidates[0].priority - bound->candidates[1].priority, 100u << 8);
}

TEST(ListenInfoTest, ManyListenInfosKeepPositivePriorities) {
  std::vector<ListenInfo> infos(32, Loopback());
  for (ListenInfo& info : infos) {
    info.announced_address = "192.0.2.1";
    info.expose_internal_ip = true;
  }
  Result<BoundSockets> bound = BindAll(infos);
  ASSERT_TRUE(bound.ok());
  ASSERT_EQ(bound->candidates.size(), 64u);
  for (const IceCandidate& candidate : bound->candidates) {
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
    free.bind.port = probe->sockets[0].local().port;
  }
  ListenInfo taken = Loopback();
  taken.bind.port = first->sockets[0].local().port;
  taken.path = "params.listenInfos[1]";
  Result<BoundSockets> bound = BindAll({free, taken});
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
