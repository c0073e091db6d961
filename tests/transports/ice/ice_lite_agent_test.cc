#include "transports/ice/ice_lite_agent.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <vector>

#include "tests/transports/ice/ice_lite_agent_fixture.h"

namespace sluice::transports {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

TEST_F(IceLiteAgentTest, KnowsNothingBeforeTheFirstRequest) {
  EXPECT_EQ(agent_.state(), IceState::kNew);
  EXPECT_FALSE(agent_.selected_path());
  EXPECT_FALSE(agent_.IsKnownPath(kWifi));
  EXPECT_TRUE(agent_.NextTimeout().IsNever());
  EXPECT_FALSE(agent_.Poll());
}

TEST_F(IceLiteAgentTest, AnswersAValidRequestWithTheAddressItCameFrom) {
  for (const Path& from : {kWifi, kV6}) {
    BindingRequest request{.transaction = 77};
    Receive(from, request);
    StunMessage response = Response();
    EXPECT_EQ(responses_[0].to, from);
    EXPECT_EQ(response.message_class(), StunClass::kSuccess);
    EXPECT_EQ(response.transaction_id()[4], 77);
    EXPECT_EQ(response.xor_mapped_address(), from.remote);
    EXPECT_TRUE(response.VerifyIntegrity(key_));
    EXPECT_TRUE(response.VerifyFingerprint());
  }
  EXPECT_EQ(AllDrops(), 0u);
}

TEST_F(IceLiteAgentTest, TheFirstRequestConnectsAndANominationCompletes) {
  Receive(kWifi, BindingRequest{});
  EXPECT_THAT(states_, ElementsAre(IceState::kConnected));
  EXPECT_THAT(selections_, ElementsAre(kWifi));
  Receive(kWifi, Nominating());
  EXPECT_THAT(states_, ElementsAre(IceState::kConnected, IceState::kCompleted));
  EXPECT_THAT(selections_, ElementsAre(kWifi));
}

TEST_F(IceLiteAgentTest, ANominatingFirstRequestCompletesAtOnce) {
  Receive(kWifi, Nominating());
  EXPECT_THAT(states_, ElementsAre(IceState::kCompleted));
  EXPECT_THAT(selections_, ElementsAre(kWifi));
}

TEST_F(IceLiteAgentTest, ARepeatedRequestIsAnsweredAgainAndChangesNothing) {
  Receive(kWifi, Nominating());
  const auto first = responses_.at(0).datagram;
  Receive(kWifi, Nominating());
  EXPECT_EQ(responses_.at(0).datagram, first);
  EXPECT_EQ(states_.size(), 1u);
  EXPECT_EQ(selections_.size(), 1u);
  EXPECT_EQ(agent_.path_count(), 1u);
}

TEST_F(IceLiteAgentTest, APathIsKnownByItsSocketAndProtocolToo) {
  Receive(kWifi, BindingRequest{});
  Path other_socket = kWifi;
  other_socket.socket = 1;
  Path tcp = kWifi;
  tcp.protocol = Protocol::kTcp;
  EXPECT_TRUE(agent_.IsKnownPath(kWifi));
  EXPECT_FALSE(agent_.IsKnownPath(other_socket));
  EXPECT_FALSE(agent_.IsKnownPath(tcp));
}

TEST_F(IceLiteAgentTest, ARequestWithoutNominationDoesNotMoveTheSelection) {
  Receive(kWifi, BindingRequest{});
  Receive(kMobile, BindingRequest{});
  EXPECT_EQ(agent_.selected_path(), kWifi);
  EXPECT_TRUE(agent_.IsKnownPath(kMobile));
  Receive(kMobile, Nominating());
  EXPECT_EQ(agent_.selected_path(), kMobile);
  EXPECT_TRUE(agent_.IsKnownPath(kWifi));
  EXPECT_THAT(selections_, ElementsAre(kWifi, kMobile));
}

TEST_F(IceLiteAgentTest, TheLatestUseCandidateWins) {
  Receive(kWifi, Nominating());
  Receive(kMobile, Nominating());
  Receive(kWifi, Nominating());
  EXPECT_THAT(selections_, ElementsAre(kWifi, kMobile, kWifi));
  EXPECT_THAT(states_, ElementsAre(IceState::kCompleted));
}

TEST_F(IceLiteAgentTest, OnlyAHigherNominationMovesTheSelection) {
  Receive(kWifi, Nominating(2));
  Receive(kMobile, Nominating(1));
  EXPECT_EQ(agent_.selected_path(), kWifi);
  Receive(kMobile, Nominating(2));
  EXPECT_EQ(agent_.selected_path(), kWifi);
  Receive(kMobile, Nominating(3));
  EXPECT_EQ(agent_.selected_path(), kMobile);
  EXPECT_EQ(AllDrops(), 0u);
}

TEST_F(IceLiteAgentTest, AnOutdatedNominationIsNotSavedByUseCandidate) {
  Receive(kWifi, Nominating(2));
  BindingRequest late = Nominating(1);
  late.use_candidate = true;
  Receive(kMobile, late);
  EXPECT_EQ(agent_.selected_path(), kWifi);
}

TEST_F(IceLiteAgentTest, MediaChoosesAmongKnownPathsUntilOneIsNominated) {
  Receive(kWifi, BindingRequest{});
  Receive(kMobile, BindingRequest{});
  agent_.HandleAuthenticatedTraffic(now_, kMobile);
  Drain();
  EXPECT_THAT(selections_, ElementsAre(kWifi, kMobile));
  EXPECT_EQ(agent_.state(), IceState::kConnected);

  Receive(kMobile, Nominating());
  agent_.HandleAuthenticatedTraffic(now_, kWifi);
  Drain();
  EXPECT_EQ(agent_.selected_path(), kMobile);
}

TEST_F(IceLiteAgentTest, MediaFromAnUnknownPathChoosesNothing) {
  agent_.HandleAuthenticatedTraffic(now_, kWifi);
  EXPECT_FALSE(agent_.selected_path());
  Receive(kWifi, BindingRequest{});
  agent_.HandleAuthenticatedTraffic(now_, kMobile);
  EXPECT_EQ(agent_.selected_path(), kWifi);
  EXPECT_FALSE(agent_.IsKnownPath(kMobile));
}

TEST_F(IceLiteAgentTest, TheNinthPathReplacesTheLongestSilentOneButNeverTheSelected) {
  Receive(kWifi, Nominating());
  std::vector<Path> others;
  for (uint16_t port = 1; port <= 8; ++port) {
    now_ += TimeDelta::Millis(10);
    others.push_back(UdpPath("203.0.113.9", port));
    if (port == 8) Receive(others[0], BindingRequest{});  // The first is heard again.
    Receive(others.back(), BindingRequest{});
  }
  EXPECT_EQ(agent_.path_count(), 8u);
  EXPECT_EQ(agent_.evicted_paths(), 1u);
  EXPECT_TRUE(agent_.IsKnownPath(kWifi));
  EXPECT_TRUE(agent_.IsKnownPath(others[0]));
  EXPECT_FALSE(agent_.IsKnownPath(others[1]));
  for (size_t i = 2; i < others.size(); ++i) EXPECT_TRUE(agent_.IsKnownPath(others[i])) << i;
}

TEST_F(IceLiteAgentTest, NominatingANinthPathSelectsIt) {
  Receive(kWifi, Nominating());
  for (uint16_t port = 1; port <= 7; ++port) Receive(UdpPath("203.0.113.9", port), BindingRequest{});
  Receive(kMobile, Nominating());
  EXPECT_EQ(agent_.selected_path(), kMobile);
  EXPECT_TRUE(agent_.IsKnownPath(kWifi));
  EXPECT_EQ(agent_.path_count(), 8u);
}

TEST_F(IceLiteAgentTest, NothingGetsThroughAfterClose) {
  Receive(kWifi, Nominating());
  agent_.Close();
  Drain();
  EXPECT_THAT(states_, ElementsAre(IceState::kCompleted, IceState::kClosed));
  EXPECT_FALSE(agent_.selected_path());
  EXPECT_FALSE(agent_.IsKnownPath(kWifi));
  EXPECT_TRUE(agent_.NextTimeout().IsNever());
  Receive(kWifi, Nominating());
  EXPECT_THAT(responses_, IsEmpty());
  EXPECT_EQ(agent_.dropped(IceDrop::kClosed), 1u);
  Wait(TimeDelta::Seconds(60));
  EXPECT_EQ(agent_.state(), IceState::kClosed);
}

TEST_F(IceLiteAgentTest, OutputsNobodyFetchesAreBounded) {
  const std::vector<uint8_t> request = Nominating().Write();
  for (uint16_t i = 0; i < 1000; ++i) agent_.HandleDatagram(now_, UdpPath("203.0.113.9", i), request);
  EXPECT_EQ(agent_.lost_outputs(), 1000 - IceLiteAgent::kMaxPendingTransmits);
  Drain();
  EXPECT_EQ(responses_.size(), IceLiteAgent::kMaxPendingTransmits);
  EXPECT_THAT(selections_, ElementsAre(UdpPath("203.0.113.9", 999)));
  EXPECT_THAT(states_, ElementsAre(IceState::kCompleted));
}

class IceLiteAgentWithOnePathTest : public IceLiteAgentTest {
 protected:
  IceLiteAgentWithOnePathTest() : IceLiteAgentTest({.local = ServerCredentials(), .max_paths = 0}) {}
};

TEST_F(IceLiteAgentWithOnePathTest, APeerCanStillMove) {
  Receive(kWifi, Nominating());
  Receive(kMobile, Nominating());
  Receive(kV6, Nominating());
  EXPECT_EQ(agent_.selected_path(), kV6);
  EXPECT_EQ(agent_.path_count(), IceLiteAgent::kMinPaths);
  EXPECT_TRUE(agent_.IsKnownPath(kMobile));
}

}  // namespace
}  // namespace sluice::transports
