// transport.startCapture and stopCapture, on transports of all kinds.
#include "api/captures.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <string>
#include <vector>

#include "api/base64.h"
#include "tests/api/control_client.h"
#include "tests/api/udp_peer.h"
#include "tests/sim/pcapng_reader.h"

namespace sluice::api {
namespace {

using nlohmann::json;

constexpr Ssrc kAudio{0x12345678};  // producer-direct
constexpr uint8_t kOpus = 111;

class CapturesTest : public ::testing::Test {
 protected:
  explicit CapturesTest(const ProcessLimits& limits = {}) : client_(/*workers=*/2, limits) {
    client_.Call("router.create",
                 {{"routerId", "router-1"}, {"mediaCodecs", ChromiumFixture("mediaCodecs")}});
    client_.CreateDirectObjects();
  }

  json Start(const std::string& transport, const std::string& file, json more = json::object()) {
    more.update({{"transportId", transport}, {"fileName", file}});
    return client_.Call("transport.startCapture", more);
  }
  json Stop(const std::string& transport) {
    return client_.Call("transport.stopCapture", {{"transportId", transport}});
  }
  Refusal StartRefused(const json& more) {
    json params = {{"transportId", "direct-1"}};
    params.update(more);
    return client_.Refused("transport.startCapture", params);
  }
  void SendRtp(uint16_t sequence) {
    client_.Answer(json{
        {"jsonrpc", "2.0"},
        {"method", "producer.send"},
        {"params",
         {{"producerId", "producer-direct"}, {"payload", EncodeBase64(RtpPacket(kAudio, sequence, kOpus))}}}}
                       .dump());
  }
  std::string PathOf(const std::string& file) const { return client_.capture_directory() + "/" + file; }
  std::vector<sim::PcapngPacket> Read(const std::string& file) const {
    std::optional<sim::PcapngFile> read = sim::ReadPcapngFile(PathOf(file));
    EXPECT_TRUE(read) << file;
    return read ? read->packets : std::vector<sim::PcapngPacket>();
  }
  // The reason of the last capture that ended.
  std::string AwaitEnd() {
    const json* end = nullptr;
    client_.RunUntil([&] {
      for (const json& notification : client_.notifications()) {
        if (notification["method"] == "transport.captureEnd") end = &notification["params"];
      }
      return end != nullptr;
    });
    return end ? (*end)["reason"].get<std::string>() : "";
  }

  ControlClient client_;
};

TEST_F(CapturesTest, ADirectTransportsPacketsAreInTheFileAndTheAnswerTellsOfIt) {
  EXPECT_EQ(Start("direct-1", "direct.pcapng"), (json{{"fileName", "direct.pcapng"}}));
  for (uint16_t i = 0; i < 5; ++i) SendRtp(i);
  json end = Stop("direct-1");
  EXPECT_EQ(end["fileName"], "direct.pcapng");
  EXPECT_EQ(end["reason"], "stopped");
  EXPECT_EQ(end["packetsDropped"], 0);
  EXPECT_EQ(end["bytes"], std::filesystem::file_size(PathOf("direct.pcapng")));
  std::vector<sim::PcapngPacket> packets = Read("direct.pcapng");
  EXPECT_EQ(end["packets"], packets.size());
  std::vector<uint16_t> numbers;
  for (const sim::PcapngPacket& packet : packets) {
    if (packet.incoming && packet.to == "192.0.2.1:5004") numbers.push_back(LoadU16(&packet.payload[2]));
  }
  EXPECT_THAT(numbers, ::testing::ElementsAre(0, 1, 2, 3, 4));
  EXPECT_EQ(AwaitEnd(), "stopped");
  EXPECT_EQ(client_.Refused("transport.stopCapture", {{"transportId", "direct-1"}}).reason, "invalid_state");
}

TEST_F(CapturesTest, APlainTransportsTupleIsThatOfThePackets) {
  json plain = client_.CreatePlainTransport("plain-1", {{"comedia", true}});
  client_.Call(
      "producer.create",
      {{"transportId", "plain-1"},
       {"producerId", "producer-plain"},
       {"kind", "audio"},
       {"rtpParameters",
        {{"codecs",
          {{{"mimeType", "audio/opus"}, {"payloadType", kOpus}, {"clockRate", 48000}, {"channels", 2}}}},
         {"encodings", {{{"ssrc", 1111}}}}}}});
  Start("plain-1", "plain.pcapng", {{"direction", "in"}, {"snapLength", 12}});
  UdpPeer peer;
  const uint16_t port = plain["tuple"]["localPort"];
  const std::vector<uint8_t> packet = RtpPacket(Ssrc(1111), 7, kOpus);
  client_.AskUntil([&] {
    peer.SendRtp(Loopback(port), packet);
    return client_.Call("transport.getStats", {{"transportId", "plain-1"}})["stats"][0]["rtpBytesReceived"] >
           0;
  });
  Stop("plain-1");
  std::vector<sim::PcapngPacket> packets = Read("plain.pcapng");
  ASSERT_FALSE(packets.empty());
  EXPECT_EQ(packets[0].to, "127.0.0.1:" + std::to_string(port));
  EXPECT_EQ(packets[0].payload, std::vector<uint8_t>(packet.begin(), packet.begin() + 12));
  EXPECT_EQ(packets[0].payload_size, packet.size());
  for (const sim::PcapngPacket& each : packets) EXPECT_TRUE(each.incoming);
  // The first one told where the peer is.
  if (packets.size() > 1) EXPECT_EQ(packets[1].from, "127.0.0.1:" + std::to_string(peer.port()));
}

TEST_F(CapturesTest, BothEndsOfAPipeWithinTheProcessAndAWebRtcTransportCanBeCaptured) {
  client_.Call("router.create", {{"routerId", "router-2"}, {"mediaCodecs", ChromiumFixture("mediaCodecs")}});
  client_.Call("pipeTransport.createPair", {{"ends",
                                             {{{"routerId", "router-1"}, {"transportId", "end-1"}},
                                              {{"routerId", "router-2"}, {"transportId", "end-2"}}}}});
  json consumer =
      client_.Call("consumer.create",
                   {{"transportId", "end-1"}, {"consumerId", "piped"}, {"producerId", "producer-direct"}});
  client_.Call("producer.create", {{"transportId", "end-2"},
                                   {"producerId", "piped"},
                                   {"kind", "audio"},
                                   {"rtpParameters", consumer["rtpParameters"]}});
  client_.CreateTransport("webrtc-1");
  Start("end-1", "sent.pcapng", {{"direction", "out"}});
  Start("end-2", "received.pcapng", {{"direction", "in"}});
  Start("webrtc-1", "webrtc.pcapng");
  uint16_t sequence = 0;
  client_.AskUntil([&] {
    SendRtp(sequence++);
    return client_.Call("transport.getStats", {{"transportId", "end-2"}})["stats"][0]["rtpBytesReceived"] > 0;
  });
  Stop("end-1");
  Stop("end-2");
  EXPECT_EQ(Stop("webrtc-1")["packets"], 0);
  EXPECT_FALSE(Read("sent.pcapng").empty());
  ASSERT_FALSE(Read("received.pcapng").empty());
  EXPECT_EQ(Read("received.pcapng")[0].payload, Read("sent.pcapng")[0].payload);
}

TEST_F(CapturesTest, NoNameLeadsOutOfTheDirectory) {
  const std::string outside = client_.capture_directory() + "-outside";
  for (const char* name : {"../x", "/tmp/x", "a/b", ".", "..", ".hidden", "a\\b", "a b", "a\n", "\xc3\xa9"})
    EXPECT_EQ(StartRefused({{"fileName", name}}), (Refusal{"invalid_value", "params.fileName"})) << name;
  EXPECT_EQ(StartRefused({{"fileName", std::string("a\0b", 3)}}).reason, "invalid_value");
  ASSERT_EQ(symlink(outside.c_str(), PathOf("link").c_str()), 0);
  EXPECT_EQ(StartRefused({{"fileName", "link"}}), (Refusal{"resource_unavailable", "params.fileName"}));
  EXPECT_FALSE(std::filesystem::exists(outside));
  std::ofstream(PathOf("there")) << "already";
  EXPECT_EQ(StartRefused({{"fileName", "there"}}), (Refusal{"resource_unavailable", "params.fileName"}));
  EXPECT_EQ(std::filesystem::file_size(PathOf("there")), 7u);
}

TEST_F(CapturesTest, ANameIsMadeUpAndIsNewEachTime) {
  std::string first = client_.Call("transport.startCapture", {{"transportId", "direct-1"}})["fileName"];
  Stop("direct-1");
  std::string second = client_.Call("transport.startCapture", {{"transportId", "direct-1"}})["fileName"];
  EXPECT_NE(first, second);
  EXPECT_TRUE(Captures::IsFileName(first));
  EXPECT_TRUE(std::filesystem::exists(PathOf(second)));
}

TEST_F(CapturesTest, TheSizeEndsIt) {
  Start("direct-1", "small.pcapng", {{"maxBytes", 1024}});
  for (uint16_t i = 0; i < 100; ++i) SendRtp(i);
  EXPECT_EQ(AwaitEnd(), "size");
  EXPECT_LE(std::filesystem::file_size(PathOf("small.pcapng")), 1024u);
  Start("direct-1", "another.pcapng");
  EXPECT_EQ(Stop("direct-1")["reason"], "stopped");
}

TEST_F(CapturesTest, ItsTimeEndsIt) {
  Start("direct-1", "short.pcapng", {{"maxDuration", 1}});
  EXPECT_EQ(AwaitEnd(), "duration");
}

TEST_F(CapturesTest, TheTransportsEndEndsItAndItIsToldAfterwards) {
  Start("direct-1", "closed.pcapng");
  SendRtp(1);
  client_.Call("transport.close", {{"transportId", "direct-1"}});
  EXPECT_EQ(AwaitEnd(), "closed");
  EXPECT_EQ(Read("closed.pcapng").size(), 1u);
}

class FewCapturesTest : public CapturesTest {
 protected:
  FewCapturesTest()
      : CapturesTest({.captures = 1, .capture_bytes = 5000, .capture_duration = TimeDelta::Seconds(2)}) {}
};

TEST_F(FewCapturesTest, TheProcessHasLimits) {
  EXPECT_EQ(StartRefused({{"maxBytes", 5001}}), (Refusal{"invalid_value", "params.maxBytes"}));
  EXPECT_EQ(StartRefused({{"maxDuration", 2001}}), (Refusal{"invalid_value", "params.maxDuration"}));
  client_.CreatePlainTransport("plain-1");
  Start("plain-1", "one");
  EXPECT_EQ(StartRefused(json::object()), (Refusal{"resource_unavailable", ""}));
  EXPECT_FALSE(std::filesystem::exists(PathOf("two")));
  Stop("plain-1");
  Start("direct-1", "two");
  for (uint16_t i = 0; i < 200; ++i) SendRtp(i);
  EXPECT_EQ(AwaitEnd(), "stopped");  // Of the first; the second's default is the process's limit.
  client_.RunUntil([&] { return client_.notifications().back()["params"].value("reason", "") == "size"; });
  EXPECT_LE(std::filesystem::file_size(PathOf("two")), 5000u);
}

TEST(CapturesWithoutDirectoryTest, AreRefused) {
  ControlClient client(/*workers=*/1, {}, /*captures=*/false);
  client.Call("router.create", {{"routerId", "router-1"}, {"mediaCodecs", ChromiumFixture("mediaCodecs")}});
  client.CreateDirectObjects();
  EXPECT_EQ(client.Refused("transport.startCapture", {{"transportId", "direct-1"}}).reason, "unsupported");
}

TEST(CapturesDirectoryTest, MustBeThereAndBeOne) {
  EXPECT_FALSE(Captures::OpenDirectory("/nowhere/at/all").ok());
  EXPECT_FALSE(Captures::OpenDirectory("/proc/self/status").ok());
}

}  // namespace
}  // namespace sluice::api
