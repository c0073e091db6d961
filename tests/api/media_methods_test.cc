// producer.*, consumer.* and what closing does, with the parameters of a real browser.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "tests/api/api_document.h"
#include "tests/api/control_client.h"

namespace sluice::api {
namespace {

using nlohmann::json;
using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::UnorderedElementsAre;

// A room with a sender ("up") and a receiver ("down") on workers of their own.
class MediaMethodsTest : public ::testing::Test {
 protected:
  MediaMethodsTest() {
    client_.Call("router.create",
                 {{"routerId", "router-1"}, {"mediaCodecs", ChromiumFixture("mediaCodecs")}});
    client_.CreateTransport("up");
    client_.CreateTransport("down");
  }

  json Produce(const std::string& id, const json& scenario, const std::string& transport = "up") {
    return client_.Call("producer.create", {{"transportId", transport},
                                            {"producerId", id},
                                            {"kind", scenario["kind"]},
                                            {"rtpParameters", scenario["rtpParameters"]}});
  }
  static json ConsumeParams(const std::string& id, const std::string& producer, const json& more) {
    json params = {{"transportId", "down"},
                   {"consumerId", id},
                   {"producerId", producer},
                   {"rtpCapabilities", ChromiumFixture("clientRtpCapabilities")}};
    params.update(more);
    return params;
  }
  json Consume(const std::string& id, const std::string& producer, const json& more = json::object()) {
    return client_.Call("consumer.create", ConsumeParams(id, producer, more));
  }
  Refusal ConsumeRefused(const std::string& id, const std::string& producer,
                         const json& more = json::object()) {
    return client_.Refused("consumer.create", ConsumeParams(id, producer, more));
  }

  ControlClient client_{/*workers=*/2};
};

TEST_F(MediaMethodsTest, ProducersOfEveryScenarioAreTakenAndConsumedWhereTheClientCan) {
  for (const json& scenario : ChromiumFixture("cases")) {
    std::string name = scenario["name"];
    SCOPED_TRACE(name);
    json produced = Produce("p", scenario);
    EXPECT_EQ(produced["rtpParameters"]["codecs"], scenario["normalized"]["codecs"]);
    EXPECT_EQ(produced["consumableRtpParameters"]["codecs"], scenario["consumable"]["codecs"]);
    json can =
        client_.Call("router.canConsume", {{"routerId", "router-1"},
                                           {"producerId", "p"},
                                           {"rtpCapabilities", ChromiumFixture("clientRtpCapabilities")}});
    EXPECT_EQ(can["canConsume"], scenario["canConsume"]);
    if (scenario["canConsume"]) {
      Consume("c", "p", {{"enableRtx", scenario["enableRtx"]}});
    } else {
      EXPECT_EQ(ConsumeRefused("c", "p").reason, "unsupported");
    }
    client_.Call("producer.close", {{"producerId", "p"}});
  }
}

TEST_F(MediaMethodsTest, AConsumerGetsWhatMediasoupWouldNegotiate) {
  const json& scenario = ChromiumCase("VP8 simulcast by RID");
  EXPECT_EQ(Produce("p", scenario)["type"], "simulcast");
  json consumer = Consume("c", "p");
  EXPECT_EQ(consumer["kind"], "video");
  EXPECT_EQ(consumer["type"], "simulcast");
  EXPECT_EQ(consumer["rtpParameters"]["codecs"], scenario["consumer"]["codecs"]);
  EXPECT_EQ(consumer["rtpParameters"]["headerExtensions"], scenario["consumer"]["headerExtensions"]);
  ASSERT_EQ(consumer["rtpParameters"]["encodings"].size(), 1u);
  EXPECT_TRUE(consumer["rtpParameters"]["encodings"][0].contains("rtx"));
  EXPECT_EQ(consumer["rtpParameters"]["mid"], "0");
  EXPECT_FALSE(consumer["paused"].get<bool>());
}

TEST_F(MediaMethodsTest, ConsumersOfATransportHaveTheirOwnMidAndSsrc) {
  Produce("p", ChromiumCase("opus"));
  json first = Consume("c1", "p");
  json asked = Consume("c2", "p", {{"mid", "1"}});
  json third = Consume("c3", "p");
  EXPECT_EQ(first["rtpParameters"]["mid"], "0");
  EXPECT_EQ(asked["rtpParameters"]["mid"], "1");
  EXPECT_EQ(third["rtpParameters"]["mid"], "2");
  EXPECT_NE(first["rtpParameters"]["encodings"], third["rtpParameters"]["encodings"]);
  EXPECT_EQ(ConsumeRefused("c4", "p", {{"mid", "1"}}), (Refusal{"invalid_value", "params.mid"}));
}

TEST_F(MediaMethodsTest, ProducersOfATransportMustBeToldApart) {
  Produce("p", ChromiumCase("opus"));
  json params = {
      {"transportId", "up"}, {"kind", "audio"}, {"rtpParameters", ChromiumCase("opus")["rtpParameters"]}};
  EXPECT_EQ(client_.Refused("producer.create", params),
            (Refusal{"invalid_value", "params.rtpParameters.mid"}));
  params["rtpParameters"]["mid"] = "another";
  EXPECT_EQ(client_.Refused("producer.create", params),
            (Refusal{"invalid_value", "params.rtpParameters.encodings[0]"}));
  params["rtpParameters"]["encodings"][0]["ssrc"] = 99;
  client_.Call("producer.create", params);
  Produce("elsewhere", ChromiumCase("opus"), "down");  // Another transport is another name space.
}

TEST_F(MediaMethodsTest, ProducersOfATransportShareTheirCname) {
  json first = Produce("p1", ChromiumCase("opus"));
  json second = Produce("p2", ChromiumCase("VP8 simulcast by RID"));
  EXPECT_EQ(first["rtpParameters"]["rtcp"]["cname"], second["rtpParameters"]["rtcp"]["cname"]);
}

TEST_F(MediaMethodsTest, TheKindMustBeThatOfTheCodecs) {
  json params = {
      {"transportId", "up"}, {"kind", "video"}, {"rtpParameters", ChromiumCase("opus")["rtpParameters"]}};
  EXPECT_EQ(client_.Refused("producer.create", params),
            (Refusal{"invalid_value", "params.rtpParameters.codecs[0].mimeType"}));
}

TEST_F(MediaMethodsTest, IdsInUseAreRefused) {
  Produce("p", ChromiumCase("opus"));
  Consume("c", "p");
  EXPECT_EQ(ConsumeRefused("c", "p"), (Refusal{"duplicate_id", "params.consumerId"}));
  json params = {{"transportId", "up"},
                 {"producerId", "p"},
                 {"kind", "audio"},
                 {"rtpParameters", ChromiumCase("opus")["rtpParameters"]}};
  EXPECT_EQ(client_.Refused("producer.create", params), (Refusal{"duplicate_id", "params.producerId"}));
}

TEST_F(MediaMethodsTest, AProducerOfAnotherRoomIsNotFound) {
  Produce("p", ChromiumCase("opus"));
  client_.Call("router.create", {{"routerId", "router-2"}, {"mediaCodecs", ChromiumFixture("mediaCodecs")}});
  client_.CreateTransport("stranger", "router-2");
  EXPECT_EQ(ConsumeRefused("c", "p", {{"transportId", "stranger"}}),
            (Refusal{"not_found", "params.producerId"}));
  EXPECT_EQ(
      client_.Refused("router.canConsume", {{"routerId", "router-2"},
                                            {"producerId", "p"},
                                            {"rtpCapabilities", ChromiumFixture("clientRtpCapabilities")}}),
      (Refusal{"not_found", "params.producerId"}));
}

TEST_F(MediaMethodsTest, LayersArePreferredOnlyWhereThereAreSome) {
  Produce("simulcast", ChromiumCase("VP8 simulcast by RID"));
  Produce("simple", ChromiumCase("opus"));
  json wish = {{"preferredLayers", {{"spatialLayer", 1}, {"temporalLayer", 0}}}};
  EXPECT_EQ(Consume("c1", "simulcast", wish)["preferredLayers"], wish["preferredLayers"]);
  EXPECT_FALSE(Consume("c2", "simple", wish).contains("preferredLayers"));
  EXPECT_FALSE(client_.Call("consumer.dump", {{"consumerId", "c2"}}).contains("preferredSpatialLayer"));
}

TEST_F(MediaMethodsTest, DumpsOfConsumersTellTheirLayers) {
  Produce("p", ChromiumCase("VP8 simulcast by RID"));
  Consume("c", "p", {{"preferredLayers", {{"spatialLayer", 1}}}});
  const json dump = client_.Call("consumer.dump", {{"consumerId", "c"}});
  EXPECT_EQ(dump["preferredSpatialLayer"], 1);
  EXPECT_EQ(dump["preferredTemporalLayer"], 2);
  for (const char* none :
       {"targetSpatialLayer", "targetTemporalLayer", "currentSpatialLayer", "currentTemporalLayer"}) {
    EXPECT_EQ(dump[none], -1) << none;  // The transport is not connected.
  }
}

TEST_F(MediaMethodsTest, TheHighestLayersArePreferredUnlessAskedFor) {
  Produce("p", ChromiumCase("VP8 simulcast by RID"));
  EXPECT_EQ(Consume("c", "p")["preferredLayers"], json({{"spatialLayer", 2}, {"temporalLayer", 2}}));
  EXPECT_EQ(
      client_.Call("consumer.setPreferredLayers",
                   {{"consumerId", "c"}, {"preferredLayers", {{"spatialLayer", 0}}}})["preferredLayers"],
      json({{"spatialLayer", 0}, {"temporalLayer", 2}}));
}

TEST_F(MediaMethodsTest, TemporalLayersOfSimulcastCanBeChosenEvenIfItDoesNotSayThatItHasAny) {
  json scenario = ChromiumCase("VP8 simulcast by RID");
  for (json& encoding : scenario["rtpParameters"]["encodings"]) encoding.erase("scalabilityMode");
  Produce("p", scenario);
  json wish = {{"preferredLayers", {{"spatialLayer", 1}, {"temporalLayer", 1}}}};
  EXPECT_EQ(Consume("c", "p", wish)["preferredLayers"], wish["preferredLayers"]);
}

TEST_F(MediaMethodsTest, PreferredLayersAreHeldToWhatTheProducerHas) {
  json scenario = ChromiumCase("VP8 simulcast by RID");
  for (json& encoding : scenario["rtpParameters"]["encodings"]) encoding["scalabilityMode"] = "L1T3";
  Produce("p", scenario);
  json wish = {{"preferredLayers", {{"spatialLayer", 200}, {"temporalLayer", 200}}}};
  EXPECT_EQ(Consume("c", "p", wish)["preferredLayers"], json({{"spatialLayer", 2}, {"temporalLayer", 2}}));
}

TEST_F(MediaMethodsTest, DumpsSayWhoConsumesWhat) {
  Produce("p", ChromiumCase("VP8 simulcast by RID"));
  json consumer = Consume("c", "p");
  json router = client_.Call("router.dump", {{"routerId", "router-1"}});
  EXPECT_EQ(router["transportIds"], json::array({"down", "up"}));
  EXPECT_EQ(router["mapProducerIdConsumerIds"], json::array({{{"key", "p"}, {"values", {"c"}}}}));
  EXPECT_EQ(router["mapConsumerIdProducerId"], json::array({{{"key", "c"}, {"value", "p"}}}));

  json up = client_.Call("transport.dump", {{"transportId", "up"}});
  EXPECT_EQ(up["producerIds"], json::array({"p"}));
  EXPECT_EQ(up["rtpListener"]["midTable"][0]["value"], "p");
  EXPECT_EQ(up["rtpListener"]["ridTable"].size(), 3u);
  EXPECT_EQ(up["recvRtpHeaderExtensions"]["mid"], 4);

  json down = client_.Call("transport.dump", {{"transportId", "down"}});
  EXPECT_EQ(down["consumerIds"], json::array({"c"}));
  const json& encoding = consumer["rtpParameters"]["encodings"][0];
  EXPECT_EQ(down["mapSsrcConsumerId"], json::array({{{"key", encoding["ssrc"]}, {"value", "c"}}}));
  EXPECT_EQ(down["mapRtxSsrcConsumerId"], json::array({{{"key", encoding["rtx"]["ssrc"]}, {"value", "c"}}}));

  json producer = client_.Call("producer.dump", {{"producerId", "p"}});
  EXPECT_EQ(producer["rtpMapping"]["encodings"].size(), 3u);
  EXPECT_EQ(client_.Call("consumer.dump", {{"consumerId", "c"}})["consumableRtpEncodings"].size(), 3u);
}

TEST_F(MediaMethodsTest, StatsBeforeAnyPacketAreThoseOfTheConsumerAlone) {
  Produce("p", ChromiumCase("VP8 simulcast by RID"));
  json consumer = Consume("c", "p");
  EXPECT_THAT(client_.Call("producer.getStats", {{"producerId", "p"}})["stats"], IsEmpty());
  json stats = client_.Call("consumer.getStats", {{"consumerId", "c"}})["stats"];
  ASSERT_EQ(stats.size(), 1u);
  EXPECT_EQ(stats[0]["type"], "outbound-rtp");
  EXPECT_EQ(stats[0]["ssrc"], consumer["rtpParameters"]["encodings"][0]["ssrc"]);
  EXPECT_EQ(stats[0]["packetCount"], 0);
}

TEST_F(MediaMethodsTest, PausingIsToldToConsumersOnceAndRemembered) {
  Produce("p", ChromiumCase("opus"));
  Consume("c1", "p");
  Consume("c2", "p", {{"paused", true}});
  client_.Call("producer.pause", {{"producerId", "p"}});
  client_.Call("producer.pause", {{"producerId", "p"}});
  EXPECT_THAT(client_.TakeNotifications(),
              ElementsAre("consumer.producerPause c1", "consumer.producerPause c2"));
  EXPECT_EQ(client_.Call("producer.dump", {{"producerId", "p"}})["paused"], true);
  EXPECT_EQ(client_.Call("consumer.dump", {{"consumerId", "c1"}})["producerPaused"], true);
  EXPECT_EQ(Consume("c3", "p")["producerPaused"], true);
  client_.Call("producer.resume", {{"producerId", "p"}});
  EXPECT_THAT(
      client_.TakeNotifications(),
      ElementsAre("consumer.producerResume c1", "consumer.producerResume c2", "consumer.producerResume c3"));
}

TEST_F(MediaMethodsTest, AConsumerIsPausedOfItsOwn) {
  Produce("p", ChromiumCase("opus"));
  EXPECT_EQ(Consume("c", "p", {{"paused", true}})["paused"], true);
  client_.Call("consumer.resume", {{"consumerId", "c"}});
  EXPECT_EQ(client_.Call("consumer.dump", {{"consumerId", "c"}})["paused"], false);
  client_.Call("consumer.pause", {{"consumerId", "c"}});
  EXPECT_EQ(client_.Call("consumer.dump", {{"consumerId", "c"}})["paused"], true);
  client_.Call("consumer.requestKeyFrame", {{"consumerId", "c"}});
  EXPECT_THAT(client_.TakeNotifications(), IsEmpty());
}

// Closing: who is told, and what is gone afterwards.

TEST_F(MediaMethodsTest, ClosingAProducerClosesItsConsumersAndTellsSo) {
  Produce("p", ChromiumCase("opus"));
  Consume("c1", "p");
  Consume("c2", "p");
  client_.Call("producer.close", {{"producerId", "p"}});
  EXPECT_THAT(client_.TakeNotifications(),
              ElementsAre("consumer.producerClose c1", "consumer.producerClose c2"));
  EXPECT_EQ(client_.Refused("consumer.dump", {{"consumerId", "c1"}}).reason, "not_found");
  json dump = client_.Call("worker.dump");
  for (const json& worker : dump["workers"]) {
    EXPECT_EQ(worker["producers"], 0);
    EXPECT_EQ(worker["consumers"], 0);
    EXPECT_EQ(worker["transports"], 1);
  }
}

TEST_F(MediaMethodsTest, ClosingAConsumerLeavesTheOthers) {
  Produce("p", ChromiumCase("opus"));
  Consume("c1", "p");
  Consume("c2", "p");
  client_.Call("consumer.close", {{"consumerId", "c1"}});
  EXPECT_THAT(client_.TakeNotifications(), IsEmpty());
  EXPECT_EQ(client_.Refused("consumer.close", {{"consumerId", "c1"}}),
            (Refusal{"not_found", "params.consumerId"}));
  client_.Call("consumer.getStats", {{"consumerId", "c2"}});
}

TEST_F(MediaMethodsTest, ClosingASendersTransportTellsTheConsumersOnOthers) {
  Produce("p", ChromiumCase("opus"));
  Consume("away", "p");
  Consume("own", "p", {{"transportId", "up"}});
  client_.Call("transport.close", {{"transportId", "up"}});
  EXPECT_THAT(client_.TakeNotifications(), ElementsAre("consumer.producerClose away"));
  EXPECT_EQ(client_.Refused("producer.dump", {{"producerId", "p"}}).reason, "not_found");
  EXPECT_EQ(client_.Refused("consumer.dump", {{"consumerId", "own"}}).reason, "not_found");
}

TEST_F(MediaMethodsTest, ClosingAReceiversTransportIsSilent) {
  Produce("p", ChromiumCase("opus"));
  Consume("c", "p");
  client_.Call("transport.close", {{"transportId", "down"}});
  EXPECT_THAT(client_.TakeNotifications(), IsEmpty());
  EXPECT_THAT(client_.Call("router.dump", {{"routerId", "router-1"}})["mapConsumerIdProducerId"], IsEmpty());
}

TEST_F(MediaMethodsTest, ClosingARoomIsSilentAndLeavesNothing) {
  Produce("p1", ChromiumCase("opus"), "up");
  Produce("p2", ChromiumCase("opus"), "down");
  Consume("c1", "p1");
  Consume("c2", "p2", {{"transportId", "up"}});
  client_.Call("router.close", {{"routerId", "router-1"}});
  EXPECT_THAT(client_.TakeNotifications(), IsEmpty());
  for (const char* id : {"up", "down"}) {
    EXPECT_EQ(client_.Refused("transport.dump", {{"transportId", id}}).reason, "not_found");
  }
  json dump = client_.Call("worker.dump");
  EXPECT_THAT(dump["routerIds"], IsEmpty());
  for (const json& worker : dump["workers"]) {
    for (const char* count : {"transports", "producers", "consumers", "slabs"})
      EXPECT_EQ(worker[count], 0) << count;
  }
}

}  // namespace
}  // namespace sluice::api
