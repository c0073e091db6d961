// audioLevelObserver.*, activeSpeakerObserver.*, rtpObserver.* and what becomes of observers when others
// close.
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

class RtpObserverMethodsTest : public ::testing::Test {
 protected:
  RtpObserverMethodsTest() {
    client_.CreateExampleObjects();
    AddProducer("video", "video", 20);
    AddProducer("audio", "audio", 30);
  }

  void AddProducer(const std::string& id, const std::string& kind, uint32_t ssrc,
                   const std::string& transport = "transport-1") {
    json codec = kind == "audio" ? json{{"mimeType", "audio/opus"}, {"clockRate", 48'000}, {"channels", 2}}
                                 : json{{"mimeType", "video/VP8"}, {"clockRate", 90'000}};
    codec["payloadType"] = 100;
    client_.Call(
        "producer.create",
        {{"transportId", transport},
         {"producerId", id},
         {"kind", kind},
         {"rtpParameters",
          {{"mid", id}, {"codecs", json::array({codec})}, {"encodings", json::array({{{"ssrc", ssrc}}})}}}});
  }
  void Observe(const std::string& observer, const std::string& producer) {
    client_.Call("rtpObserver.addProducer", {{"rtpObserverId", observer}, {"producerId", producer}});
  }
  json Dump(const std::string& observer) {
    return client_.Call("rtpObserver.dump", {{"rtpObserverId", observer}});
  }

  ControlClient client_{/*workers=*/2};
};

TEST_F(RtpObserverMethodsTest, ObserversHaveTheFieldsOfTheirKindWithDefaults) {
  EXPECT_EQ(Dump("rtpObserver-1"), (json{{"id", "rtpObserver-1"},
                                         {"type", "audiolevel"},
                                         {"paused", false},
                                         {"producerIds", json::array()},
                                         {"maxEntries", 1},
                                         {"threshold", -80},
                                         {"interval", 1000}}));
  std::string id = client_.Call("activeSpeakerObserver.create", {{"routerId", "router-1"}})["rtpObserverId"];
  EXPECT_EQ(Dump(id), (json{{"id", id},
                            {"type", "activespeaker"},
                            {"paused", false},
                            {"producerIds", json::array()},
                            {"interval", 300}}));
}

TEST_F(RtpObserverMethodsTest, IntervalsAreBroughtWithinTheirBounds) {
  auto interval = [&](const char* method, uint32_t asked) {
    json created = client_.Call(method, {{"routerId", "router-1"}, {"interval", asked}});
    return Dump(created["rtpObserverId"])["interval"].get<int>();
  };
  EXPECT_EQ(interval("audioLevelObserver.create", 1), 250);
  EXPECT_EQ(interval("audioLevelObserver.create", 777), 777);
  EXPECT_EQ(interval("audioLevelObserver.create", 4'000'000'000), 5000);
  EXPECT_EQ(interval("activeSpeakerObserver.create", 0), 100);
  EXPECT_EQ(interval("activeSpeakerObserver.create", 6000), 5000);
}

TEST_F(RtpObserverMethodsTest, ProducersAreAddedAndRemoved) {
  Observe("rtpObserver-1", "producer-1");
  Observe("rtpObserver-1", "audio");
  Observe("rtpObserver-1", "audio");
  EXPECT_EQ(Dump("rtpObserver-1")["producerIds"], json::array({"audio", "producer-1"}));
  json router = client_.Call("router.dump", {{"routerId", "router-1"}});
  EXPECT_EQ(router["rtpObserverIds"], json::array({"rtpObserver-1"}));
  EXPECT_EQ(router["mapProducerIdObserverIds"],
            json::array({{{"key", "audio"}, {"values", {"rtpObserver-1"}}},
                         {{"key", "producer-1"}, {"values", {"rtpObserver-1"}}}}));
  for (int i = 0; i < 2; ++i) {
    client_.Call("rtpObserver.removeProducer", {{"rtpObserverId", "rtpObserver-1"}, {"producerId", "audio"}});
  }
  EXPECT_EQ(Dump("rtpObserver-1")["producerIds"], json::array({"producer-1"}));
}

TEST_F(RtpObserverMethodsTest, OnlyAudioOfTheSameRoomIsObserved) {
  json params = {{"rtpObserverId", "rtpObserver-1"}, {"producerId", "video"}};
  EXPECT_EQ(client_.Refused("rtpObserver.addProducer", params),
            (Refusal{"invalid_value", "params.producerId"}));
  client_.Call("router.create", {{"routerId", "router-2"}, {"mediaCodecs", ChromiumFixture("mediaCodecs")}});
  client_.CreateTransport("elsewhere", "router-2");
  AddProducer("stranger", "audio", 40, "elsewhere");
  params["producerId"] = "stranger";
  for (const char* method : {"rtpObserver.addProducer", "rtpObserver.removeProducer"}) {
    EXPECT_EQ(client_.Refused(method, params), (Refusal{"not_found", "params.producerId"}));
  }
  EXPECT_THAT(Dump("rtpObserver-1")["producerIds"], IsEmpty());
}

TEST_F(RtpObserverMethodsTest, PausingIsRemembered) {
  client_.Call("rtpObserver.pause", {{"rtpObserverId", "rtpObserver-1"}});
  EXPECT_EQ(Dump("rtpObserver-1")["paused"], true);
  client_.Call("rtpObserver.resume", {{"rtpObserverId", "rtpObserver-1"}});
  EXPECT_EQ(Dump("rtpObserver-1")["paused"], false);
}

TEST_F(RtpObserverMethodsTest, TheFirstComerIsTheDominantSpeakerUntilSomebodySpeaks) {
  client_.Call("activeSpeakerObserver.create",
               {{"routerId", "router-1"}, {"rtpObserverId", "speaker"}, {"interval", 100}});
  Observe("speaker", "audio");
  client_.RunUntil([&] { return !client_.notifications().empty(); });
  EXPECT_EQ(client_.notifications().front()["params"],
            (json{{"rtpObserverId", "speaker"}, {"producerId", "audio"}}));
  EXPECT_THAT(client_.TakeNotifications(), ElementsAre("activeSpeakerObserver.dominantSpeaker speaker"));
}

TEST_F(RtpObserverMethodsTest, AClosedProducerIsObservedNoMore) {
  Observe("rtpObserver-1", "producer-1");
  Observe("rtpObserver-1", "audio");
  client_.Call("producer.close", {{"producerId", "audio"}});
  EXPECT_EQ(Dump("rtpObserver-1")["producerIds"], json::array({"producer-1"}));
  client_.Call("transport.close", {{"transportId", "transport-1"}});
  EXPECT_THAT(Dump("rtpObserver-1")["producerIds"], IsEmpty());
}

TEST_F(RtpObserverMethodsTest, ClosingLeavesTheProducersToOtherObservers) {
  client_.Call("activeSpeakerObserver.create", {{"routerId", "router-1"}, {"rtpObserverId", "speaker"}});
  Observe("rtpObserver-1", "audio");
  Observe("speaker", "audio");
  client_.Call("rtpObserver.close", {{"rtpObserverId", "rtpObserver-1"}});
  EXPECT_EQ(client_.Refused("rtpObserver.dump", {{"rtpObserverId", "rtpObserver-1"}}),
            (Refusal{"not_found", "params.rtpObserverId"}));
  json router = client_.Call("router.dump", {{"routerId", "router-1"}});
  EXPECT_EQ(router["rtpObserverIds"], json::array({"speaker"}));
  EXPECT_EQ(router["mapProducerIdObserverIds"], json::array({{{"key", "audio"}, {"values", {"speaker"}}}}));
}

TEST_F(RtpObserverMethodsTest, ObserversGoWithTheirRoom) {
  Observe("rtpObserver-1", "audio");
  client_.Call("router.close", {{"routerId", "router-1"}});
  EXPECT_EQ(client_.Refused("rtpObserver.dump", {{"rtpObserverId", "rtpObserver-1"}}).reason, "not_found");
  EXPECT_THAT(client_.TakeNotifications(), IsEmpty());
}

// A room that forwards one audio producer to each subscriber.
class MaxSpeakersTest : public ::testing::Test {
 protected:
  MaxSpeakersTest() {
    client_.Call("router.create",
                 {{"routerId", "room"}, {"mediaCodecs", ChromiumFixture("mediaCodecs")}, {"maxSpeakers", 1}});
    client_.CreateTransport("sending", "room");
  }

  void AddProducer(const std::string& id, uint32_t ssrc, bool tells_level = true) {
    json extensions = json::array();
    if (tells_level) extensions = {{{"uri", "urn:ietf:params:rtp-hdrext:ssrc-audio-level"}, {"id", 6}}};
    json codec = {{"mimeType", "audio/opus"}, {"payloadType", 100}, {"clockRate", 48'000}, {"channels", 2}};
    client_.Call("producer.create", {{"transportId", "sending"},
                                     {"producerId", id},
                                     {"kind", "audio"},
                                     {"rtpParameters",
                                      {{"mid", id},
                                       {"codecs", json::array({codec})},
                                       {"headerExtensions", extensions},
                                       {"encodings", json::array({{{"ssrc", ssrc}}})}}}});
  }
  // The next list of those that are forwarded.
  std::vector<std::string> NextSpeakers() {
    EXPECT_TRUE(client_.RunUntil([&] { return client_.notifications().size() > seen_; }));
    if (client_.notifications().size() <= seen_) return {};
    const json& told = client_.notifications()[seen_++];
    EXPECT_EQ(told["method"], "router.speakersChange");
    EXPECT_EQ(told["params"]["routerId"], "room");
    return told["params"]["producerIds"];
  }

  ControlClient client_{/*workers=*/2};
  size_t seen_ = 0;
};

TEST_F(MaxSpeakersTest, TellsWhoIsForwarded) {
  AddProducer("ann", 1);
  EXPECT_THAT(NextSpeakers(), ElementsAre("ann"));
  AddProducer("bob", 2);
  EXPECT_THAT(NextSpeakers(), ElementsAre("ann", "bob"));
  AddProducer("cid", 3);
  client_.Call("producer.close", {{"producerId", "ann"}});
  EXPECT_THAT(NextSpeakers(), ElementsAre("bob", "cid"));
  client_.Call("transport.close", {{"transportId", "sending"}});
  while (!NextSpeakers().empty()) {  // Cid alone comes between, or not.
  }
}

TEST_F(MaxSpeakersTest, WhoDoesNotTellHisLevelIsNotChosenFrom) {
  AddProducer("plain", 1, /*tells_level=*/false);
  AddProducer("ann", 2);
  EXPECT_THAT(NextSpeakers(), ElementsAre("ann"));
}

TEST_F(MaxSpeakersTest, ObserversMayComeAndGoBeside) {
  AddProducer("ann", 1);
  client_.Call("audioLevelObserver.create", {{"routerId", "room"}, {"rtpObserverId", "levels"}});
  for (const char* method : {"rtpObserver.addProducer", "rtpObserver.removeProducer"}) {
    client_.Call(method, {{"rtpObserverId", "levels"}, {"producerId", "ann"}});
  }
  EXPECT_THAT(NextSpeakers(), ElementsAre("ann"));
  EXPECT_EQ(client_.Call("router.dump", {{"routerId", "room"}})["maxSpeakers"], 1);
  client_.Call("router.close", {{"routerId", "room"}});
}

TEST_F(MaxSpeakersTest, IsAtLeastOne) {
  EXPECT_EQ(client_.Refused("router.create", {{"maxSpeakers", 0}}),
            (Refusal{"invalid_value", "params.maxSpeakers"}));
  EXPECT_EQ(client_.Refused("router.create", {{"maxSpeakers", "3"}}),
            (Refusal{"wrong_type", "params.maxSpeakers"}));
}

}  // namespace
}  // namespace sluice::api
