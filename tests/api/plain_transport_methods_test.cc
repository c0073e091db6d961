// plainTransport.* with real sockets on loopback.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "api/base64.h"
#include "rtp/packet_view.h"
#include "tests/api/control_client.h"
#include "tests/api/own_network.h"
#include "tests/api/udp_peer.h"
#include "transports/srtp/srtp_profile.h"

namespace sluice::api {
namespace {

using nlohmann::json;
using ::testing::ElementsAre;
using ::testing::IsEmpty;
using transports::SrtpProfile;

constexpr Ssrc kSsrc(1111);
constexpr uint8_t kOpus = 100;

bool IsFree(uint16_t port) {
  return worker::UdpSocket::Bind({.address = transports::IpAddress::V4({127, 0, 0, 1}), .port = port}).ok();
}

uint16_t FreePort() { return UdpPeer().port(); }

json SrtpParametersOf(SrtpProfile profile, uint8_t fill) {
  std::vector<uint8_t> key(transports::SrtpKeyAndSaltLength(profile), fill);
  return {{"cryptoSuite", transports::SrtpProfileName(profile)}, {"keyBase64", EncodeBase64(key)}};
}

std::vector<uint8_t> KeyIn(const json& srtp_parameters) {
  return DecodeBase64(srtp_parameters["keyBase64"].get<std::string>()).value();
}

// A router with plain transports.
class PlainRoom {
 public:
  PlainRoom() {
    client_.Call("router.create",
                 {{"routerId", "router-1"}, {"mediaCodecs", ChromiumFixture("mediaCodecs")}});
  }

  json Create(const std::string& id, const json& more = json::object()) {
    return client_.CreatePlainTransport(id, more);
  }
  Refusal CreateRefused(const json& more) {
    json params = {
        {"routerId", "router-1"}, {"transportId", "refused"}, {"listenInfo", LoopbackListenInfo()}};
    params.update(more);
    return client_.Refused("plainTransport.create", params);
  }
  json Connect(const std::string& id, const json& more = json::object()) {
    json params = {{"transportId", id}};
    params.update(more);
    return client_.Call("plainTransport.connect", params);
  }
  Refusal ConnectRefused(const std::string& id, const json& more = json::object()) {
    json params = {{"transportId", id}};
    params.update(more);
    return client_.Refused("plainTransport.connect", params);
  }
  json Dump(const std::string& id) { return client_.Call("transport.dump", {{"transportId", id}}); }
  json Stats(const std::string& id) {
    return client_.Call("transport.getStats", {{"transportId", id}})["stats"][0];
  }
  void Produce(const std::string& transport, const std::string& id, Ssrc ssrc = kSsrc) {
    client_.Call(
        "producer.create",
        {{"transportId", transport},
         {"producerId", id},
         {"kind", "audio"},
         {"rtpParameters",
          {{"codecs",
            {{{"mimeType", "audio/opus"}, {"payloadType", kOpus}, {"clockRate", 48000}, {"channels", 2}}}},
           {"encodings", {{{"ssrc", ssrc.value()}}}}}}});
  }
  // Answers the SSRC that the consumer sends with.
  Ssrc Consume(const std::string& transport, const std::string& producer) {
    json consumer =
        client_.Call("consumer.create", {{"transportId", transport},
                                         {"producerId", producer},
                                         {"rtpCapabilities", ChromiumFixture("clientRtpCapabilities")}});
    return Ssrc(consumer["rtpParameters"]["encodings"][0]["ssrc"].get<uint32_t>());
  }
  // Sends RTP until it comes out at the other end as a packet of `ssrc`.
  void ExpectForwarding(UdpPeer& sender, uint16_t to, UdpPeer& receiver, Ssrc ssrc) {
    for (uint16_t sequence_number = 1; sequence_number <= 20; ++sequence_number) {
      sender.SendRtp(Loopback(to), RtpPacket(kSsrc, sequence_number, kOpus));
    }
    std::optional<std::vector<uint8_t>> packet = receiver.ReceiveRtp();
    ASSERT_TRUE(packet);
    std::optional<rtp::PacketView> view = rtp::PacketView::Parse(*packet);
    ASSERT_TRUE(view);
    EXPECT_EQ(view->ssrc(), ssrc);
    EXPECT_EQ(view->payload().size(), 5u);
  }
  // Waits until the workers have done all that they were told.
  void Settle() { client_.Call("worker.dump"); }

  ControlClient& client() { return client_; }

 protected:
  ControlClient client_{/*workers=*/2};
};

class PlainTransportMethodsTest : public PlainRoom, public ::testing::Test {};

uint16_t PortOf(const json& transport) { return transport["tuple"]["localPort"]; }

TEST_F(PlainTransportMethodsTest, ByDefaultOneSocketTakesRtpAndRtcp) {
  json created = Create("a");
  EXPECT_EQ(created["rtcpMux"], true);
  EXPECT_EQ(created["comedia"], false);
  EXPECT_EQ(created["tuple"]["localAddress"], "127.0.0.1");
  EXPECT_EQ(created["tuple"]["localIp"], "127.0.0.1");
  EXPECT_EQ(created["tuple"]["protocol"], "udp");
  EXPECT_FALSE(created["tuple"].contains("remoteIp"));
  EXPECT_FALSE(created.contains("rtcpTuple"));
  EXPECT_FALSE(created.contains("srtpParameters"));
  EXPECT_FALSE(IsFree(PortOf(created)));

  json dump = Dump("a");
  EXPECT_EQ(dump["type"], "plain");
  EXPECT_EQ(dump["direct"], false);
  EXPECT_EQ(dump["tuple"], created["tuple"]);
  json stats = Stats("a");
  EXPECT_EQ(stats["type"], "plain-rtp-transport");
  EXPECT_EQ(stats["tuple"], created["tuple"]);
  EXPECT_EQ(stats["rtcpMux"], true);
}

TEST_F(PlainTransportMethodsTest, RtcpMayHaveASocketOfItsOwn) {
  uint16_t port = FreePort();
  json created = Create("a", {{"rtcpListenInfo", LoopbackListenInfo({{"port", port}})}});
  EXPECT_EQ(created["rtcpMux"], false);
  EXPECT_EQ(created["rtcpTuple"]["localPort"], port);
  json other =
      Create("b", {{"rtcpMux", false}, {"listenInfo", LoopbackListenInfo({{"announcedIp", "9.9.9.9"}})}});
  EXPECT_EQ(other["tuple"]["localAddress"], "9.9.9.9");
  EXPECT_EQ(other["rtcpTuple"]["localAddress"], "9.9.9.9");
  EXPECT_NE(other["rtcpTuple"]["localPort"], other["tuple"]["localPort"]);

  client_.Call("transport.close", {{"transportId", "a"}});
  Settle();
  EXPECT_TRUE(IsFree(port));
  EXPECT_TRUE(IsFree(PortOf(created)));
}

TEST_F(PlainTransportMethodsTest, ListeningEverywhereNeedsNothingToAnnounce) {
  EXPECT_EQ(Create("a", {{"listenInfo", LoopbackListenInfo({{"ip", "0.0.0.0"}})}})["tuple"]["localAddress"],
            "0.0.0.0");
}

TEST_F(PlainTransportMethodsTest, WhatCannotBeBoundIsToldAndLeavesNothingBehind) {
  UdpPeer taken;
  uint16_t free = FreePort();
  json free_info = LoopbackListenInfo({{"port", free}});
  json taken_info = LoopbackListenInfo({{"port", taken.port()}});
  EXPECT_EQ(CreateRefused({{"listenInfo", taken_info}}),
            (Refusal{"resource_unavailable", "params.listenInfo.port"}));
  EXPECT_EQ(CreateRefused({{"listenInfo", free_info}, {"rtcpListenInfo", taken_info}}),
            (Refusal{"resource_unavailable", "params.rtcpListenInfo.port"}));
  EXPECT_EQ(CreateRefused({{"listenInfo", free_info}, {"rtcpListenInfo", free_info}}),
            (Refusal{"resource_unavailable", "params.rtcpListenInfo.port"}));
  EXPECT_EQ(CreateRefused({{"listenInfo", LoopbackListenInfo({{"ip", "203.0.113.1"}})}}),
            (Refusal{"resource_unavailable", "params.listenInfo.ip"}));
  EXPECT_EQ(
      CreateRefused({{"listenInfo", LoopbackListenInfo({{"portRange", {{"min", 4000}, {"max", 3000}}}})}}),
      (Refusal{"invalid_value", "params.listenInfo.portRange"}));
  EXPECT_EQ(CreateRefused({{"listenInfo", free_info}, {"rtcpMux", false}}),
            (Refusal{"missing_field", "params.rtcpListenInfo"}));
  EXPECT_TRUE(IsFree(free));
  json dump = client_.Call("worker.dump");
  for (const json& worker : dump["workers"]) EXPECT_EQ(worker["transports"], 0);
  EXPECT_THAT(client_.Call("router.dump", {{"routerId", "router-1"}})["transportIds"], IsEmpty());
}

TEST_F(PlainTransportMethodsTest, ConnectSaysWhereThePeerIs) {
  Create("a");
  json connected = Connect("a", {{"ip", "192.0.2.1"}, {"port", 5004}});
  EXPECT_EQ(connected["tuple"]["remoteIp"], "192.0.2.1");
  EXPECT_EQ(connected["tuple"]["remotePort"], 5004);
  EXPECT_EQ(Dump("a")["tuple"], connected["tuple"]);
  EXPECT_EQ(Stats("a")["tuple"], connected["tuple"]);
  EXPECT_EQ(ConnectRefused("a", {{"ip", "192.0.2.1"}, {"port", 5004}}).reason, "invalid_state");

  Create("b", {{"rtcpMux", false}});
  json apart = Connect("b", {{"ip", "192.0.2.1"}, {"port", 5004}, {"rtcpPort", 5005}});
  EXPECT_EQ(apart["rtcpTuple"]["remotePort"], 5005);
  EXPECT_EQ(Stats("b")["rtcpTuple"], apart["rtcpTuple"]);
  EXPECT_EQ(Dump("b")["rtcpTuple"], apart["rtcpTuple"]);
}

TEST_F(PlainTransportMethodsTest, WhatConnectNeedsDependsOnTheTransport) {
  Create("mux");
  EXPECT_EQ(ConnectRefused("mux"), (Refusal{"missing_field", "params.ip"}));
  EXPECT_EQ(ConnectRefused("mux", {{"ip", "127.0.0.1"}}), (Refusal{"missing_field", "params.port"}));
  json remote = {{"ip", "127.0.0.1"}, {"port", 5004}};
  json with_rtcp = {{"ip", "127.0.0.1"}, {"port", 5004}, {"rtcpPort", 5005}};
  EXPECT_EQ(ConnectRefused("mux", with_rtcp), (Refusal{"exclusive_fields", "params.rtcpPort"}));
  EXPECT_EQ(ConnectRefused("mux", {{"ip", "localhost"}, {"port", 5004}}),
            (Refusal{"invalid_value", "params.ip"}));
  EXPECT_EQ(ConnectRefused("mux", {{"ip", "0.0.0.0"}, {"port", 5004}}),
            (Refusal{"invalid_value", "params.ip"}));
  EXPECT_EQ(ConnectRefused("mux", {{"ip", "::1"}, {"port", 5004}}), (Refusal{"invalid_value", "params.ip"}));
  EXPECT_EQ(ConnectRefused("mux", {{"ip", "127.0.0.1"},
                                   {"port", 5004},
                                   {"srtpParameters", SrtpParametersOf(SrtpProfile::kAeadAes128Gcm, 1)}}),
            (Refusal{"exclusive_fields", "params.srtpParameters"}));
  Create("apart", {{"rtcpMux", false}});
  EXPECT_EQ(ConnectRefused("apart", remote), (Refusal{"missing_field", "params.rtcpPort"}));
  Create("comedia", {{"comedia", true}});
  for (const char* field : {"port", "rtcpPort"}) {
    EXPECT_EQ(ConnectRefused("comedia", {{field, 5004}}),
              (Refusal{"exclusive_fields", std::string("params.") + field}));
  }
  Create("srtp", {{"enableSrtp", true}});
  EXPECT_EQ(ConnectRefused("srtp", remote), (Refusal{"missing_field", "params.srtpParameters"}));

  // None of it has changed anything.
  Connect("mux", remote);
  Connect("apart", with_rtcp);
  Connect("comedia");
}

TEST_F(PlainTransportMethodsTest, KeysMustFitTheirSuite) {
  Create("a", {{"enableSrtp", true}});
  json params = {{"ip", "127.0.0.1"}, {"port", 5004}};
  params["srtpParameters"] = SrtpParametersOf(SrtpProfile::kAeadAes256Gcm, 1);
  params["srtpParameters"]["cryptoSuite"] = "AEAD_AES_128_GCM";
  EXPECT_EQ(ConnectRefused("a", params), (Refusal{"invalid_value", "params.srtpParameters.keyBase64"}));
  params["srtpParameters"]["keyBase64"] = "not base64";
  EXPECT_EQ(ConnectRefused("a", params), (Refusal{"invalid_value", "params.srtpParameters.keyBase64"}));
  params["srtpParameters"]["cryptoSuite"] = "AEAD_AES_512";
  EXPECT_EQ(ConnectRefused("a", params), (Refusal{"invalid_value", "params.srtpParameters.cryptoSuite"}));
  params["srtpParameters"] = SrtpParametersOf(SrtpProfile::kAesCm128HmacSha1_80, 1);
  Connect("a", params);
}

TEST_F(PlainTransportMethodsTest, AnotherSuiteOfThePeerBecomesOurs) {
  json created = Create("a", {{"enableSrtp", true}});
  EXPECT_EQ(created["srtpParameters"]["cryptoSuite"], "AES_CM_128_HMAC_SHA1_80");
  EXPECT_EQ(KeyIn(created["srtpParameters"]).size(), 30u);
  json connected = Connect("a", {{"ip", "127.0.0.1"},
                                 {"port", 5004},
                                 {"srtpParameters", SrtpParametersOf(SrtpProfile::kAeadAes256Gcm, 1)}});
  EXPECT_EQ(connected["srtpParameters"]["cryptoSuite"], "AEAD_AES_256_GCM");
  EXPECT_EQ(KeyIn(connected["srtpParameters"]).size(), 44u);
  EXPECT_EQ(Dump("a")["srtpParameters"], connected["srtpParameters"]);

  created = Create("b", {{"enableSrtp", true}, {"srtpCryptoSuite", "AEAD_AES_128_GCM"}});
  connected = Connect("b", {{"ip", "127.0.0.1"},
                            {"port", 5004},
                            {"srtpParameters", SrtpParametersOf(SrtpProfile::kAeadAes128Gcm, 1)}});
  EXPECT_EQ(connected["srtpParameters"], created["srtpParameters"]);
}

TEST_F(PlainTransportMethodsTest, PacketsGoFromAPeerToAPeer) {
  UdpPeer sender, receiver;
  uint16_t in = PortOf(Create("in"));
  Create("out");
  Connect("in", {{"ip", "127.0.0.1"}, {"port", sender.port()}});
  Connect("out", {{"ip", "127.0.0.1"}, {"port", receiver.port()}});
  Produce("in", "producer-1");
  Ssrc ssrc = Consume("out", "producer-1");
  Settle();
  ExpectForwarding(sender, in, receiver, ssrc);

  UdpPeer stranger;
  stranger.SendRtp(Loopback(in), RtpPacket(kSsrc, 100, kOpus));
  client_.AskUntil([&] { return Stats("in")["packetsDropped"]["unknownRemote"] == 1; });
  EXPECT_GT(Stats("in")["rtpBytesReceived"], 0);
  EXPECT_GT(Stats("out")["rtpBytesSent"], 0);
}

TEST_F(PlainTransportMethodsTest, ReportsGoWhereRtcpIs) {
  UdpPeer sender, reports;
  uint16_t in = PortOf(Create("in", {{"rtcpMux", false}}));
  Connect("in", {{"ip", "127.0.0.1"}, {"port", sender.port()}, {"rtcpPort", reports.port()}});
  Produce("in", "producer-1");
  Settle();
  sender.SendRtp(Loopback(in), RtpPacket(kSsrc, 1, kOpus));
  std::optional<std::vector<uint8_t>> report = reports.Receive();
  ASSERT_TRUE(report);
  EXPECT_TRUE(rtp::LooksLikeRtcp(*report));
}

TEST_F(PlainTransportMethodsTest, ComediaTellsWhomItHasLearnt) {
  UdpPeer sender, receiver;
  uint16_t in = PortOf(Create("in", {{"comedia", true}}));
  Create("out");
  Connect("out", {{"ip", "127.0.0.1"}, {"port", receiver.port()}});
  Produce("in", "producer-1");
  Ssrc ssrc = Consume("out", "producer-1");
  Settle();
  ExpectForwarding(sender, in, receiver, ssrc);
  json tuple;
  ASSERT_TRUE(client_.RunUntil([&] {
    for (const json& told : client_.notifications()) tuple = told["params"].value("tuple", tuple);
    return !tuple.is_null();
  }));
  EXPECT_THAT(client_.TakeNotifications(), ElementsAre("plainTransport.tuple in"));
  EXPECT_EQ(tuple["remotePort"], sender.port());
  EXPECT_EQ(Dump("in")["tuple"], tuple);
  EXPECT_EQ(Stats("in")["tuple"], tuple);
}

TEST_F(PlainTransportMethodsTest, ComediaLearnsRtcpsSocketApart) {
  UdpPeer sender;
  json created = Create("in", {{"comedia", true}, {"rtcpMux", false}});
  Produce("in", "producer-1");
  Settle();
  std::vector<uint8_t> report = {0x80, 201, 0, 1, 0, 0, 0, 1};
  sender.SendRtcp(Loopback(created["rtcpTuple"]["localPort"]), report);
  client_.RunUntil([&] { return !client_.notifications().empty(); });
  EXPECT_THAT(client_.TakeNotifications(), ElementsAre("plainTransport.rtcpTuple in"));
  json tuple = client_.notifications()[0]["params"]["rtcpTuple"];
  EXPECT_EQ(tuple["remotePort"], sender.port());
  EXPECT_EQ(Dump("in")["rtcpTuple"], tuple);
  EXPECT_FALSE(Dump("in")["tuple"].contains("remotePort"));
}

class PlainSrtpMethodsTest : public PlainTransportMethodsTest,
                             public ::testing::WithParamInterface<SrtpProfile> {
 protected:
  // Connects with keys of our choice, and lets the peer use them.
  void ConnectSrtp(const std::string& id, UdpPeer& peer, const json& where) {
    json ours = SrtpParametersOf(GetParam(), 7);
    json params = where;
    params["srtpParameters"] = ours;
    json theirs = Connect(id, params)["srtpParameters"];
    peer.StartSrtp({.profile = GetParam(), .local = KeyIn(ours), .remote = KeyIn(theirs)});
  }
};

TEST_P(PlainSrtpMethodsTest, ProtectedPacketsGoFromAPeerToAPeer) {
  UdpPeer sender, receiver;
  json srtp = {{"enableSrtp", true}, {"srtpCryptoSuite", transports::SrtpProfileName(GetParam())}};
  json comedia = srtp;
  comedia["comedia"] = true;
  uint16_t in = PortOf(Create("in", comedia));
  Create("out", srtp);
  ConnectSrtp("in", sender, json::object());
  ConnectSrtp("out", receiver, {{"ip", "127.0.0.1"}, {"port", receiver.port()}});
  Produce("in", "producer-1");
  Ssrc ssrc = Consume("out", "producer-1");
  Settle();
  UdpPeer stranger;
  stranger.SendRtp(Loopback(in), RtpPacket(kSsrc, 100, kOpus));
  ExpectForwarding(sender, in, receiver, ssrc);
  EXPECT_EQ(Stats("in")["packetsDropped"]["srtpAuthentication"].get<int>() +
                Stats("in")["packetsDropped"]["srtpMalformed"].get<int>(),
            1);
  EXPECT_EQ(Dump("in")["tuple"]["remotePort"], sender.port());
}

INSTANTIATE_TEST_SUITE_P(AllProfiles, PlainSrtpMethodsTest, ::testing::ValuesIn(transports::kAllSrtpProfiles),
                         [](const auto& test) { return std::string(SrtpProfileName(test.param)); });

// A group of the addresses that are for documentation (RFC 6676). All of its traffic stays in the namespace.
TEST(PlainTransportMulticastTest, AGroupIsSentToAndListenedTo) {
  OwnNetwork network;
  if (!network.ok()) GTEST_SKIP() << "no network namespace to be had";
  PlainRoom room;
  UdpPeer sender;
  uint16_t port = FreePort();
  json group =
      LoopbackListenInfo({{"ip", "233.252.0.1"}, {"port", port}, {"flags", {{"udpReusePort", true}}}});
  for (const char* id : {"member-1", "member-2"}) {
    room.Create(id, {{"comedia", true}, {"listenInfo", group}});
  }
  uint16_t in = PortOf(room.Create("in", {{"comedia", true}}));
  room.Create("out");
  room.Connect("out", {{"ip", "233.252.0.1"}, {"port", port}});
  room.Produce("in", "producer-1");
  Ssrc ssrc = room.Consume("out", "producer-1");
  for (const char* id : {"member-1", "member-2"}) room.Produce(id, std::string("of-") + id, ssrc);
  room.Settle();
  sender.SendRtp(Loopback(in), RtpPacket(kSsrc, 1, kOpus));
  for (const char* id : {"member-1", "member-2"}) {
    room.client().AskUntil([&] { return room.Stats(id)["rtpBytesReceived"] > 0; });
  }
}

}  // namespace
}  // namespace sluice::api
