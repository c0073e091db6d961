#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <array>
#include <vector>

#include "tests/transports/ice/ice_lite_agent_fixture.h"

namespace sluice::transports {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

using IceLiteAgentRefusalTest = IceLiteAgentTest;

TEST_F(IceLiteAgentRefusalTest, DropsWhatIsNotStun) {
  Receive(kWifi, std::vector<uint8_t>{0, 1, 0, 0});
  ExpectDropped(IceDrop::kMalformed);
  EXPECT_THAT(responses_, IsEmpty());
}

TEST_F(IceLiteAgentRefusalTest, DropsMethodsOtherThanBinding) {
  std::vector<uint8_t> allocate = BindingRequest{}.Write();
  allocate[1] = 0x03;
  Receive(kWifi, allocate);
  ExpectDropped(IceDrop::kNotBinding);
  EXPECT_THAT(responses_, IsEmpty());
}

TEST_F(IceLiteAgentRefusalTest, DropsResponsesBecauseItNeverAsks) {
  Receive(kWifi, BindingRequest{.message_class = StunClass::kSuccess});
  ExpectDropped(IceDrop::kUnexpectedResponse);
  Receive(kWifi, BindingRequest{.message_class = StunClass::kError});
  EXPECT_EQ(agent_.dropped(IceDrop::kUnexpectedResponse), 2u);
  EXPECT_THAT(responses_, IsEmpty());
}

TEST_F(IceLiteAgentRefusalTest, AnIndicationIsNeitherAnsweredNorConsent) {
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

TEST_F(IceLiteAgentRefusalTest, DropsAWrongFingerprintInSilence) {
  std::vector<uint8_t> datagram = BindingRequest{}.Write();
  datagram.back() ^= 1;
  Receive(kWifi, datagram);
  ExpectDropped(IceDrop::kBadFingerprint);
  EXPECT_THAT(responses_, IsEmpty());
}

TEST_F(IceLiteAgentRefusalTest, RefusesAMissingFingerprint) {
  Receive(kWifi, BindingRequest{.fingerprint = false});
  ExpectDropped(IceDrop::kMissingFingerprint);
  EXPECT_EQ(Error(), 400);
  EXPECT_FALSE(Response().has_message_integrity());
}

TEST_F(IceLiteAgentRefusalTest, RefusesAMissingUsername) {
  Receive(kWifi, BindingRequest{.username = ""});
  ExpectDropped(IceDrop::kMissingCredentials);
  EXPECT_EQ(Error(), 400);
}

TEST_F(IceLiteAgentRefusalTest, RefusesAMissingIntegrity) {
  Receive(kWifi, BindingRequest{.password = std::nullopt});
  ExpectDropped(IceDrop::kMissingCredentials);
  EXPECT_EQ(Error(), 400);
}

TEST_F(IceLiteAgentRefusalTest, RefusesAUsernameThatIsForSomebodyElse) {
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

TEST_F(IceLiteAgentRefusalTest, RefusesAWrongPassword) {
  Receive(kWifi, BindingRequest{.password = "guess"});
  ExpectDropped(IceDrop::kBadIntegrity);
  EXPECT_EQ(Error(), 401);
  EXPECT_EQ(agent_.unauthenticated_errors(), 1u);
}

TEST_F(IceLiteAgentRefusalTest, AnswersStrangersOnlySoManyTimesASecond) {
  const size_t limit = IceLiteAgent::Options().max_unauthenticated_errors;
  for (size_t i = 0; i < limit + 5; ++i) Receive(kWifi, BindingRequest{.password = "guess"});
  EXPECT_EQ(agent_.unauthenticated_errors(), limit);
  EXPECT_EQ(agent_.withheld_errors(), 5u);
  Receive(kWifi, BindingRequest());  // Who knows the password is not affected.
  EXPECT_EQ(agent_.path_count(), 1u);
  now_ += TimeDelta::Seconds(1);
  Receive(kWifi, BindingRequest{.password = "guess"});
  EXPECT_EQ(agent_.unauthenticated_errors(), limit + 1);
}

TEST_F(IceLiteAgentRefusalTest, RefusesAMissingPriority) {
  Receive(kWifi, BindingRequest{.priority = std::nullopt});
  ExpectDropped(IceDrop::kMissingPriority);
  EXPECT_EQ(Error(), 400);
  EXPECT_TRUE(Response().VerifyIntegrity(key_));
  EXPECT_EQ(agent_.unauthenticated_errors(), 0u);
}

TEST_F(IceLiteAgentRefusalTest, NamesTheAttributesItShouldHaveUnderstood) {
  Receive(kWifi, BindingRequest{.extra_attributes = {0x7abc, 0xfabc, 0x0033}});
  ExpectDropped(IceDrop::kUnknownAttribute);
  EXPECT_EQ(Error(), 420);
  EXPECT_TRUE(Response().VerifyIntegrity(key_));
  // After the header and ERROR-CODE: UNKNOWN-ATTRIBUTES with two of the three.
  const auto& datagram = responses_[0].datagram;
  EXPECT_THAT(Bytes(datagram.data(), datagram.size()).subspan(28, 8),
              ElementsAre(0x00, 0x0a, 0x00, 0x04, 0x7a, 0xbc, 0x00, 0x33));
}

TEST_F(IceLiteAgentRefusalTest, TellsAControlledPeerToTakeTheOtherRole) {
  Receive(kWifi, BindingRequest{.role = BindingRequest::Role::kControlled});
  ExpectDropped(IceDrop::kRoleConflict);
  EXPECT_EQ(Error(), 487);
  EXPECT_TRUE(Response().VerifyIntegrity(key_));
  Receive(kWifi, BindingRequest{.role = BindingRequest::Role::kControlling});
  EXPECT_EQ(agent_.state(), IceState::kConnected);
}

TEST_F(IceLiteAgentRefusalTest, AStrangerNeverGetsMoreBytesThanItSent) {
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

}  // namespace
}  // namespace sluice::transports
