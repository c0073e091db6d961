#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <vector>

#include "tests/transports/ice/ice_lite_agent_fixture.h"

namespace sluice::transports {
namespace {

using ::testing::ElementsAre;

using IceLiteAgentRestartTest = IceLiteAgentTest;

TEST_F(IceLiteAgentRestartTest, AfterARestartOldCredentialsWorkUntilTheNewOnesDo) {
  const BindingRequest old_request = Nominating();
  BindingRequest new_request{.username = "new:cli", .password = "new password"};
  Receive(kWifi, old_request);
  agent_.Restart({"new", "new password"});
  EXPECT_EQ(agent_.local().username_fragment, "new");
  EXPECT_EQ(agent_.selected_path(), kWifi);

  Receive(kWifi, old_request);
  EXPECT_TRUE(Response().VerifyIntegrity(key_));
  Receive(kMobile, new_request);
  EXPECT_TRUE(Response().VerifyIntegrity(HmacSha1("new password")));
  EXPECT_EQ(AllDrops(), 0u);

  Receive(kWifi, old_request);
  EXPECT_EQ(Error(), 401);
  EXPECT_EQ(agent_.dropped(IceDrop::kWrongUsername), 1u);
  EXPECT_EQ(agent_.selected_path(), kWifi);
  new_request.use_candidate = true;
  Receive(kMobile, new_request);
  EXPECT_EQ(agent_.selected_path(), kMobile);
  EXPECT_THAT(states_, ElementsAre(IceState::kCompleted));
}

TEST_F(IceLiteAgentRestartTest, OldAndNewCredentialsAreNotMixed) {
  agent_.Restart({"new", "new password"});
  Receive(kWifi, BindingRequest{.username = "new:cli"});
  EXPECT_EQ(Error(), 401);
  Receive(kWifi, BindingRequest{.password = "new password"});
  EXPECT_EQ(Error(), 401);
  EXPECT_EQ(agent_.dropped(IceDrop::kBadIntegrity), 2u);
  Receive(kWifi, BindingRequest{});
  EXPECT_EQ(Error(), 0) << "a failed attempt must not end the old credentials";
}

TEST_F(IceLiteAgentRestartTest, ASecondRestartKeepsTheCredentialsThePeerStillUses) {
  Receive(kWifi, BindingRequest{});
  agent_.Restart({"lost", "never arrived"});
  agent_.Restart({"new", "new password"});
  Receive(kWifi, BindingRequest{});
  EXPECT_EQ(Error(), 0);
  Receive(kWifi, BindingRequest{.username = "lost:cli", .password = "never arrived"});
  EXPECT_EQ(Error(), 401);
  Receive(kWifi, BindingRequest{.username = "new:cli", .password = "new password"});
  EXPECT_EQ(Error(), 0);
}

TEST_F(IceLiteAgentRestartTest, ARestartCountsNominationsAnew) {
  Receive(kWifi, Nominating(7));
  agent_.Restart({"new", "new password"});
  Receive(kWifi, Nominating(8));
  BindingRequest first = Nominating(1);
  first.username = "new:cli";
  first.password = "new password";
  Receive(kMobile, first);
  EXPECT_EQ(agent_.selected_path(), kMobile);
}

}  // namespace
}  // namespace sluice::transports
