// The agent and a checking peer over lossy links, in virtual time.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <vector>

#include "tests/sim/link.h"
#include "tests/sim/simulation.h"
#include "tests/transports/ice/ice_client.h"
#include "transports/ice/ice_lite_agent.h"

namespace sluice::transports {
namespace {

using ::testing::ElementsAre;

// One local address of the peer: a pair of links, and checks every 2.5 seconds as libwebrtc has them.
class Interface {
 public:
  Interface(sim::Simulation* sim, const Path& path, std::function<void(const Path&, Bytes)> to_server)
      : sim_(sim),
        path_(path),
        up_(sim, {}, [this, to_server](const std::vector<uint8_t>& datagram) { to_server(path_, datagram); }),
        down_(sim, {}, [this](const std::vector<uint8_t>& datagram) { Receive(datagram); }) {}

  const Path& path() const { return path_; }
  sim::Link& down() { return down_; }
  int successes() const { return successes_; }
  void set_request(const BindingRequest& request) { request_ = request; }
  void set_link_options(const sim::Link::Options& options) {
    up_.set_options(options);
    down_.set_options(options);
  }

  void StartChecks() {
    ++checking_;
    Check(checking_);
  }
  void StopChecks() { ++checking_; }

 private:
  void Check(int generation) {
    if (generation != checking_) return;
    ++request_.transaction;
    up_.Send(request_.Write());
    sim_->After(TimeDelta::Millis(2500), [this, generation] { Check(generation); });
  }

  void Receive(const std::vector<uint8_t>& datagram) {
    std::optional<StunMessage> response = StunMessage::Parse(datagram);
    ASSERT_TRUE(response);
    ASSERT_TRUE(response->VerifyFingerprint());
    if (response->message_class() != StunClass::kSuccess) return;
    ASSERT_TRUE(response->VerifyIntegrity(HmacSha1(*request_.password)));
    EXPECT_EQ(response->xor_mapped_address(), path_.remote);
    ++successes_;
  }

  sim::Simulation* sim_;
  Path path_;
  BindingRequest request_;
  sim::Link up_;
  sim::Link down_;
  int successes_ = 0;
  int checking_ = 0;
};

class IceLiteAgentNetworkTest : public ::testing::TestWithParam<uint64_t> {
 protected:
  void Receive(const Path& from, Bytes datagram) {
    agent_.HandleDatagram(sim_.now(), from, datagram);
    Drain();
    timeouts_.Reschedule();
  }

  void Drain() {
    while (std::optional<IceLiteAgent::Output> output = agent_.Poll()) {
      if (auto* transmit = std::get_if<IceLiteAgent::Transmit>(&*output)) Transmit(*transmit);
      if (auto* state = std::get_if<IceLiteAgent::StateChanged>(&*output)) states_.push_back(state->state);
    }
  }

  void Transmit(const IceLiteAgent::Transmit& transmit) {
    for (Interface* interface : {&wifi_, &mobile_}) {
      if (interface->path() == transmit.to) {
        interface->down().Send(Bytes(transmit.datagram.data(), transmit.datagram.size()));
      }
    }
  }

  static BindingRequest Nominating() {
    BindingRequest request;
    request.use_candidate = true;
    return request;
  }

  sim::Simulation sim_{GetParam()};
  IceLiteAgent agent_{{.local = ServerCredentials()}};
  sim::TimeoutDriver<IceLiteAgent> timeouts_{&sim_, &agent_, [this] { Drain(); }};
  Interface wifi_{&sim_, UdpPath("192.0.2.1", 40000), [this](const Path& p, Bytes d) { Receive(p, d); }};
  Interface mobile_{&sim_, UdpPath("2001:db8::2", 50000), [this](const Path& p, Bytes d) { Receive(p, d); }};
  std::vector<IceState> states_;
};

TEST_P(IceLiteAgentNetworkTest, ACompletedPathSurvivesLossReorderingAndDuplicationForTenMinutes) {
  wifi_.set_link_options({.jitter = TimeDelta::Millis(3000), .loss = 0.25, .duplication = 0.1});
  wifi_.set_request(Nominating());
  wifi_.StartChecks();
  sim_.RunFor(TimeDelta::Seconds(600));
  EXPECT_THAT(states_, ElementsAre(IceState::kCompleted));
  EXPECT_EQ(agent_.selected_path(), wifi_.path());
  EXPECT_GT(wifi_.successes(), 60);
  EXPECT_GT(wifi_.down().lost(), 0);
}

TEST_P(IceLiteAgentNetworkTest, ThePathIsLostThirtySecondsAfterThePeerFallsSilent) {
  wifi_.set_request(Nominating());
  wifi_.StartChecks();
  sim_.RunFor(TimeDelta::Seconds(61));
  wifi_.StopChecks();
  const Timestamp last_check = agent_.NextTimeout() - TimeDelta::Seconds(30);
  sim_.RunUntil(last_check + TimeDelta::Seconds(30) - TimeDelta::Micros(1));
  EXPECT_THAT(states_, ElementsAre(IceState::kCompleted));
  sim_.RunFor(TimeDelta::Micros(1));
  EXPECT_THAT(states_, ElementsAre(IceState::kCompleted, IceState::kDisconnected));
}

TEST_P(IceLiteAgentNetworkTest, ABlackoutOfAMinuteIsRecoveredFrom) {
  wifi_.set_request(Nominating());
  wifi_.StartChecks();
  sim_.RunFor(TimeDelta::Seconds(20));
  wifi_.set_link_options({.loss = 1});
  sim_.RunFor(TimeDelta::Seconds(60));
  EXPECT_THAT(states_, ElementsAre(IceState::kCompleted, IceState::kDisconnected));
  wifi_.set_link_options({});
  sim_.RunFor(TimeDelta::Seconds(3));
  EXPECT_THAT(states_, ElementsAre(IceState::kCompleted, IceState::kDisconnected, IceState::kCompleted));
}

TEST_P(IceLiteAgentNetworkTest, ThePeerMovesToAnotherInterfaceWithoutAnInterruption) {
  wifi_.set_link_options({.loss = 0.1});
  mobile_.set_link_options({.delay = TimeDelta::Millis(60), .jitter = TimeDelta::Millis(30), .loss = 0.1});
  wifi_.set_request(Nominating());
  wifi_.StartChecks();
  mobile_.StartChecks();
  sim_.RunFor(TimeDelta::Seconds(20));
  EXPECT_EQ(agent_.selected_path(), wifi_.path());

  wifi_.set_request({});
  mobile_.set_request(Nominating());
  sim_.RunFor(TimeDelta::Seconds(20));
  EXPECT_EQ(agent_.selected_path(), mobile_.path());
  wifi_.StopChecks();
  sim_.RunFor(TimeDelta::Seconds(60));
  EXPECT_FALSE(agent_.IsKnownPath(wifi_.path()));
  EXPECT_EQ(agent_.selected_path(), mobile_.path());
  EXPECT_THAT(states_, ElementsAre(IceState::kCompleted));
}

TEST_P(IceLiteAgentNetworkTest, TheBackupTakesOverWhenTheNominatedPathDies) {
  wifi_.set_request(Nominating());
  wifi_.StartChecks();
  mobile_.StartChecks();
  sim_.RunFor(TimeDelta::Seconds(10));
  wifi_.set_link_options({.loss = 1});
  sim_.RunFor(TimeDelta::Seconds(31));
  EXPECT_EQ(agent_.selected_path(), mobile_.path());
  EXPECT_THAT(states_, ElementsAre(IceState::kCompleted, IceState::kConnected));
}

TEST_P(IceLiteAgentNetworkTest, ARestartUnderLossKeepsTheSessionAlive) {
  wifi_.set_link_options({.loss = 0.2});
  wifi_.set_request(Nominating());
  wifi_.StartChecks();
  sim_.RunFor(TimeDelta::Seconds(30));
  agent_.Restart({"new", "new password"});
  sim_.RunFor(TimeDelta::Seconds(31));  // The new parameters take a while to the peer.
  BindingRequest restarted = Nominating();
  restarted.username = "new:cli";
  restarted.password = "new password";
  wifi_.set_request(restarted);
  const int before = wifi_.successes();
  sim_.RunFor(TimeDelta::Seconds(60));
  EXPECT_GT(wifi_.successes(), before);
  EXPECT_THAT(states_, ElementsAre(IceState::kCompleted));
  EXPECT_EQ(agent_.dropped(IceDrop::kWrongUsername), 0u);
}

INSTANTIATE_TEST_SUITE_P(Seeds, IceLiteAgentNetworkTest, ::testing::Range<uint64_t>(1, 6));

}  // namespace
}  // namespace sluice::transports
