#include "transports/ice/ice_lite_agent.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <numeric>
#include <string>
#include <vector>

#include "tests/transports/ice/ice_client.h"

namespace sluice::transports {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

const Path kWifi = UdpPath("192.0.2.1", 40000);
const Path kMobile = UdpPath("198.51.100.2", 50000);
const Path kV6 = UdpPath("2001:db8::7", 60000);

BindingRequest Nominating() {
  BindingRequest request;
  request.use_candidate = true;
  return request;
}

BindingRequest Nominating(uint32_t number) {
  BindingRequest request;
  request.nomination = number;
  return request;
}

class IceLiteAgentTest : public ::testing::Test {
 protected:
  IceLiteAgentTest() : IceLiteAgentTest({.local = ServerCredentials()}) {}
  explicit IceLiteAgentTest(IceLiteAgent::Options options) : agent_(std::move(options)) {}

  void Receive(const Path& from, const std::vector<uint8_t>& datagram) {
    agent_.HandleDatagram(now_, from, datagram);
    Drain();
  }
  void Receive(const Path& from, const BindingRequest& request) { Receive(from, request.Write()); }

  // Takes everything the agent has to say; events are appended, responses replace those of the last input.
  void Drain() {
    responses_.clear();
    while (std::optional<IceLiteAgent::Output> output = agent_.Poll()) {
      if (auto* transmit = std::get_if<IceLiteAgent::Transmit>(&*output)) responses_.push_back(*transmit);
      if (auto* state = std::get_if<IceLiteAgent::StateChanged>(&*output)) states_.push_back(state->state);
      if (auto* selected = std::get_if<IceLiteAgent::PathSelected>(&*output))
        selections_.push_back(selected->path);
    }
  }

  void Wait(TimeDelta time) {
    now_ += time;
    agent_.HandleTimeout(now_);
    Drain();
  }

  // The one response to the last input.
  StunMessage Response() {
    EXPECT_EQ(responses_.size(), 1u);
    const auto& datagram = responses_.at(0).datagram;
    return StunMessage::Parse(Bytes(datagram.data(), datagram.size())).value();
  }

  // The error that the last input was answered with; 0 if there was none.
  uint16_t Error() { return responses_.empty() ? 0 : Response().error_code().value_or(0); }

  uint64_t AllDrops() const {
    uint64_t sum = 0;
    for (size_t i = 0; i < static_cast<size_t>(IceDrop::kCount); ++i)
      sum += agent_.dropped(static_cast<IceDrop>(i));
    return sum;
  }

  // Nothing was learned from the last input, and this is why.
  void ExpectDropped(IceDrop reason) {
    EXPECT_EQ(agent_.dropped(reason), 1u);
    EXPECT_EQ(AllDrops(), 1u);
    EXPECT_EQ(agent_.state(), IceState::kNew);
    EXPECT_EQ(agent_.path_count(), 0u);
    EXPECT_TRUE(agent_.NextTimeout().IsNever());
  }

  const HmacSha1 key_{ServerCredentials().password};
  Timestamp now_ = Timestamp::Seconds(100);
  IceLiteAgent agent_;
  std::vector<IceLiteAgent::Transmit> responses_;
  std::vector<IceState> states_;
  std::vector<Path> selections_;
};

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

TEST_F(IceLiteAgentTest, DropsWhatIsNotStun) {
  Receive(kWifi, std::vector<uint8_t>{0, 1, 0, 0});
  ExpectDropped(IceDrop::kMalformed);
  EXPECT_THAT(responses_, IsEmpty());
}

TEST_F(IceLiteAgentTest, DropsMethodsOtherThanBinding) {
  std::vector<uint8_t> allocate = BindingRequest{}.Write();
  allocate[1] = 0x03;
  Receive(kWifi, allocate);
  ExpectDropped(IceDrop::kNotBinding);
  EXPECT_THAT(responses_, IsEmpty());
}

TEST_F(IceLiteAgentTest, DropsResponsesBecauseItNeverAsks) {
  Receive(kWifi, BindingRequest{.message_class = StunClass::kSuccess});
  ExpectDropped(IceDrop::kUnexpectedResponse);
  Receive(kWifi, BindingRequest{.message_class = StunClass::kError});
  EXPECT_EQ(agent_.dropped(IceDrop::kUnexpectedResponse), 2u);
  EXPECT_THAT(responses_, IsEmpty());
}

TEST_F(IceLiteAgentTest, AnIndicationIsNeitherAnsweredNorConsent) {
  Receive(kWifi, BindingRequest{});
  const Timestamp expiry = agent_.NextTimeout();
  now_ += TimeDelta::Seconds(5);
  Receive(kWifi, BindingRequest{.message_class = StunClass::kIndication});
  Receive(kMobile, BindingRequest{.message_class = StunClass::kIndication});
  EXPECT_THAT(responses_, IsEmpty());
  EXPECT_EQ(AllDrops(), 0u);
  EXPECT_EQ(agent_.NextTimeout(), expiry);
  EXPECT_FALSE(agent_.IsKnownPath(kMobile));
}

TEST_F(IceLiteAgentTest, DropsAWrongFingerprintInSilence) {
  std::vector<uint8_t> datagram = BindingRequest{}.Write();
  datagram.back() ^= 1;
  Receive(kWifi, datagram);
  ExpectDropped(IceDrop::kBadFingerprint);
  EXPECT_THAT(responses_, IsEmpty());
}

TEST_F(IceLiteAgentTest, RefusesAMissingFingerprint) {
  Receive(kWifi, BindingRequest{.fingerprint = false});
  ExpectDropped(IceDrop::kMissingFingerprint);
  EXPECT_EQ(Error(), 400);
  EXPECT_FALSE(Response().has_message_integrity());
}

TEST_F(IceLiteAgentTest, RefusesAMissingUsername) {
  Receive(kWifi, BindingRequest{.username = ""});
  ExpectDropped(IceDrop::kMissingCredentials);
  EXPECT_EQ(Error(), 400);
}

TEST_F(IceLiteAgentTest, RefusesAMissingIntegrity) {
  Receive(kWifi, BindingRequest{.password = std::nullopt});
  ExpectDropped(IceDrop::kMissingCredentials);
  EXPECT_EQ(Error(), 400);
}

TEST_F(IceLiteAgentTest, RefusesAUsernameThatIsForSomebodyElse) {
  for (const char* username : {"cli:srv", "srv", "srvx:cli", "sr:cli", ":srv", ":"}) {
    Receive(kWifi, BindingRequest{.username = username});
    EXPECT_EQ(Error(), 401) << username;
    EXPECT_TRUE(Response().VerifyFingerprint());
    EXPECT_FALSE(Response().has_message_integrity());
  }
  EXPECT_EQ(agent_.dropped(IceDrop::kWrongUsername), 6u);
  EXPECT_EQ(agent_.unauthenticated_errors(), 6u);
  EXPECT_EQ(agent_.path_count(), 0u);
}

TEST_F(IceLiteAgentTest, RefusesAWrongPassword) {
  Receive(kWifi, BindingRequest{.password = "guess"});
  ExpectDropped(IceDrop::kBadIntegrity);
  EXPECT_EQ(Error(), 401);
  EXPECT_EQ(agent_.unauthenticated_errors(), 1u);
}

TEST_F(IceLiteAgentTest, RefusesAMissingPriority) {
  Receive(kWifi, BindingRequest{.priority = std::nullopt});
  ExpectDropped(IceDrop::kMissingPriority);
  EXPECT_EQ(Error(), 400);
  EXPECT_TRUE(Response().VerifyIntegrity(key_));
  EXPECT_EQ(agent_.unauthenticated_errors(), 0u);
}

TEST_F(IceLiteAgentTest, NamesTheAttributesItShouldHaveUnderstood) {
  Receive(kWifi, BindingRequest{.extra_attributes = {0x7abc, 0xfabc, 0x0033}});
  ExpectDropped(IceDrop::kUnknownAttribute);
  EXPECT_EQ(Error(), 420);
  EXPECT_TRUE(Response().VerifyIntegrity(key_));
  // After the header and ERROR-CODE: UNKNOWN-ATTRIBUTES with two of the three.
  const auto& datagram = responses_[0].datagram;
  EXPECT_THAT(Bytes(datagram.data(), datagram.size()).subspan(28, 8),
              ElementsAre(0x00, 0x0a, 0x00, 0x04, 0x7a, 0xbc, 0x00, 0x33));
}

TEST_F(IceLiteAgentTest, TellsAControlledPeerToTakeTheOtherRole) {
  Receive(kWifi, BindingRequest{.role = BindingRequest::Role::kControlled});
  ExpectDropped(IceDrop::kRoleConflict);
  EXPECT_EQ(Error(), 487);
  EXPECT_TRUE(Response().VerifyIntegrity(key_));
  Receive(kWifi, BindingRequest{.role = BindingRequest::Role::kControlling});
  EXPECT_EQ(agent_.state(), IceState::kConnected);
}

TEST_F(IceLiteAgentTest, ARefusedRequestIsNoConsent) {
  Receive(kWifi, BindingRequest{});
  const Timestamp expiry = agent_.NextTimeout();
  now_ += TimeDelta::Seconds(5);
  Receive(kWifi, BindingRequest{.password = "guess"});
  Receive(kWifi, BindingRequest{.role = BindingRequest::Role::kControlled});
  Receive(kWifi, BindingRequest{.extra_attributes = {0x7abc}});
  EXPECT_EQ(agent_.NextTimeout(), expiry);
}

TEST_F(IceLiteAgentTest, AStrangerNeverGetsMoreBytesThanItSent) {
  const std::array<uint8_t, 12> id{};
  for (size_t padding = 0; padding <= 32; padding += 4) {
    for (bool fingerprint : {false, true}) {
      std::array<uint8_t, 100> buffer;
      StunWriter writer(buffer, StunClass::kRequest, id);
      if (padding > 0) writer.AddAttribute(StunAttribute::kSoftware, std::vector<uint8_t>(padding - 4));
      if (fingerprint) writer.AddFingerprint();
      Bytes request = writer.Finish().value();
      const uint64_t errors_before = agent_.unauthenticated_errors();
      Receive(kWifi, {request.begin(), request.end()});
      for (const auto& response : responses_) EXPECT_LE(response.datagram.size(), request.size());
      EXPECT_EQ(responses_.empty(), request.size() < 36) << request.size();
      EXPECT_EQ(agent_.unauthenticated_errors() - errors_before, responses_.size());
    }
  }
}

TEST_F(IceLiteAgentTest, APathExpiresAfterThirtySecondsOfSilence) {
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

TEST_F(IceLiteAgentTest, EveryValidRequestRenewsConsent) {
  for (int i = 0; i < 100; ++i) {
    Receive(kWifi, i == 0 ? Nominating() : BindingRequest{});
    Wait(TimeDelta::Seconds(29));
  }
  EXPECT_THAT(states_, ElementsAre(IceState::kCompleted));
}

TEST_F(IceLiteAgentTest, MediaIsNoConsent) {
  Receive(kWifi, BindingRequest{});
  for (int i = 0; i < 30; ++i) {
    agent_.HandleAuthenticatedTraffic(now_, kWifi);
    Wait(TimeDelta::Seconds(1));
  }
  EXPECT_EQ(agent_.state(), IceState::kDisconnected);
}

TEST_F(IceLiteAgentTest, ASilentPathExpiresAloneAndTheSelectionStays) {
  Receive(kMobile, BindingRequest{});
  Receive(kWifi, Nominating());
  Wait(TimeDelta::Seconds(20));
  Receive(kWifi, BindingRequest{});
  Wait(TimeDelta::Seconds(10));
  EXPECT_FALSE(agent_.IsKnownPath(kMobile));
  EXPECT_EQ(agent_.selected_path(), kWifi);
  EXPECT_EQ(agent_.state(), IceState::kCompleted);
}

TEST_F(IceLiteAgentTest, TheLatestLivingPathReplacesAnExpiredSelection) {
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

TEST_F(IceLiteAgentTest, ARequestBringsADisconnectedAgentBack) {
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

TEST_F(IceLiteAgentTest, AClosedConnectionHandsOverToAnotherPath) {
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

TEST_F(IceLiteAgentTest, RemovingAnUnselectedOrUnknownPathChangesNothingElse) {
  Receive(kWifi, Nominating());
  Receive(kMobile, BindingRequest{});
  agent_.RemovePath(now_, kMobile);
  agent_.RemovePath(now_, kV6);
  Drain();
  EXPECT_EQ(agent_.selected_path(), kWifi);
  EXPECT_THAT(states_, ElementsAre(IceState::kCompleted));
  EXPECT_EQ(agent_.path_count(), 1u);
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

TEST_F(IceLiteAgentTest, AfterARestartOldCredentialsWorkUntilTheNewOnesDo) {
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

TEST_F(IceLiteAgentTest, OldAndNewCredentialsAreNotMixed) {
  agent_.Restart({"new", "new password"});
  Receive(kWifi, BindingRequest{.username = "new:cli"});
  EXPECT_EQ(Error(), 401);
  Receive(kWifi, BindingRequest{.password = "new password"});
  EXPECT_EQ(Error(), 401);
  EXPECT_EQ(agent_.dropped(IceDrop::kBadIntegrity), 2u);
  Receive(kWifi, BindingRequest{});
  EXPECT_EQ(Error(), 0) << "a failed attempt must not end the old credentials";
}

TEST_F(IceLiteAgentTest, ASecondRestartKeepsTheCredentialsThePeerStillUses) {
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

TEST_F(IceLiteAgentTest, ARestartCountsNominationsAnew) {
  Receive(kWifi, Nominating(7));
  agent_.Restart({"new", "new password"});
  Receive(kWifi, Nominating(8));
  BindingRequest first = Nominating(1);
  first.username = "new:cli";
  first.password = "new password";
  Receive(kMobile, first);
  EXPECT_EQ(agent_.selected_path(), kMobile);
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
