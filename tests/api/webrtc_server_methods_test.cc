// webRtcServer.* with real sockets on loopback, and transports that use its ports.
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/socket.h>

#include <array>
#include <set>
#include <string>
#include <utility>

#include "tests/api/api_document.h"
#include "tests/api/control_client.h"
#include "transports/ice/stun_writer.h"
#include "worker/tcp_socket.h"
#include "worker/udp_socket.h"

namespace sluice::api {
namespace {

using nlohmann::json;
using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::SizeIs;

worker::BindOptions Loopback(uint16_t port = 0) {
  return {.address = transports::IpAddress::V4({127, 0, 0, 1}), .port = port};
}

bool UdpIsFree(uint16_t port) { return worker::UdpSocket::Bind(Loopback(port)).ok(); }
bool TcpIsFree(uint16_t port) { return worker::TcpListenSocket::Bind(Loopback(port)).ok(); }

class WebRtcServerMethodsTest : public ::testing::Test {
 protected:
  WebRtcServerMethodsTest() { client_.Call("router.create", {{"routerId", "router-1"}}); }

  void CreateServer(const json& listen_infos = {LoopbackListenInfo(),
                                                LoopbackListenInfo({{"protocol", "tcp"}})},
                    const std::string& id = "server-1") {
    client_.Call("webRtcServer.create", {{"webRtcServerId", id}, {"listenInfos", listen_infos}});
  }
  json Params(const std::string& id, const json& more = json::object()) {
    json params = {{"routerId", "router-1"}, {"transportId", id}, {"webRtcServerId", "server-1"}};
    params.update(more);
    return params;
  }
  json CreateTransport(const std::string& id, const json& more = json::object()) {
    return client_.Call("webRtcTransport.create", Params(id, more));
  }
  Refusal Refused(const json& more) {
    return client_.Refused("webRtcTransport.create", Params("refused", more));
  }
  json Dump(const std::string& id = "server-1") {
    return client_.Call("webRtcServer.dump", {{"webRtcServerId", id}});
  }
  // Waits until the workers have closed what they were told to close.
  void Settle() { client_.Call("worker.dump"); }

  // A check of the transport's, from a socket of its own.
  static void SendCheck(const json& ice_parameters, uint16_t port) {
    std::array<uint8_t, 512> buffer;
    const std::array<uint8_t, 12> transaction = {'t', 'e', 's', 't'};
    transports::StunWriter writer(buffer, transports::StunClass::kRequest, transaction);
    writer.AddUsername(ice_parameters["usernameFragment"].get<std::string>() + ":client");
    writer.AddIceControlling(1);
    writer.AddPriority(1);
    writer.AddMessageIntegrity(transports::HmacSha1(ice_parameters["password"].get<std::string>()));
    writer.AddFingerprint();
    Bytes check = *writer.Finish();
    static worker::UdpSocket socket = worker::UdpSocket::Bind(Loopback()).value();
    sockaddr_in6 to;
    socklen_t length = worker::WriteSockaddr({Loopback().address, port}, false, &to);
    EXPECT_EQ(sendto(socket.fd(), check.data(), check.size(), 0, reinterpret_cast<sockaddr*>(&to), length),
              static_cast<ssize_t>(check.size()));
  }

  ControlClient client_{/*workers=*/2};
};

TEST_F(WebRtcServerMethodsTest, DumpTellsWhereItListensAndForWhom) {
  CreateServer();
  json candidates = CreateTransport("transport-1")["iceCandidates"];
  ASSERT_THAT(candidates, SizeIs(2));
  json ice = client_.Call("transport.dump", {{"transportId", "transport-1"}})["iceParameters"];
  json dump = Dump();
  EXPECT_EQ(dump["id"], "server-1");
  EXPECT_EQ(dump["udpSockets"], json::array({{{"ip", "127.0.0.1"}, {"port", candidates[0]["port"]}}}));
  EXPECT_EQ(dump["tcpServers"], json::array({{{"ip", "127.0.0.1"}, {"port", candidates[1]["port"]}}}));
  EXPECT_EQ(dump["webRtcTransportIds"], json::array({"transport-1"}));
  EXPECT_EQ(dump["localIceUsernameFragments"],
            json::array({{{"localIceUsernameFragment", ice["usernameFragment"]},
                          {"webRtcTransportId", "transport-1"}}}));
  EXPECT_THAT(dump["workers"], SizeIs(2));
  EXPECT_EQ(client_.Call("worker.dump")["webRtcServerIds"], json::array({"server-1"}));
}

TEST_F(WebRtcServerMethodsTest, AllTransportsAreToldTheSamePorts) {
  CreateServer();
  std::set<json> ports;
  for (const char* id : {"a", "b", "c", "d"}) {
    const json candidates = CreateTransport(id)["iceCandidates"];
    for (const json& candidate : candidates) ports.insert(candidate["port"]);
  }
  EXPECT_LE(ports.size(), 2u);  // UDP and TCP may have the same number.
  json dump = Dump();
  EXPECT_EQ(dump["workers"][0]["transports"], 2);
  EXPECT_EQ(dump["workers"][1]["transports"], 2);
}

TEST_F(WebRtcServerMethodsTest, TcpIsEnabledAndEitherMayBePreferredOrLeftOut) {
  CreateServer();
  auto told = [&](const std::string& id, const json& options) {
    json told = json::object();
    const json candidates = CreateTransport(id, options)["iceCandidates"];
    for (const json& candidate : candidates) {
      told[candidate["protocol"].get<std::string>()] = candidate["priority"];
    }
    return told;
  };
  auto priority = [](uint32_t preference) { return (64u << 24) + (preference << 8) + 255; };
  EXPECT_EQ(told("a", json::object()), (json{{"udp", priority(10'000)}, {"tcp", priority(9'900)}}));
  EXPECT_EQ(told("b", {{"preferTcp", true}}), (json{{"udp", priority(10'000)}, {"tcp", priority(10'900)}}));
  EXPECT_EQ(told("c", {{"preferUdp", true}}), (json{{"udp", priority(11'000)}, {"tcp", priority(9'900)}}));
  EXPECT_EQ(told("d", {{"enableTcp", false}}), (json{{"udp", priority(10'000)}}));
  EXPECT_EQ(told("e", {{"enableUdp", false}}), (json{{"tcp", priority(9'900)}}));
}

TEST_F(WebRtcServerMethodsTest, ATransportWithoutACandidateIsRefused) {
  CreateServer(json::array({LoopbackListenInfo({{"protocol", "tcp"}})}));
  EXPECT_EQ(Refused({{"enableTcp", false}}), (Refusal{"invalid_value", "params.enableTcp"}));
  EXPECT_EQ(Refused({{"enableUdp", false}, {"enableTcp", false}}),
            (Refusal{"invalid_value", "params.enableTcp"}));
  EXPECT_THAT(Dump()["webRtcTransportIds"], IsEmpty());
}

TEST_F(WebRtcServerMethodsTest, EitherAServerOrListenInfos) {
  CreateServer();
  EXPECT_EQ(Refused({{"listenInfos", json::array({LoopbackListenInfo()})}}),
            (Refusal{"exclusive_fields", "params.webRtcServerId"}));
  EXPECT_EQ(Refused({{"webRtcServerId", "nobody"}}), (Refusal{"not_found", "params.webRtcServerId"}));
  EXPECT_EQ(client_.Refused("webRtcTransport.create", {{"routerId", "router-1"}}),
            (Refusal{"missing_field", "params.listenInfos"}));
  EXPECT_EQ(client_.Refused("webRtcServer.create", {{"webRtcServerId", "server-2"}}),
            (Refusal{"missing_field", "params.listenInfos"}));
}

TEST_F(WebRtcServerMethodsTest, AnnouncedAndInternalAddressesAreToldForEachListenInfo) {
  CreateServer({LoopbackListenInfo({{"announcedAddress", "sfu.example.com"}, {"exposeInternalIp", true}}),
                LoopbackListenInfo({{"protocol", "tcp"}, {"announcedAddress", "192.0.2.9"}})});
  json candidates = CreateTransport("transport-1")["iceCandidates"];
  ASSERT_THAT(candidates, SizeIs(3));
  EXPECT_EQ(candidates[0]["address"], "sfu.example.com");
  EXPECT_EQ(candidates[1]["address"], "127.0.0.1");
  EXPECT_LT(candidates[1]["priority"], candidates[0]["priority"]);
  EXPECT_EQ(candidates[2]["address"], "192.0.2.9");
}

TEST_F(WebRtcServerMethodsTest, AFixedPortIsUsedAndOneInUseRefusedWithNothingLeftBehind) {
  uint16_t free = worker::UdpSocket::Bind(Loopback())->local().port;
  absl::StatusOr<worker::TcpListenSocket> taken = worker::TcpListenSocket::Bind(Loopback());
  json infos = {LoopbackListenInfo({{"port", free}}),
                LoopbackListenInfo({{"protocol", "tcp"}, {"port", taken->local().port}})};
  json params = {{"webRtcServerId", "server-1"}, {"listenInfos", infos}};
  EXPECT_EQ(client_.Refused("webRtcServer.create", params),
            (Refusal{"resource_unavailable", "params.listenInfos[1].port"}));
  EXPECT_TRUE(UdpIsFree(free));
  EXPECT_THAT(client_.Call("worker.dump")["webRtcServerIds"], IsEmpty());
  *taken = worker::TcpListenSocket();
  client_.Call("webRtcServer.create", params);
  EXPECT_EQ(Dump()["udpSockets"][0]["port"], free);
  // Nor may a second server share it, although its own sockets do.
  params["webRtcServerId"] = "server-2";
  EXPECT_EQ(client_.Refused("webRtcServer.create", params),
            (Refusal{"resource_unavailable", "params.listenInfos[0].port"}));
}

TEST_F(WebRtcServerMethodsTest, ClosingTellsItsTransportsAndFreesThePorts) {
  CreateServer();
  json candidates = CreateTransport("transport-1")["iceCandidates"];
  CreateTransport("transport-2");
  client_.Call("webRtcTransport.create", {{"routerId", "router-1"},
                                          {"transportId", "own-sockets"},
                                          {"listenInfos", json::array({LoopbackListenInfo()})}});
  client_.TakeNotifications();
  client_.Call("webRtcServer.close", {{"webRtcServerId", "server-1"}});
  EXPECT_THAT(client_.TakeNotifications(), ElementsAre("webRtcTransport.listenServerClose transport-1",
                                                       "webRtcTransport.listenServerClose transport-2"));
  EXPECT_EQ(client_.Call("router.dump", {{"routerId", "router-1"}})["transportIds"],
            json::array({"own-sockets"}));
  EXPECT_EQ(client_.Refused("webRtcServer.dump", {{"webRtcServerId", "server-1"}}).reason, "not_found");
  EXPECT_EQ(client_.Refused("transport.dump", {{"transportId", "transport-1"}}).reason, "not_found");
  Settle();
  EXPECT_TRUE(UdpIsFree(candidates[0]["port"].get<uint16_t>()));
  EXPECT_TRUE(TcpIsFree(candidates[1]["port"].get<uint16_t>()));
  EXPECT_EQ(client_.Call("worker.dump")["workers"][0]["transports"].get<int>() +
                client_.Call("worker.dump")["workers"][1]["transports"].get<int>(),
            1);
}

TEST_F(WebRtcServerMethodsTest, WhatClosesOtherwiseLeavesTheServer) {
  CreateServer();
  client_.Call("router.create", {{"routerId", "router-2"}});
  CreateTransport("transport-1");
  CreateTransport("transport-2", {{"routerId", "router-2"}});
  client_.Call("transport.close", {{"transportId", "transport-1"}});
  EXPECT_EQ(Dump()["webRtcTransportIds"], json::array({"transport-2"}));
  client_.Call("router.close", {{"routerId", "router-2"}});
  json dump = Dump();
  EXPECT_THAT(dump["webRtcTransportIds"], IsEmpty());
  EXPECT_THAT(dump["localIceUsernameFragments"], IsEmpty());
  EXPECT_EQ(dump["workers"][0]["transports"], 0);
}

TEST_F(WebRtcServerMethodsTest, AfterARestartTheOldFragmentLastsUntilThePeerFollows) {
  CreateServer();
  json created = CreateTransport("transport-1");
  uint16_t port = created["iceCandidates"][0]["port"];
  json renewed =
      client_.Call("webRtcTransport.restartIce", {{"transportId", "transport-1"}})["iceParameters"];
  EXPECT_THAT(Dump()["localIceUsernameFragments"], SizeIs(2));
  SendCheck(created["iceParameters"], port);
  SendCheck(renewed, port);
  EXPECT_TRUE(client_.RunUntil([&] { return Dump()["localIceUsernameFragments"].size() == 1; }));
  EXPECT_EQ(Dump()["localIceUsernameFragments"][0]["localIceUsernameFragment"], renewed["usernameFragment"]);
}

TEST_F(WebRtcServerMethodsTest, AChecksWayIsTold) {
  CreateServer();
  json transport = CreateTransport("transport-1");
  client_.TakeNotifications();
  SendCheck(transport["iceParameters"], transport["iceCandidates"][0]["port"]);
  EXPECT_TRUE(client_.RunUntil([&] { return client_.notifications().size() >= 2; }));
  json tuple = client_.Call("transport.dump", {{"transportId", "transport-1"}})["iceSelectedTuple"];
  EXPECT_EQ(tuple["localPort"], transport["iceCandidates"][0]["port"]);
  EXPECT_EQ(tuple["protocol"], "udp");
}

}  // namespace
}  // namespace sluice::api
