// webRtcTransport.* and transport.* with real sockets on loopback.
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include <set>
#include <string>
#include <utility>

#include "tests/api/api_document.h"
#include "tests/api/control_client.h"
#include "worker/tcp_socket.h"
#include "worker/udp_socket.h"

namespace sluice::api {
namespace {

using nlohmann::json;
using ::testing::IsEmpty;

worker::UdpSocket BindLoopback() {
  return worker::UdpSocket::Bind({.address = transports::IpAddress::V4({127, 0, 0, 1})}).value();
}

bool HasIpv6Loopback() {
  return worker::UdpSocket::Bind({.address = transports::IpAddress::Parse("::1").value()}).ok();
}

bool IsFree(uint16_t port) {
  return worker::UdpSocket::Bind({.address = transports::IpAddress::V4({127, 0, 0, 1}), .port = port}).ok();
}

bool IsFreeForTcp(uint16_t port) {
  return worker::TcpListenSocket::Bind({.address = transports::IpAddress::V4({127, 0, 0, 1}), .port = port})
      .ok();
}

class TransportMethodsTest : public ::testing::Test {
 protected:
  TransportMethodsTest() { client_.Call("router.create", {{"routerId", "router-1"}}); }

  static json Params(json listen_infos, const json& more = json::object()) {
    json params = {{"routerId", "router-1"}, {"transportId", "transport-1"}, {"listenInfos", listen_infos}};
    params.update(more);
    return params;
  }
  json Create(json listen_infos, const json& more = json::object()) {
    return client_.Call("webRtcTransport.create", Params(std::move(listen_infos), more));
  }
  Refusal CreateRefused(json listen_infos, const json& more = json::object()) {
    return client_.Refused("webRtcTransport.create", Params(std::move(listen_infos), more));
  }
  // Waits until the workers have closed what they were told to close.
  void Settle() { client_.Call("worker.dump"); }

  ControlClient client_;
};

TEST_F(TransportMethodsTest, OneListenInfoGivesOneHostCandidate) {
  json transport = Create(json::array({LoopbackListenInfo()}));
  EXPECT_EQ(transport["iceRole"], "controlled");
  EXPECT_EQ(transport["iceState"], "new");
  EXPECT_EQ(transport["dtlsState"], "new");
  EXPECT_EQ(transport["iceParameters"]["iceLite"], true);
  EXPECT_EQ(transport["iceParameters"]["usernameFragment"].get<std::string>().size(), 32u);
  EXPECT_EQ(transport["dtlsParameters"]["role"], "auto");
  ASSERT_EQ(transport["iceCandidates"].size(), 1u);
  const json& candidate = transport["iceCandidates"][0];
  EXPECT_EQ(candidate["ip"], "127.0.0.1");
  EXPECT_EQ(candidate["address"], "127.0.0.1");
  EXPECT_GE(candidate["port"], 10000);
  EXPECT_LE(candidate["port"], 59999);
  EXPECT_EQ(candidate["priority"], (64u << 24) + (10000u << 8) + 255);  // RFC 8445 §5.1.2.1
  EXPECT_FALSE(IsFree(candidate["port"].get<uint16_t>()));
}

TEST_F(TransportMethodsTest, SeveralListenInfosGiveCandidatesInTheirOrder) {
  json transport =
      Create({LoopbackListenInfo(), LoopbackListenInfo({{"ip", "127.0.0.2"}}), LoopbackListenInfo()});
  const json& candidates = transport["iceCandidates"];
  ASSERT_EQ(candidates.size(), 3u);
  EXPECT_GT(candidates[0]["priority"], candidates[1]["priority"]);
  EXPECT_GT(candidates[1]["priority"], candidates[2]["priority"]);
  EXPECT_EQ(candidates[1]["ip"], "127.0.0.2");
  EXPECT_NE(candidates[0]["port"], candidates[2]["port"]);
}

TEST_F(TransportMethodsTest, TcpIsListenedOnBesideUdp) {
  json candidates =
      Create({LoopbackListenInfo(), LoopbackListenInfo({{"protocol", "tcp"}})})["iceCandidates"];
  ASSERT_EQ(candidates.size(), 2u);
  EXPECT_FALSE(candidates[0].contains("tcpType"));
  EXPECT_EQ(candidates[1]["protocol"], "tcp");
  EXPECT_EQ(candidates[1]["tcpType"], "passive");
  EXPECT_EQ(candidates[1]["foundation"], "tcpcandidate");
  uint16_t port = candidates[1]["port"];
  EXPECT_FALSE(IsFreeForTcp(port));
  client_.Call("transport.close", {{"transportId", "transport-1"}});
  Settle();
  EXPECT_TRUE(IsFreeForTcp(port));
}

TEST_F(TransportMethodsTest, Ipv6IsListenedOnBesideIpv4) {
  if (!HasIpv6Loopback()) GTEST_SKIP() << "no ::1 here";
  json transport =
      Create({LoopbackListenInfo(), LoopbackListenInfo({{"ip", "::1"}, {"flags", {{"ipv6Only", true}}}})});
  EXPECT_EQ(transport["iceCandidates"][1]["ip"], "::1");
}

TEST_F(TransportMethodsTest, ClientsAreToldTheAnnouncedAddress) {
  json infos = {
      LoopbackListenInfo({{"announcedAddress", "sfu.example.com"}}),
      LoopbackListenInfo({{"announcedIp", "192.0.2.7"}, {"exposeInternalIp", true}}),
      LoopbackListenInfo({{"ip", "0.0.0.0"}, {"announcedAddress", "192.0.2.8"}, {"exposeInternalIp", true}})};
  json candidates = Create(infos)["iceCandidates"];
  ASSERT_EQ(candidates.size(), 4u);
  EXPECT_EQ(candidates[0]["address"], "sfu.example.com");
  EXPECT_EQ(candidates[1]["address"], "192.0.2.7");
  EXPECT_EQ(candidates[2]["address"], "127.0.0.1");
  EXPECT_EQ(candidates[2]["port"], candidates[1]["port"]);
  EXPECT_LT(candidates[2]["priority"], candidates[1]["priority"]);
  EXPECT_EQ(candidates[3]["address"], "192.0.2.8");  // 0.0.0.0 is nobody's address.
}

TEST_F(TransportMethodsTest, ListeningEverywhereNeedsAnAddressToAnnounce) {
  for (const char* any : {"0.0.0.0", "::"}) {
    EXPECT_EQ(CreateRefused({LoopbackListenInfo(), LoopbackListenInfo({{"ip", any}})}),
              (Refusal{"missing_field", "params.listenInfos[1].announcedAddress"}));
  }
}

TEST_F(TransportMethodsTest, APortIsUsedAsAskedFor) {
  uint16_t port = BindLoopback().local().port;
  json transport = Create(json::array({LoopbackListenInfo({{"port", port}})}));
  EXPECT_EQ(transport["iceCandidates"][0]["port"], port);
}

TEST_F(TransportMethodsTest, APortInUseIsToldAndNothingIsLeftBehind) {
  worker::UdpSocket taken = BindLoopback();
  uint16_t free = BindLoopback().local().port;
  json infos = {LoopbackListenInfo({{"port", free}}), LoopbackListenInfo({{"port", taken.local().port}})};
  EXPECT_EQ(CreateRefused(infos), (Refusal{"resource_unavailable", "params.listenInfos[1].port"}));
  EXPECT_TRUE(IsFree(free));
  EXPECT_EQ(client_.Call("worker.dump")["workers"][0]["transports"], 0);
  EXPECT_THAT(client_.Call("router.dump", {{"routerId", "router-1"}})["transportIds"], IsEmpty());
  taken.Close();
  Create(infos);  // The id and both ports are free.
}

TEST_F(TransportMethodsTest, ThePortIsTakenFromTheRange) {
  uint16_t port = BindLoopback().local().port;
  json range = {{"min", port}, {"max", port}};
  EXPECT_EQ(Create(json::array({LoopbackListenInfo({{"portRange", range}})}))["iceCandidates"][0]["port"],
            port);
  EXPECT_EQ(
      CreateRefused(json::array({LoopbackListenInfo({{"portRange", range}})}), {{"transportId", "another"}}),
      (Refusal{"resource_unavailable", "params.listenInfos[0].portRange"}));
}

TEST_F(TransportMethodsTest, AnEmptyRangeIsRefused) {
  EXPECT_EQ(CreateRefused(json::array({LoopbackListenInfo({{"portRange", {{"min", 2001}, {"max", 2000}}}})})),
            (Refusal{"invalid_value", "params.listenInfos[0].portRange"}));
}

TEST_F(TransportMethodsTest, SocketsShareAPortOnlyIfBothWantTo) {
  uint16_t port = BindLoopback().local().port;
  json shared = LoopbackListenInfo({{"port", port}, {"flags", {{"udpReusePort", true}}}});
  Create(json::array({shared}));
  Create(json::array({shared}), {{"transportId", "transport-2"}});
  EXPECT_EQ(
      CreateRefused(json::array({LoopbackListenInfo({{"port", port}})}), {{"transportId", "transport-3"}}),
      (Refusal{"resource_unavailable", "params.listenInfos[0].port"}));
}

TEST_F(TransportMethodsTest, ClosingGivesThePortBack) {
  uint16_t port = Create(json::array({LoopbackListenInfo()}))["iceCandidates"][0]["port"];
  client_.Call("transport.close", {{"transportId", "transport-1"}});
  Settle();
  EXPECT_TRUE(IsFree(port));
}

TEST_F(TransportMethodsTest, ASecondConnectIsRefused) {
  Create(json::array({LoopbackListenInfo()}));
  json connect = ApiDocument::Get().Example("webRtcTransport.connect");
  EXPECT_EQ(client_.Call("webRtcTransport.connect", connect)["dtlsLocalRole"], "server");
  EXPECT_EQ(client_.Refused("webRtcTransport.connect", connect).reason, "invalid_state");
  json dump = client_.Call("transport.dump", {{"transportId", "transport-1"}});
  EXPECT_EQ(dump["dtlsParameters"]["role"], "server");
}

TEST_F(TransportMethodsTest, ARefusedConnectMayBeTriedAgain) {
  Create(json::array({LoopbackListenInfo()}));
  json connect = ApiDocument::Get().Example("webRtcTransport.connect");
  json wrong = connect;
  wrong["dtlsParameters"]["fingerprints"][0]["value"] = "not hexadecimal";
  EXPECT_EQ(client_.Refused("webRtcTransport.connect", wrong).reason, "invalid_value");
  client_.Call("webRtcTransport.connect", connect);
}

TEST_F(TransportMethodsTest, WeAreTheDtlsClientUnlessThePeerIs) {
  for (const auto& [remote, local] :
       {std::pair("auto", "client"), std::pair("server", "client"), std::pair("client", "server")}) {
    Create(json::array({LoopbackListenInfo()}), {{"transportId", remote}});
    json connect = ApiDocument::Get().Example("webRtcTransport.connect");
    connect["transportId"] = remote;
    connect["dtlsParameters"]["role"] = remote;
    EXPECT_EQ(client_.Call("webRtcTransport.connect", connect)["dtlsLocalRole"], local);
  }
}

TEST_F(TransportMethodsTest, RestartIceMakesOtherCredentials) {
  json before = Create(json::array({LoopbackListenInfo()}))["iceParameters"];
  json after = client_.Call("webRtcTransport.restartIce", {{"transportId", "transport-1"}})["iceParameters"];
  EXPECT_NE(after["usernameFragment"], before["usernameFragment"]);
  EXPECT_NE(after["password"], before["password"]);
  EXPECT_EQ(client_.Call("transport.dump", {{"transportId", "transport-1"}})["iceParameters"], after);
}

TEST_F(TransportMethodsTest, DumpRepeatsWhatCreateAnswered) {
  json created = Create(json::array({LoopbackListenInfo()}));
  json dump = client_.Call("transport.dump", {{"transportId", "transport-1"}});
  for (const char* field :
       {"iceRole", "iceParameters", "iceCandidates", "iceState", "dtlsParameters", "dtlsState"}) {
    EXPECT_EQ(dump[field], created[field]) << field;
  }
  EXPECT_EQ(dump["id"], "transport-1");
  EXPECT_FALSE(dump.contains("iceSelectedTuple"));
}

TEST_F(TransportMethodsTest, StatsOfAnIdleTransportAreZero) {
  Create(json::array({LoopbackListenInfo()}));
  json stats = client_.Call("transport.getStats", {{"transportId", "transport-1"}})["stats"][0];
  EXPECT_EQ(stats["transportId"], "transport-1");
  for (const char* field :
       {"bytesReceived", "bytesSent", "rtpBytesReceived", "rtpBytesSent", "recvBitrate"}) {
    EXPECT_EQ(stats[field], 0) << field;
  }
  for (const auto& [reason, count] : stats["packetsDropped"].items()) EXPECT_EQ(count, 0) << reason;
}

TEST_F(TransportMethodsTest, TheIncomingBitrateIsLimitedUntilZero) {
  Create(json::array({LoopbackListenInfo()}));
  json id = {{"transportId", "transport-1"}};
  client_.Call("transport.setMaxIncomingBitrate", {{"transportId", "transport-1"}, {"bitrate", 1'500'000}});
  EXPECT_EQ(client_.Call("transport.dump", id)["maxIncomingBitrate"], 1'500'000);
  EXPECT_EQ(client_.Call("transport.getStats", id)["stats"][0]["maxIncomingBitrate"], 1'500'000);
  client_.Call("transport.setMaxIncomingBitrate", {{"transportId", "transport-1"}, {"bitrate", 0}});
  EXPECT_FALSE(client_.Call("transport.dump", id).contains("maxIncomingBitrate"));
}

}  // namespace
}  // namespace sluice::api
