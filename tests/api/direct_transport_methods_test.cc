// directTransport.*, producer.send and dataProducer.send, and what comes back: the application as a peer.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "api/base64.h"
#include "rtp/packet_view.h"
#include "rtp/rtcp/block_view.h"
#include "rtp/rtcp/compound_reader.h"
#include "rtp/rtcp/compound_writer.h"
#include "rtp/rtcp/pli.h"
#include "tests/api/control_client.h"
#include "tests/api/udp_peer.h"

namespace sluice::api {
namespace {

using nlohmann::json;
using ::testing::ElementsAre;

constexpr Ssrc kAudio{0x12345678};  // producer-direct
constexpr Ssrc kVideo{4242};
constexpr uint8_t kOpus = 111;
constexpr uint8_t kVp8 = 96;

using Packet = std::vector<uint8_t>;

// router-1 with direct-1 and what is on it.
class DirectTransportTest : public ::testing::Test {
 protected:
  DirectTransportTest() {
    client_.Call("router.create",
                 {{"routerId", "router-1"}, {"mediaCodecs", ChromiumFixture("mediaCodecs")}});
    client_.CreateDirectObjects();
  }

  // Without an id: it is not answered.
  void Tell(const std::string& method, json params) {
    json request = {{"jsonrpc", "2.0"}, {"method", method}, {"params", std::move(params)}};
    EXPECT_EQ(client_.Answer(request.dump()), std::nullopt);
  }
  void SendRtp(const std::string& producer, const Packet& packet) {
    Tell("producer.send", {{"producerId", producer}, {"payload", EncodeBase64(packet)}});
  }
  void SendData(const std::string& text, json more = json::object()) {
    more.update({{"dataProducerId", "dataProducer-direct"},
                 {"ppid", 51},
                 {"payload", EncodeBase64(Packet(text.begin(), text.end()))}});
    Tell("dataProducer.send", more);
  }
  json CreateDirect(const std::string& id, json more = json::object()) {
    more.update({{"routerId", "router-1"}, {"transportId", id}});
    return client_.Call("directTransport.create", more);
  }
  json Consume(const std::string& transport, const std::string& id, const std::string& producer) {
    return client_.Call("consumer.create", {{"transportId", transport},
                                            {"consumerId", id},
                                            {"producerId", producer},
                                            {"rtpCapabilities", ChromiumFixture("clientRtpCapabilities")}});
  }
  void ProduceVideo(const std::string& transport, const std::string& id) {
    client_.Call("producer.create", {{"transportId", transport},
                                     {"producerId", id},
                                     {"kind", "video"},
                                     {"rtpParameters",
                                      {{"codecs",
                                        {{{"mimeType", "video/VP8"},
                                          {"payloadType", kVp8},
                                          {"clockRate", 90000},
                                          {"rtcpFeedback", {{{"type", "nack"}, {"parameter", "pli"}}}}}}},
                                       {"encodings", {{{"ssrc", kVideo.value()}}}}}}});
  }
  json Stats(const std::string& transport) {
    return client_.Call("transport.getStats", {{"transportId", transport}})["stats"][0];
  }
  json DataConsumerStats() {
    return client_.Call("dataConsumer.getStats", {{"dataConsumerId", "dataConsumer-direct"}})["stats"][0];
  }

  // What the workers have to tell each other on account of requests has been told.
  void Settle() {
    for (int i = 0; i < 2; ++i) client_.Call("worker.dump");
  }

  // The payloads of all notifications of `method` so far.
  std::vector<Packet> Payloads(const std::string& method) const {
    std::vector<Packet> payloads;
    for (const json& notification : client_.notifications()) {
      if (notification["method"] != method) continue;
      payloads.push_back(DecodeBase64(notification["params"]["payload"].get<std::string>()).value());
    }
    return payloads;
  }
  std::vector<std::string> Messages() const {
    std::vector<std::string> texts;
    for (const Packet& payload : Payloads("dataConsumer.message"))
      texts.emplace_back(payload.begin(), payload.end());
    return texts;
  }
  // Whether the application was asked for a key frame of `ssrc`.
  bool IsKeyFrameAskedFor(Ssrc ssrc) const {
    bool asked = false;
    for (const Packet& packet : Payloads("directTransport.rtcp")) {
      std::optional<rtp::rtcp::CompoundReader> reader = rtp::rtcp::CompoundReader::Parse(packet);
      while (std::optional<rtp::rtcp::BlockView> block = reader->Next()) {
        if (block->kind() != rtp::rtcp::BlockKind::kPli) continue;
        std::optional<rtp::rtcp::Pli> pli = rtp::rtcp::Pli::Parse(*block);
        asked |= pli && pli->media == ssrc;
      }
    }
    return asked;
  }

  ControlClient client_{/*workers=*/2};
};

TEST_F(DirectTransportTest, ItSaysWhatItIs) {
  CreateDirect("direct-2", {{"maxSendMessageSize", 1000}});
  json dump = client_.Call("transport.dump", {{"transportId", "direct-2"}});
  EXPECT_EQ(dump["type"], "direct");
  EXPECT_EQ(dump["direct"], true);
  EXPECT_EQ(dump["maxSendMessageSize"], 1000);
  EXPECT_EQ(dump["maxReceiveMessageSize"], 262'144);
  EXPECT_EQ(Stats("direct-2")["type"], "direct-transport");
  EXPECT_EQ(client_.Call("dataProducer.dump", {{"dataProducerId", "dataProducer-direct"}})["type"], "direct");
}

TEST_F(DirectTransportTest, PacketsOfTheApplicationReachAPeerAndAnotherDirectTransport) {
  UdpPeer receiver;
  client_.CreatePlainTransport("out");
  client_.Call("plainTransport.connect",
               {{"transportId", "out"}, {"ip", "127.0.0.1"}, {"port", receiver.port()}});
  CreateDirect("direct-2");
  json to_peer = Consume("out", "to-peer", "producer-direct");
  json to_application = Consume("direct-2", "to-application", "producer-direct");
  Settle();
  SendRtp("producer-direct", RtpPacket(kAudio, 1, kOpus));

  std::optional<Packet> at_peer = receiver.ReceiveRtp();
  ASSERT_TRUE(at_peer);
  EXPECT_EQ(rtp::PacketView::Parse(*at_peer)->ssrc().value(),
            to_peer["rtpParameters"]["encodings"][0]["ssrc"].get<uint32_t>());
  ASSERT_TRUE(client_.RunUntil([&] { return !Payloads("consumer.rtp").empty(); }));
  const Packet packet = Payloads("consumer.rtp")[0];
  std::optional<rtp::PacketView> view = rtp::PacketView::Parse(packet);
  ASSERT_TRUE(view);
  EXPECT_EQ(view->ssrc().value(), to_application["rtpParameters"]["encodings"][0]["ssrc"].get<uint32_t>());
  const Packet sent = RtpPacket(kAudio, 1, kOpus);
  const Bytes payload = rtp::PacketView::Parse(sent)->payload();
  EXPECT_TRUE(std::ranges::equal(view->payload(), payload));
  EXPECT_EQ(Stats("direct-1")["rtpBytesReceived"], sent.size());
  EXPECT_EQ(Stats("direct-2")["rtpBytesSent"], packet.size());
}

TEST_F(DirectTransportTest, PacketsOfAPeerReachTheApplicationInOrder) {
  UdpPeer sender;
  const json in = client_.CreatePlainTransport("in", {{"comedia", true}});
  ProduceVideo("in", "producer-video");
  Consume("direct-1", "to-application", "producer-video");
  Settle();
  Packet packet = RtpPacket(kVideo, 0, kVp8);
  packet.resize(12);
  packet.insert(packet.end(), {0x10, 0x00, 0x9d, 0x01, 0x2a, 0x40, 0x01, 0xf0, 0x00});  // A VP8 key frame.
  for (uint8_t number = 1; number <= 50; ++number) {
    packet[3] = number;
    sender.SendRtp(Loopback(in["tuple"]["localPort"]), packet);
  }
  ASSERT_TRUE(client_.RunUntil([&] { return Payloads("consumer.rtp").size() == 50; }));
  std::optional<SequenceNumber> last;
  for (const Packet& received : Payloads("consumer.rtp")) {
    const SequenceNumber number = rtp::PacketView::Parse(received)->sequence_number();
    if (last) EXPECT_EQ(number, *last + 1);
    last = number;
  }
}

TEST_F(DirectTransportTest, AKeyFrameIsAskedForOfTheApplication) {
  UdpPeer receiver;
  ProduceVideo("direct-1", "producer-video");
  client_.CreatePlainTransport("out");
  client_.Call("plainTransport.connect",
               {{"transportId", "out"}, {"ip", "127.0.0.1"}, {"port", receiver.port()}});
  Consume("out", "to-peer", "producer-video");
  client_.Call("consumer.requestKeyFrame", {{"consumerId", "to-peer"}});
  EXPECT_TRUE(client_.RunUntil([&] { return IsKeyFrameAskedFor(kVideo); }));
}

TEST_F(DirectTransportTest, TheApplicationAsksAPeerForAKeyFrame) {
  client_.CreatePlainTransport("in", {{"comedia", true}});
  ProduceVideo("in", "producer-video");
  json consumer = Consume("direct-1", "to-application", "producer-video");
  const Ssrc ssrc{consumer["rtpParameters"]["encodings"][0]["ssrc"].get<uint32_t>()};
  uint8_t buffer[64];
  rtp::rtcp::CompoundWriter writer(buffer);
  ASSERT_TRUE(rtp::rtcp::WritePli(writer, {Ssrc(1), ssrc}));
  const Packet pli(writer.bytes().begin(), writer.bytes().end());
  auto plis = [&] {
    return client_.Call("consumer.getStats", {{"consumerId", "to-application"}})["stats"][0]["pliCount"];
  };
  Tell("directTransport.sendRtcp", {{"transportId", "direct-1"}, {"payload", EncodeBase64(pli)}});
  EXPECT_EQ(plis(), 1);
}

TEST_F(DirectTransportTest, WhatIsNoPacketIsDroppedAndCounted) {
  for (const Packet& packet : {Packet(), Packet{1, 2, 3}, Packet(1500, 0xff), Packet(12, 0x80),
                               RtpPacket(Ssrc(99), 1, kOpus), RtpPacket(kAudio, 1, 77)}) {
    SendRtp("producer-direct", packet);
    Tell("directTransport.sendRtcp", {{"transportId", "direct-1"}, {"payload", EncodeBase64(packet)}});
  }
  json drops = Stats("direct-1")["packetsDropped"];
  EXPECT_EQ(drops["rtpMalformed"], 3);
  EXPECT_EQ(drops["rtpUnknownSource"], 2);
  EXPECT_EQ(drops["rtpUnknownPayloadType"], 1);
  EXPECT_EQ(drops["rtcpMalformed"], 6);
}

TEST_F(DirectTransportTest, PacketsAreNoLargerThanANetworkTakes) {
  const std::string payload = EncodeBase64(Packet(1501));
  EXPECT_EQ(client_.Refused("producer.send", {{"producerId", "producer-direct"}, {"payload", payload}}),
            (Refusal{"invalid_value", "params.payload"}));
  EXPECT_EQ(client_.Refused("directTransport.sendRtcp", {{"transportId", "direct-1"}, {"payload", payload}}),
            (Refusal{"invalid_value", "params.payload"}));
}

TEST_F(DirectTransportTest, MessagesComeInOrderEmptyOnesToo) {
  CreateDirect("direct-2");  // On the other worker.
  client_.Call(
      "dataConsumer.create",
      {{"transportId", "direct-2"}, {"dataConsumerId", "far"}, {"dataProducerId", "dataProducer-direct"}});
  Settle();
  for (int i = 0; i < 500; ++i) SendData(std::to_string(i));
  Tell("dataProducer.send", {{"dataProducerId", "dataProducer-direct"}, {"ppid", 57}, {"payload", ""}});
  ASSERT_TRUE(client_.RunUntil([&] { return Messages().size() == 1002; }));
  std::map<std::string, std::vector<std::string>> by_consumer;
  for (const json& notification : client_.notifications()) {
    if (notification["method"] != "dataConsumer.message") continue;
    const json& params = notification["params"];
    by_consumer[params["dataConsumerId"]].push_back(params["payload"]);
  }
  for (const char* id : {"far", "dataConsumer-direct"}) {
    const std::vector<std::string>& payloads = by_consumer[id];
    ASSERT_EQ(payloads.size(), 501u);
    for (int i = 0; i < 500; ++i) {
      const std::string text = std::to_string(i);
      EXPECT_EQ(payloads[static_cast<size_t>(i)], EncodeBase64(Packet(text.begin(), text.end())));
    }
    EXPECT_EQ(payloads.back(), "AA==");
  }
}

TEST_F(DirectTransportTest, MessagesCountAsWhatTheTransportsReceiveAndSend) {
  SendData("hello");
  SendData("world!");
  json stats = Stats("direct-1");
  EXPECT_EQ(stats["bytesReceived"], 11);
  EXPECT_EQ(stats["bytesSent"], 11);
  EXPECT_EQ(stats["rtpBytesReceived"], 0);
}

TEST_F(DirectTransportTest, SubchannelsChooseWhoGetsAMessage) {
  client_.Call("dataConsumer.setSubchannels",
               {{"dataConsumerId", "dataConsumer-direct"}, {"subchannels", {1, 2}}});
  SendData("3", {{"subchannels", {3}}});
  SendData("2", {{"subchannels", {2, 3}}});
  SendData("required 4", {{"requiredSubchannel", 4}});
  SendData("ignored 1", {{"ignoredSubchannel", 1}});
  SendData("all");
  ASSERT_TRUE(client_.RunUntil([&] { return Messages().size() == 2; }));
  EXPECT_THAT(Messages(), ElementsAre("2", "all"));
}

TEST_F(DirectTransportTest, MessagesHaveTheSizesOfTheTransports) {
  CreateDirect("narrow", {{"maxReceiveMessageSize", 3}, {"maxSendMessageSize", 2}});
  client_.Call("dataProducer.create", {{"transportId", "narrow"}, {"dataProducerId", "small"}});
  client_.Call("dataConsumer.create",
               {{"transportId", "narrow"}, {"dataConsumerId", "smaller"}, {"dataProducerId", "small"}});
  json message = {{"dataProducerId", "small"}, {"ppid", 53}, {"payload", EncodeBase64(Packet(4))}};
  EXPECT_EQ(client_.Refused("dataProducer.send", message), (Refusal{"invalid_value", "params.payload"}));
  message["payload"] = EncodeBase64(Packet(3));
  client_.Call("dataProducer.send", message);
  json stats = client_.Call("dataConsumer.getStats", {{"dataConsumerId", "smaller"}})["stats"][0];
  EXPECT_EQ(stats["messagesDropped"]["tooLarge"], 1);
  EXPECT_EQ(stats["messagesSent"], 0);
}

TEST_F(DirectTransportTest, WhileTheClientsAreBehindPacketsAreDroppedFirstAndMessagesLater) {
  worker::ApplicationBacklog& application = client_.control().data_plane().application();
  Consume("direct-1", "to-application", "producer-direct");
  client_.Call("dataConsumer.create", {{"transportId", "direct-1"},
                                       {"dataConsumerId", "unreliable"},
                                       {"dataProducerId", "dataProducer-direct"},
                                       {"maxRetransmits", 0}});
  application.SetUnwritten(worker::ApplicationBacklog::kMaxLossy + 1);
  SendRtp("producer-direct", RtpPacket(kAudio, 1, kOpus));
  SendData("late");
  ASSERT_TRUE(client_.RunUntil([&] { return Messages().size() == 1; }));
  EXPECT_EQ(Stats("direct-1")["packetsDropped"]["applicationBehind"], 1);
  EXPECT_THAT(Payloads("consumer.rtp"), ElementsAre());
  EXPECT_THAT(client_.TakeNotifications(),
              ::testing::UnorderedElementsAre("dataConsumer.message dataConsumer-direct",
                                              "dataConsumer.sctpSendBufferFull unreliable"));

  application.SetUnwritten(worker::ApplicationBacklog::kMax);
  SendData("lost");
  SendData("lost too");
  EXPECT_EQ(DataConsumerStats()["messagesDropped"]["sendBufferFull"], 2);
  EXPECT_THAT(client_.TakeNotifications(),
              ElementsAre("dataConsumer.sctpSendBufferFull dataConsumer-direct"));
  application.SetUnwritten(0);
  SendData("in time");
  SendRtp("producer-direct", RtpPacket(kAudio, 2, kOpus));
  ASSERT_TRUE(client_.RunUntil([&] { return Messages().size() == 3 && !Payloads("consumer.rtp").empty(); }));
  EXPECT_THAT(Messages(), ElementsAre("late", "in time", "in time"));
}

TEST_F(DirectTransportTest, AConsumerThatLosesNothingHoldsThePublisherUntilTheClientsHaveCaughtUp) {
  worker::ApplicationBacklog& application = client_.control().data_plane().application();
  client_.Call("router.create", {{"routerId", "router-2"}});
  client_.Call("pipeTransport.createPair", {{"ends",
                                             {{{"routerId", "router-1"}, {"transportId", "near"}},
                                              {{"routerId", "router-2"}, {"transportId", "far"}}}},
                                            {"enableSctp", true}});
  json piped = client_.Call(
      "dataConsumer.create",
      {{"transportId", "near"}, {"dataConsumerId", "piped"}, {"dataProducerId", "dataProducer-direct"}});
  client_.Call("dataProducer.create", {{"transportId", "far"},
                                       {"dataProducerId", "piped"},
                                       {"sctpStreamParameters", piped["sctpStreamParameters"]}});
  client_.Call("directTransport.create", {{"routerId", "router-2"}, {"transportId", "direct-2"}});
  client_.Call("dataConsumer.create",
               {{"transportId", "direct-2"}, {"dataConsumerId", "far"}, {"dataProducerId", "piped"}});
  client_.Call("dataConsumer.pause", {{"dataConsumerId", "dataConsumer-direct"}});
  Settle();
  auto buffered = [&] {
    return client_.Call("dataConsumer.getBufferedAmount", {{"dataConsumerId", "piped"}})["bufferedAmount"];
  };

  application.SetUnwritten(worker::ApplicationBacklog::kMax / 4 * 3);
  SendData("hello");
  ASSERT_TRUE(client_.RunUntil([&] { return Messages().size() == 1; }));
  application.AddTaken(1 << 20);  // The client is slow, but not dead.
  Settle();
  SendData("once more");
  ASSERT_TRUE(client_.RunUntil([&] { return Messages().size() == 2; }));
  Settle();
  EXPECT_EQ(buffered(), 9);
  application.SetUnwritten(0);
  EXPECT_TRUE(client_.AskUntil([&] { return buffered() == 0; }));
}

TEST_F(DirectTransportTest, WhatIsToldOfSomethingElseIsCounted) {
  SendRtp("nobody", RtpPacket(kAudio, 1, kOpus));
  Tell("dataProducer.send", {{"dataProducerId", "dataProducer-direct"}, {"ppid", 51}, {"payload", "?"}});
  json refused = client_.Call("worker.dump")["clients"]["notificationsRefused"];
  EXPECT_EQ(refused, json({{"not_found", 1}, {"invalid_value", 1}}));
}

TEST_F(DirectTransportTest, NothingIsToldOfWhatWasClosed) {
  SendData("one");
  client_.Call("transport.close", {{"transportId", "direct-1"}});
  const size_t before = client_.notifications().size();
  EXPECT_EQ(client_
                .Refused("dataProducer.send",
                         {{"dataProducerId", "dataProducer-direct"}, {"ppid", 51}, {"payload", "AAAA"}})
                .reason,
            "not_found");
  Settle();
  EXPECT_EQ(client_.notifications().size(), before);
  EXPECT_EQ(client_.control().data_plane().application().bytes(), 0);
}

}  // namespace
}  // namespace sluice::api
