// pipeTransport.* and what goes through it, with two processes' worth of routers over UDP on loopback.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <optional>
#include <set>
#include <string>
#include <vector>

#include "api/base64.h"
#include "rtp/packet_view.h"
#include "tests/api/control_client.h"
#include "tests/api/udp_peer.h"

namespace sluice::api {
namespace {

using nlohmann::json;
using ::testing::Contains;
using ::testing::Not;

std::vector<std::string> UrisOf(const json& rtp_parameters) {
  std::vector<std::string> uris;
  for (const json& extension : rtp_parameters["headerExtensions"]) uris.push_back(extension["uri"]);
  return uris;
}

uint16_t PortOf(const json& transport) { return transport["tuple"]["localPort"]; }

// A control plane of its own with one router: one end.
class End {
 public:
  explicit End(const json& pipe_options) {
    client_.Call("router.create",
                 {{"routerId", "router-1"}, {"mediaCodecs", ChromiumFixture("mediaCodecs")}});
    pipe_ = client_.CreatePipeTransport("pipe", pipe_options);
  }
  ControlClient& client() { return client_; }
  const json& pipe() const { return pipe_; }

  void ConnectTo(const End& other) {
    json params = {{"transportId", "pipe"}, {"ip", "127.0.0.1"}, {"port", PortOf(other.pipe())}};
    if (other.pipe().contains("srtpParameters")) params["srtpParameters"] = other.pipe()["srtpParameters"];
    client_.Call("pipeTransport.connect", params);
  }
  json Produce(const std::string& transport, const json& kind, const json& rtp_parameters) {
    return client_.Call("producer.create", {{"transportId", transport},
                                            {"producerId", "producer-1"},
                                            {"kind", kind},
                                            {"rtpParameters", rtp_parameters}});
  }
  json PipeConsume() {
    return client_.Call("consumer.create",
                        {{"transportId", "pipe"}, {"producerId", "producer-1"}, {"consumerId", "piped"}});
  }
  void Settle() { client_.Call("worker.dump"); }

 private:
  ControlClient client_{/*workers=*/2};
  json pipe_;
};

TEST(PipeTransportMethodsTest, APipeConsumerTakesAllEncodingsAndNothingOfOneHop) {
  End end(json::object());
  end.client().CreateTransport("up");
  end.Produce("up", "video", ChromiumCase("VP8 simulcast by RID")["rtpParameters"]);
  json consumer = end.PipeConsume();
  EXPECT_EQ(consumer["type"], "pipe");
  const json& parameters = consumer["rtpParameters"];
  EXPECT_FALSE(parameters.contains("mid"));
  const size_t encodings = ChromiumCase("VP8 simulcast by RID")["rtpParameters"]["encodings"].size();
  ASSERT_GT(encodings, 1u);
  ASSERT_EQ(parameters["encodings"].size(), encodings);
  for (size_t i = 0; i < encodings; ++i) {
    EXPECT_EQ(parameters["encodings"][i]["ssrc"],
              parameters["encodings"][0]["ssrc"].get<uint32_t>() + static_cast<uint32_t>(i));
    EXPECT_FALSE(parameters["encodings"][i].contains("rtx"));
    EXPECT_FALSE(parameters["encodings"][i].contains("rid"));
  }
  ASSERT_EQ(parameters["codecs"].size(), 1u);
  json feedback = {{{"type", "nack"}, {"parameter", "pli"}}, {{"type", "ccm"}, {"parameter", "fir"}}};
  EXPECT_EQ(parameters["codecs"][0]["rtcpFeedback"], feedback);
  EXPECT_THAT(UrisOf(parameters), Not(Contains("urn:ietf:params:rtp-hdrext:sdes:mid")));
  EXPECT_THAT(
      UrisOf(parameters),
      Contains("https://aomediacodec.github.io/av1-rtp-spec/#dependency-descriptor-rtp-header-extension"));
  EXPECT_EQ(end.client().Call("consumer.getStats", {{"consumerId", "piped"}})["stats"].size(), encodings);
  end.client().Call("consumer.pause", {{"consumerId", "piped"}});
  end.client().Call("consumer.resume", {{"consumerId", "piped"}});
  end.client().Call("consumer.requestKeyFrame", {{"consumerId", "piped"}});
  EXPECT_EQ(end.client().Call("consumer.dump", {{"consumerId", "piped"}})["type"], "pipe");
  end.client().Call("consumer.setWantedLayers",
                    {{"consumerId", "piped"},
                     {"wantedLayers",
                      {{"spatialLayer", 1},
                       {"temporalLayer", 0},
                       {"encodings", {{{"encodingIdx", 1}, {"wanted", true}, {"temporalLayer", 0}}}}}}});
  end.client().Call("consumer.close", {{"consumerId", "piped"}});
  end.Settle();
  json workers = end.client().Call("worker.dump")["workers"];
  EXPECT_EQ(workers[0]["consumers"].get<int>() + workers[1]["consumers"].get<int>(), 0);
}

TEST(PipeTransportMethodsTest, WithRtxLossesAreRepairedOnTheWay) {
  End end({{"enableRtx", true}});
  EXPECT_EQ(end.pipe()["rtx"], true);
  end.client().CreateTransport("up");
  end.Produce("up", "video", ChromiumCase("VP8 simulcast by RID")["rtpParameters"]);
  const json parameters = end.PipeConsume()["rtpParameters"];
  ASSERT_EQ(parameters["codecs"].size(), 2u);
  EXPECT_EQ(parameters["codecs"][1]["mimeType"], "video/rtx");
  EXPECT_EQ(parameters["codecs"][0]["rtcpFeedback"].size(), 3u);
  std::set<uint32_t> ssrcs;
  for (const json& encoding : parameters["encodings"]) {
    ssrcs.insert(encoding["ssrc"].get<uint32_t>());
    ssrcs.insert(encoding["rtx"]["ssrc"].get<uint32_t>());
  }
  EXPECT_EQ(ssrcs.size(), 2 * parameters["encodings"].size());
}

TEST(PipeTransportMethodsTest, ProducersOfAPipeKeepTheirCname) {
  End end(json::object());
  json parameters = ChromiumCase("opus")["rtpParameters"];
  for (const char* name : {"alice", "bob"}) {
    parameters["mid"] = name;
    parameters["encodings"][0]["ssrc"] = parameters["encodings"][0]["ssrc"].get<uint32_t>() + 1;
    parameters["rtcp"]["cname"] = name;
    json produced = end.client().Call(
        "producer.create", {{"transportId", "pipe"}, {"kind", "audio"}, {"rtpParameters", parameters}});
    EXPECT_EQ(produced["rtpParameters"]["rtcp"]["cname"], name);
  }
}

TEST(PipeTransportMethodsTest, ConnectTakesTheOneSuiteOfPipes) {
  End end({{"enableSrtp", true}});
  json params = {{"transportId", "pipe"}, {"ip", "127.0.0.1"}, {"port", 5004}};
  EXPECT_EQ(end.client().Refused("pipeTransport.connect", params),
            (Refusal{"missing_field", "params.srtpParameters"}));
  params["srtpParameters"] = end.pipe()["srtpParameters"];
  EXPECT_EQ(params["srtpParameters"]["cryptoSuite"], "AEAD_AES_256_GCM");
  params["srtpParameters"]["keyBase64"] = "AAAA";
  EXPECT_EQ(end.client().Refused("pipeTransport.connect", params),
            (Refusal{"invalid_value", "params.srtpParameters.keyBase64"}));
  params["srtpParameters"] = {{"cryptoSuite", "AEAD_AES_128_GCM"},
                              {"keyBase64", EncodeBase64(std::vector<uint8_t>(28))}};
  EXPECT_EQ(end.client().Refused("pipeTransport.connect", params),
            (Refusal{"invalid_value", "params.srtpParameters.cryptoSuite"}));
  params["srtpParameters"] = end.pipe()["srtpParameters"];
  end.client().Call("pipeTransport.connect", params);
  EXPECT_EQ(end.client().Refused("pipeTransport.connect", params).reason, "invalid_state");
}

class PipedMediaTest : public ::testing::TestWithParam<bool> {};
INSTANTIATE_TEST_SUITE_P(WithAndWithoutSrtp, PipedMediaTest, ::testing::Bool());

TEST_P(PipedMediaTest, MediaGoesThroughAPipeToAnotherProcess) {
  constexpr Ssrc kSsrc(1111);
  constexpr uint8_t kOpus = 111;
  json options = {{"enableSrtp", GetParam()}};
  End near(options), far(options);
  near.ConnectTo(far);
  far.ConnectTo(near);
  UdpPeer sender, receiver;
  const uint16_t in = PortOf(near.client().CreatePlainTransport("in", {{"comedia", true}}));
  far.client().CreatePlainTransport("out");
  far.client().Call("plainTransport.connect",
                    {{"transportId", "out"}, {"ip", "127.0.0.1"}, {"port", receiver.port()}});
  near.Produce(
      "in", "audio",
      {{"codecs",
        {{{"mimeType", "audio/opus"}, {"payloadType", kOpus}, {"clockRate", 48000}, {"channels", 2}}}},
       {"encodings", {{{"ssrc", kSsrc.value()}}}}});
  const json piped = near.PipeConsume();
  far.Produce("pipe", piped["kind"], piped["rtpParameters"]);
  json consumer =
      far.client().Call("consumer.create", {{"transportId", "out"},
                                            {"producerId", "producer-1"},
                                            {"rtpCapabilities", ChromiumFixture("clientRtpCapabilities")}});
  near.Settle();
  far.Settle();
  for (uint16_t number = 1; number <= 20; ++number) {
    sender.SendRtp(Loopback(in), RtpPacket(kSsrc, number, kOpus));
  }
  std::optional<std::vector<uint8_t>> packet = receiver.ReceiveRtp();
  ASSERT_TRUE(packet);
  EXPECT_EQ(rtp::PacketView::Parse(*packet)->ssrc().value(),
            consumer["rtpParameters"]["encodings"][0]["ssrc"].get<uint32_t>());
  json stats = far.client().Call("transport.getStats", {{"transportId", "pipe"}})["stats"][0];
  EXPECT_EQ(stats["type"], "pipe-transport");
  EXPECT_GT(stats["rtpBytesReceived"], 0);
}

// Two rooms of one process, on one worker or on several.
class LocalPipeTest : public ::testing::TestWithParam<uint32_t> {
 protected:
  LocalPipeTest() {
    for (const char* room : {"room-a", "room-b"}) {
      client_.Call("router.create", {{"routerId", room}, {"mediaCodecs", ChromiumFixture("mediaCodecs")}});
    }
    json ends = {{{"routerId", "room-a"}, {"transportId", "pipe-a"}},
                 {{"routerId", "room-b"}, {"transportId", "pipe-b"}}};
    created_ = client_.Call("pipeTransport.createPair", {{"ends", ends}, {"enableSctp", true}});
    client_.Call("plainTransport.create", {{"routerId", "room-a"},
                                           {"transportId", "in"},
                                           {"listenInfo", LoopbackListenInfo()},
                                           {"comedia", true}});
    client_.Call("plainTransport.create",
                 {{"routerId", "room-b"}, {"transportId", "out"}, {"listenInfo", LoopbackListenInfo()}});
  }
  json Produce(const char* transport, const json& kind, const json& rtp_parameters) {
    return client_.Call("producer.create", {{"transportId", transport},
                                            {"producerId", "voice"},
                                            {"kind", kind},
                                            {"rtpParameters", rtp_parameters}});
  }

  ControlClient client_{GetParam()};
  json created_;
};
INSTANTIATE_TEST_SUITE_P(Workers, LocalPipeTest, ::testing::Values(1, 2));

TEST_P(LocalPipeTest, PacketsCrossByReferenceAndTheCopyKeepsItsId) {
  constexpr Ssrc kSsrc(1111);
  constexpr uint8_t kOpus = 111;
  EXPECT_EQ(created_["transports"][0]["tuple"]["localPort"], 0);
  UdpPeer sender, receiver;
  client_.Call("plainTransport.connect",
               {{"transportId", "out"}, {"ip", "127.0.0.1"}, {"port", receiver.port()}});
  Produce("in", "audio",
          {{"codecs",
            {{{"mimeType", "audio/opus"}, {"payloadType", kOpus}, {"clockRate", 48000}, {"channels", 2}}}},
           {"encodings", {{{"ssrc", kSsrc.value()}}}}});
  const json piped = client_.Call("consumer.create", {{"transportId", "pipe-a"}, {"producerId", "voice"}});
  Produce("pipe-b", piped["kind"], piped["rtpParameters"]);
  json consumer =
      client_.Call("consumer.create", {{"transportId", "out"},
                                       {"producerId", "voice"},
                                       {"rtpCapabilities", ChromiumFixture("clientRtpCapabilities")}});
  client_.Call("worker.dump");
  const uint16_t in = PortOf(client_.Call("transport.dump", {{"transportId", "in"}}));
  for (uint16_t number = 1; number <= 20; ++number) {
    sender.SendRtp(Loopback(in), RtpPacket(kSsrc, number, kOpus));
  }
  std::optional<std::vector<uint8_t>> packet = receiver.ReceiveRtp();
  ASSERT_TRUE(packet);
  EXPECT_EQ(rtp::PacketView::Parse(*packet)->ssrc().value(),
            consumer["rtpParameters"]["encodings"][0]["ssrc"].get<uint32_t>());
  json stats = client_.Call("transport.getStats", {{"transportId", "pipe-b"}})["stats"][0];
  EXPECT_GT(stats["rtpBytesReceived"], 0);
  client_.Call("transport.close", {{"transportId", "pipe-b"}});
  sender.SendRtp(Loopback(in), RtpPacket(kSsrc, 21, kOpus));
  client_.Call("worker.dump");
}

TEST_P(LocalPipeTest, WhereTwoRoomsHaveAProducerOfOneIdItsRouterIsNeeded) {
  const json parameters = ChromiumCase("opus")["rtpParameters"];
  Produce("in", "audio", parameters);
  Produce("pipe-b", "audio", parameters);
  EXPECT_EQ(client_.Refused("producer.pause", {{"producerId", "voice"}}),
            (Refusal{"missing_field", "params.routerId"}));
  client_.Call("producer.pause", {{"producerId", "voice"}, {"routerId", "room-b"}});
  EXPECT_EQ(client_.Call("producer.dump", {{"producerId", "voice"}, {"routerId", "room-b"}})["paused"], true);
  EXPECT_EQ(client_.Call("producer.dump", {{"producerId", "voice"}, {"routerId", "room-a"}})["paused"],
            false);
  client_.Call("transport.close", {{"transportId", "pipe-b"}});
  client_.Call("producer.close", {{"producerId", "voice"}});
}

}  // namespace
}  // namespace sluice::api
