#include "bench/load/scenario.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <set>
#include <string>

namespace sluice::load {
namespace {

Scenario Parse(std::vector<std::string> words) {
  auto scenario = ParseScenario(words);
  EXPECT_TRUE(scenario.ok()) << scenario.status();
  return scenario.ok() ? *scenario : Scenario{};
}

TEST(ScenarioTest, IsSpelledAsItIsRead) {
  for (std::vector<std::string> words : std::vector<std::vector<std::string>>{
           {"meeting", "12"}, {"broadcast", "50"}, {"webinar", "5", "50"}, {"audio", "7"}, {"churn", "20"}}) {
    std::string spelled = words[0];
    for (size_t i = 1; i < words.size(); ++i) spelled += " " + words[i];
    EXPECT_EQ(ToString(Parse(words)), spelled);
  }
  EXPECT_EQ(ToString(Parse({"churn"})), "churn 12");
}

TEST(ScenarioTest, WhatIsNotOneIsRefusedInASentence) {
  for (std::vector<std::string> words : std::vector<std::vector<std::string>>{{},
                                                                              {"party", "5"},
                                                                              {"meeting"},
                                                                              {"meeting", "0"},
                                                                              {"meeting", "-1"},
                                                                              {"meeting", "5x"},
                                                                              {"meeting", "1e3"},
                                                                              {"meeting", "99999999999"},
                                                                              {"meeting", "5", "6"},
                                                                              {"webinar", "5"}}) {
    EXPECT_FALSE(ParseScenario(words).ok()) << ::testing::PrintToString(words);
  }
}

TEST(ScenarioTest, InAMeetingEverybodySendsAndReceives) {
  PeerPlan peer = MakePeer(Parse({"meeting", "3"}), {}, 2);
  EXPECT_TRUE(peer.subscribe);
  ASSERT_EQ(peer.publish.size(), 2u);
  EXPECT_EQ(peer.publish[0].kind, MediaKind::kAudio);
  EXPECT_EQ(peer.publish[1].kind, MediaKind::kVideo);
}

TEST(ScenarioTest, InAWebinarTheFirstSendAndTheOthersReceive) {
  Scenario webinar = Parse({"webinar", "2", "5"});
  EXPECT_EQ(PeersOf(webinar), 7);
  for (int i = 0; i < 7; ++i) {
    PeerPlan peer = MakePeer(webinar, {}, i);
    EXPECT_EQ(peer.publish.empty(), i >= 2);
    EXPECT_EQ(peer.subscribe, i >= 2);
  }
}

TEST(ScenarioTest, AudioRoomsHaveNoVideoAndWhoComesLaterPublishesToo) {
  EXPECT_EQ(MakePeer(Parse({"audio", "3"}), {}, 0).publish.size(), 1u);
  EXPECT_EQ(MakePeer(Parse({"churn", "3"}), {}, 100).publish.size(), 2u);
}

TEST(ScenarioTest, NoTwoStreamsShareAnSsrc) {
  std::set<uint32_t> ssrcs;
  size_t streams = 0;
  for (int i = 0; i < 50; ++i) {
    for (const StreamPlan& stream : MakePeer(Parse({"meeting", "50"}), {.simulcast = 4}, i).publish) {
      for (const StreamPlan::Encoding& encoding : stream.encodings) {
        ssrcs.insert(encoding.ssrc.value());
        ++streams;
        if (!encoding.rtx_ssrc) continue;
        ssrcs.insert(encoding.rtx_ssrc->value());
        ++streams;
      }
    }
  }
  EXPECT_EQ(ssrcs.size(), streams);
  EXPECT_EQ(streams, 50u * 9);
}

}  // namespace
}  // namespace sluice::load
