// What RTP sessions tell, as notifications, dumps and answers say it.
#include "api/session_events.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>

#include "tests/api/control_client.h"

namespace sluice::api {
namespace {

using nlohmann::json;
using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::UnorderedElementsAre;

class SessionEventsTest : public ::testing::Test {
 protected:
  SessionEventsTest() {
    client_.CreateExampleObjects();
    producer_ = graph().FindProducer("producer-1").object->handle;
    consumer_ = graph().FindConsumer("consumer-1")->handle;
  }

  Graph& graph() { return client_.control().graph(); }
  void Tell(const router::SessionEvent& event) { HandleSessionEvent(client_.control(), event); }
  // The notifications since the last time, and their parameters by method.
  json Told() {
    json told = json::object();
    for (; taken_ < client_.notifications().size(); ++taken_) {
      const json& notification = client_.notifications()[taken_];
      told[notification["method"].get<std::string>()] = notification["params"];
    }
    return told;
  }

  ControlClient client_;
  router::ProducerHandle producer_;
  router::ConsumerHandle consumer_;
  size_t taken_ = 0;
};

TEST_F(SessionEventsTest, ScoresAreToldToProducersAndTheirConsumers) {
  Tell(router::ProducerScored{producer_, {{0, Ssrc(11), 9}}});
  json told = Told();
  EXPECT_EQ(told["producer.score"],
            (json{{"producerId", "producer-1"},
                  {"routerId", "router-1"},
                  {"score", json::array({{{"encodingIdx", 0}, {"ssrc", 11}, {"score", 9}}})}}));
  EXPECT_EQ(told["consumer.score"],
            (json{{"consumerId", "consumer-1"},
                  {"score", {{"score", 10}, {"producerScore", 9}, {"producerScores", {9}}}}}));

  Tell(router::ConsumerScored{consumer_, 4});
  told = Told();
  EXPECT_EQ(told.size(), 1u);
  EXPECT_EQ(told["consumer.score"]["score"],
            (json{{"score", 4}, {"producerScore", 9}, {"producerScores", {9}}}));
  Tell(router::ConsumerScored{consumer_, 4});
  EXPECT_THAT(Told(), IsEmpty());
}

TEST_F(SessionEventsTest, ANewConsumerKnowsTheScores) {
  Tell(router::ProducerScored{producer_, {{0, Ssrc(11), 7}}});
  json created =
      client_.Call("consumer.create", {{"transportId", "transport-1"},
                                       {"producerId", "producer-1"},
                                       {"rtpCapabilities", ChromiumFixture("clientRtpCapabilities")}});
  EXPECT_EQ(created["score"], (json{{"score", 10}, {"producerScore", 7}, {"producerScores", {7}}}));
}

TEST_F(SessionEventsTest, LayersAreTold) {
  Tell(router::LayersChanged{consumer_, rtp::Layers{1, 2}});
  EXPECT_EQ(Told()["consumer.layersChange"],
            (json{{"consumerId", "consumer-1"}, {"layers", {{"spatialLayer", 1}, {"temporalLayer", 2}}}}));
  Tell(router::LayersChanged{consumer_, std::nullopt});
  EXPECT_EQ(Told()["consumer.layersChange"], (json{{"consumerId", "consumer-1"}}));
}

TEST_F(SessionEventsTest, AConsumersProducerScoreIsThatOfTheEncodingThatIsForwarded) {
  client_.Call("producer.create", {{"transportId", "transport-1"},
                                   {"producerId", "simulcast"},
                                   {"kind", "video"},
                                   {"rtpParameters", ChromiumCase("VP8 simulcast by RID")["rtpParameters"]}});
  client_.Call("consumer.create", {{"transportId", "transport-1"},
                                   {"producerId", "simulcast"},
                                   {"consumerId", "layered"},
                                   {"rtpCapabilities", ChromiumFixture("clientRtpCapabilities")}});
  const router::ConsumerHandle layered = graph().FindConsumer("layered")->handle;
  Tell(router::ProducerScored{graph().FindProducer("simulcast").object->handle,
                              {{0, Ssrc(1), 5}, {2, Ssrc(3), 9}}});
  const json scores = {5, 0, 9};
  EXPECT_EQ(Told()["consumer.score"]["score"],
            (json{{"score", 10}, {"producerScore", 0}, {"producerScores", scores}}));
  Tell(router::LayersChanged{layered, rtp::Layers{2, 1}});
  EXPECT_EQ(Told()["consumer.score"]["score"],
            (json{{"score", 10}, {"producerScore", 9}, {"producerScores", scores}}));
  Tell(router::LayersChanged{layered, rtp::Layers{2, 0}});
  EXPECT_FALSE(Told().contains("consumer.score"));
  Tell(router::LayersChanged{layered, rtp::Layers{0, 0}});
  EXPECT_EQ(Told()["consumer.score"]["score"]["producerScore"], 5);
}

TEST_F(SessionEventsTest, WantedLayersAreTold) {
  router::WantedLayers wanted;
  wanted.Add(0, {3, 3});
  Tell(router::WantedLayersChanged{producer_, wanted});
  const json encoding = {{"encodingIdx", 0}, {"wanted", true}, {"temporalLayer", 0}};
  EXPECT_EQ(Told()["producer.wantedLayersChange"],
            (json{{"producerId", "producer-1"},
                  {"routerId", "router-1"},
                  {"wantedLayers",
                   {{"spatialLayer", 0}, {"temporalLayer", 0}, {"encodings", json::array({encoding})}}}}));
  Tell(router::WantedLayersChanged{producer_, {}});
  EXPECT_EQ(Told()["producer.wantedLayersChange"],
            (json{{"producerId", "producer-1"}, {"routerId", "router-1"}}));
}

TEST_F(SessionEventsTest, OrientationIsTold) {
  Tell(router::OrientationChanged{producer_, {.camera = true, .flip = false, .rotation = 270}});
  EXPECT_EQ(Told()["producer.videoOrientationChange"], (json{{"producerId", "producer-1"},
                                                             {"routerId", "router-1"},
                                                             {"camera", true},
                                                             {"flip", false},
                                                             {"rotation", 270}}));
}

TEST_F(SessionEventsTest, TracedPacketsAreToldInMediasoupsShape) {
  router::TracedPacket packet{.payload_type = PayloadType(96),
                              .sequence_number = SequenceNumber(7),
                              .timestamp = 8,
                              .marker = true,
                              .ssrc = Ssrc(9),
                              .key_frame = true,
                              .retransmission = true,
                              .size = 100,
                              .payload_size = 80,
                              .spatial_layer = 1,
                              .temporal_layer = 2,
                              .mid = "m",
                              .rid = "r",
                              .repaired_rid = "rr",
                              .transport_sequence_number = 3};
  json expected = {{"payloadType", 96}, {"sequenceNumber", 7},    {"timestamp", 8}, {"marker", true},
                   {"ssrc", 9},         {"isKeyFrame", true},     {"size", 100},    {"payloadSize", 80},
                   {"spatialLayer", 1}, {"temporalLayer", 2},     {"mid", "m"},     {"rid", "r"},
                   {"rrid", "rr"},      {"wideSequenceNumber", 3}};
  Tell(router::ProducerTraced{producer_,
                              {.kind = router::TraceKind::kKeyFrame, .incoming = true, .content = packet}});
  json told = Told()["producer.trace"];
  EXPECT_EQ(told["type"], "keyframe");
  EXPECT_EQ(told["direction"], "in");
  EXPECT_EQ(told["routerId"], "router-1");
  EXPECT_EQ(told["info"], (json{{"rtpPacket", expected}, {"isRtx", true}}));

  Tell(router::ConsumerTraced{consumer_,
                              {.kind = router::TraceKind::kRtp, .content = router::TracedPacket()}});
  told = Told()["consumer.trace"];
  EXPECT_EQ(told["type"], "rtp");
  EXPECT_EQ(told["direction"], "out");
  for (const char* absent : {"mid", "rid", "rrid", "wideSequenceNumber"}) {
    EXPECT_FALSE(told["info"]["rtpPacket"].contains(absent));
  }
}

TEST_F(SessionEventsTest, TracedMessagesAreToldInMediasoupsShape) {
  Tell(router::ProducerTraced{producer_, {.kind = router::TraceKind::kPli, .content = Ssrc(5)}});
  EXPECT_EQ(Told()["producer.trace"]["info"], (json{{"ssrc", 5}}));
  Tell(
      router::ConsumerTraced{consumer_, {.kind = router::TraceKind::kNack, .incoming = true, .content = {}}});
  json nack = Told()["consumer.trace"];
  EXPECT_EQ(nack["type"], "nack");
  EXPECT_EQ(nack["direction"], "in");
  EXPECT_FALSE(nack.contains("info"));
  rtp::rtcp::SenderInfo info{.sender = Ssrc(1),
                             .ntp_time = (uint64_t{0xfedc'ba98} << 32) | 3,
                             .rtp_timestamp = 4,
                             .packet_count = 5,
                             .octet_count = 6};
  Tell(router::ProducerTraced{producer_, {.kind = router::TraceKind::kSenderReport, .content = info}});
  EXPECT_EQ(Told()["producer.trace"]["info"], (json{{"ssrc", 1},
                                                    {"ntpSec", 0xfedc'ba98},
                                                    {"ntpFrac", 3},
                                                    {"rtpTs", 4},
                                                    {"packetCount", 5},
                                                    {"octetCount", 6}}));
}

TEST_F(SessionEventsTest, WhatIsToldOfObjectsThatAreGoneIsIgnored) {
  client_.Call("producer.close", {{"producerId", "producer-1"}});
  Told();
  Tell(router::ProducerScored{producer_, {{0, Ssrc(11), 9}}});
  Tell(router::ConsumerScored{consumer_, 4});
  Tell(router::OrientationChanged{producer_, {}});
  Tell(router::ProducerTraced{producer_, {}});
  Tell(router::ConsumerTraced{consumer_, {}});
  EXPECT_THAT(Told(), IsEmpty());
}

TEST_F(SessionEventsTest, WhatIsTracedIsRemembered) {
  client_.Call("producer.enableTraceEvent", {{"producerId", "producer-1"}, {"types", {"sr", "rtp", "rtp"}}});
  client_.Call("consumer.enableTraceEvent", {{"consumerId", "consumer-1"}, {"types", {"fir", "pli"}}});
  EXPECT_EQ(client_.Call("producer.dump", {{"producerId", "producer-1"}})["traceEventTypes"],
            json::array({"rtp", "sr"}));
  EXPECT_EQ(client_.Call("consumer.dump", {{"consumerId", "consumer-1"}})["traceEventTypes"],
            json::array({"pli", "fir"}));
  client_.Call("producer.enableTraceEvent", {{"producerId", "producer-1"}});
  EXPECT_THAT(client_.Call("producer.dump", {{"producerId", "producer-1"}})["traceEventTypes"], IsEmpty());
  EXPECT_EQ(
      client_.Refused("consumer.enableTraceEvent", {{"consumerId", "consumer-1"}, {"types", {"pli", "sr"}}}),
      (Refusal{"invalid_value", "params.types[1]"}));
}

TEST_F(SessionEventsTest, PriorityIsRemembered) {
  auto priority = [&] {
    return client_.Call("consumer.dump", {{"consumerId", "consumer-1"}})["priority"].get<int>();
  };
  EXPECT_EQ(priority(), 1);
  EXPECT_EQ(client_.Call("consumer.setPriority", {{"consumerId", "consumer-1"}, {"priority", 255}}),
            (json{{"priority", 255}}));
  EXPECT_EQ(priority(), 255);
  EXPECT_EQ(client_.Call("consumer.unsetPriority", {{"consumerId", "consumer-1"}}), (json{{"priority", 1}}));
  EXPECT_EQ(priority(), 1);
}

TEST_F(SessionEventsTest, DumpsTellOfStreams) {
  EXPECT_THAT(client_.Call("producer.dump", {{"producerId", "producer-1"}})["rtpStreams"], IsEmpty());
  json consumer = client_.Call("consumer.dump", {{"consumerId", "consumer-1"}});
  const json& params = consumer["rtpStream"]["params"];
  EXPECT_EQ(consumer["rtpStream"]["score"], 10);
  EXPECT_EQ(params["ssrc"], consumer["rtpParameters"]["encodings"][0]["ssrc"]);
  EXPECT_EQ(params["mimeType"], "audio/opus");
  EXPECT_EQ(params["clockRate"], 48'000);
  EXPECT_EQ(params["spatialLayers"], 1);
  EXPECT_FALSE(consumer["rtpStream"].contains("rtxStream"));
}

// Tracing a client that does not read would fill our memory.
TEST(TraceBacklogTest, NothingIsTracedWhileClientsDoNotKeepUp) {
  bool backlogged = false;
  int notifications = 0;
  ControlPlane control({.workers = 1,
                        .wake = [] {},
                        .notify = [&](const std::string&) { ++notifications; },
                        .backlogged = [&] { return backlogged; }});
  EXPECT_TRUE(control.MayTrace());
  backlogged = true;
  EXPECT_FALSE(control.MayTrace());
  EXPECT_FALSE(control.MayTrace());
  EXPECT_EQ(control.traces_dropped(), 2u);
  backlogged = false;
  EXPECT_TRUE(control.MayTrace());
  EXPECT_EQ(notifications, 0);
}

}  // namespace
}  // namespace sluice::api
