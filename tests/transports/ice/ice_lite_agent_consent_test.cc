#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <vector>

#include "tests/transports/ice/ice_lite_agent_fixture.h"

namespace sluice::transports {
namespace {

using ::testing::ElementsAre;

using IceLiteAgentConsentTest = IceLiteAgentTest;

TEST_F(IceLiteAgentConsentTest, ARefusedRequestIsNoConsent) {
  Receive(kWifi, BindingRequest{});
  const Timestamp expiry = agent_.NextTimeout();
  now_ += TimeDelta::Seconds(5);
  Receive(kWifi, BindingRequest{.password = "guess"});
  Receive(kWifi, BindingRequest{.role = BindingRequest::Role::kControlled});
  Receive(kWifi, BindingRequest{.extra_attributes = {0x7abc}});
  EXPECT_EQ(agent_.NextTimeout(), expiry);
}

TEST_F(IceLiteAgentConsentTest, APathExpiresAfterThirtySecondsOfSilence) {
  Receive(kWifi, Nominating());
  EXPECT_EQ(agent_.NextTimeout(), now_ + TimeDelta::Seconds(30));
  Wait(TimeDelta::Seconds(30) - TimeDelta::Micros(1));
  EXPECT_EQ(agent_.state(), IceState::kCompleted);
  Wait(TimeDelta::Micros(1));
  EXPECT_THAT(states_, ElementsAre(IceState::kCompleted, IceState::kDisconnected));
  EXPECT_FALSE(agent_.selected_path());
  EXPECT_FALSE(agent_.IsKnownPath(kWifi));
  EXPECT_TRUE(agent_.NextTimeout().IsNever());
}

TEST_F(IceLiteAgentConsentTest, EveryValidRequestRenewsConsent) {
  for (int i = 0; i < 100; ++i) {
    Receive(kWifi, i == 0 ? Nominating() : BindingRequest{});
    Wait(TimeDelta::Seconds(29));
  }
  EXPECT_THAT(states_, ElementsAre(IceState::kCompleted));
}

TEST_F(IceLiteAgentConsentTest, MediaIsNoConsent) {
  Receive(kWifi, BindingRequest{});
  for (int i = 0; i < 30; ++i) {
    agent_.HandleAuthenticatedTraffic(now_, kWifi);
    Wait(TimeDelta::Seconds(1));
  }
  EXPECT_EQ(agent_.state(), IceState::kDisconnected);
}

TEST_F(IceLiteAgentConsentTest, ASilentPathExpiresAloneAndTheSelectionStays) {
  Receive(kMobile, BindingRequest{});
  Receive(kWifi, Nominating());
  Wait(TimeDelta::Seconds(20));
  Receive(kWifi, BindingRequest{});
  Wait(TimeDelta::Seconds(10));
  EXPECT_FALSE(agent_.IsKnownPath(kMobile));
  EXPECT_EQ(agent_.selected_path(), kWifi);
  EXPECT_EQ(agent_.state(), IceState::kCompleted);
}

TEST_F(IceLiteAgentConsentTest, TheLatestLivingPathReplacesAnExpiredSelection) {
  Receive(kWifi, Nominating(5));
  Wait(TimeDelta::Seconds(10));
  Receive(kMobile, BindingRequest{});
  Wait(TimeDelta::Seconds(1));
  Receive(kV6, BindingRequest{});
  Wait(TimeDelta::Seconds(19));
  EXPECT_EQ(agent_.selected_path(), kV6);
  EXPECT_EQ(agent_.state(), IceState::kConnected);
  // The nomination went with its path, so the peer may repeat its number for another.
  Receive(kMobile, Nominating(5));
  EXPECT_EQ(agent_.selected_path(), kMobile);
  EXPECT_EQ(agent_.state(), IceState::kCompleted);
}

TEST_F(IceLiteAgentConsentTest, ARequestBringsADisconnectedAgentBack) {
  Receive(kWifi, Nominating(9));
  Wait(TimeDelta::Seconds(30));
  Receive(kMobile, BindingRequest{});
  EXPECT_EQ(agent_.state(), IceState::kConnected);
  EXPECT_EQ(agent_.selected_path(), kMobile);
  Wait(TimeDelta::Seconds(30));
  Receive(kWifi, Nominating(1));
  EXPECT_THAT(states_, ElementsAre(IceState::kCompleted, IceState::kDisconnected, IceState::kConnected,
                                   IceState::kDisconnected, IceState::kCompleted));
  EXPECT_EQ(selections_, (std::vector{kWifi, kMobile, kWifi}));
}

TEST_F(IceLiteAgentConsentTest, AClosedConnectionHandsOverToAnotherPath) {
  Receive(kWifi, Nominating());
  Receive(kMobile, BindingRequest{});
  agent_.RemovePath(now_, kWifi);
  Drain();
  EXPECT_EQ(agent_.selected_path(), kMobile);
  EXPECT_FALSE(agent_.IsKnownPath(kWifi));
  agent_.RemovePath(now_, kWifi);
  agent_.RemovePath(now_, kMobile);
  Drain();
  EXPECT_FALSE(agent_.selected_path());
  EXPECT_THAT(states_, ElementsAre(IceState::kCompleted, IceState::kConnected, IceState::kDisconnected));
}

TEST_F(IceLiteAgentConsentTest, RemovingAnUnselectedOrUnknownPathChangesNothingElse) {
  Receive(kWifi, Nominating());
  Receive(kMobile, BindingRequest{});
  agent_.RemovePath(now_, kMobile);
  agent_.RemovePath(now_, kV6);
  Drain();
  EXPECT_EQ(agent_.selected_path(), kWifi);
  EXPECT_THAT(states_, ElementsAre(IceState::kCompleted));
  EXPECT_EQ(agent_.path_count(), 1u);
}

class IceLiteAgentWithoutConsentTest : public IceLiteAgentTest {
 protected:
  IceLiteAgentWithoutConsentTest()
      : IceLiteAgentTest({.local = ServerCredentials(), .consent_timeout = TimeDelta::Zero()}) {}
};

TEST_F(IceLiteAgentWithoutConsentTest, PathsNeverExpire) {
  Receive(kWifi, BindingRequest{});
  EXPECT_TRUE(agent_.NextTimeout().IsNever());
  Wait(TimeDelta::Seconds(1'000'000));
  EXPECT_EQ(agent_.state(), IceState::kConnected);
  EXPECT_TRUE(agent_.IsKnownPath(kWifi));
}

}  // namespace
}  // namespace sluice::transports
