// Against our own lite agent.
#include "bench/load/ice_client.h"

#include <gtest/gtest.h>

#include <array>
#include <optional>
#include <vector>

#include "transports/ice/ice_lite_agent.h"
#include "transports/ice/stun_writer.h"

namespace sluice::load {
namespace {

using transports::IceLiteAgent;

const transports::IceCredentials kServer{"srv", "the server's password"};
const transports::IceCredentials kClient{"cli", "the client's password"};
const transports::Endpoint kAddress{*transports::IpAddress::Parse("192.0.2.1"), 5000};

class IceClientTest : public ::testing::Test {
 protected:
  // Everything due until `end`, over a path that loses nothing (or everything).
  void RunUntil(Timestamp end, bool path_works = true) {
    while (client_.NextTimeout() <= end) {
      now_ = std::max(now_, client_.NextTimeout());
      client_.HandleTimeout(now_);
      while (auto check = client_.Poll()) {
        ++checks_;
        if (path_works) Deliver(*check);
      }
    }
    now_ = end;
  }
  void Deliver(const std::vector<uint8_t>& check) {
    agent_.HandleDatagram(now_, {.remote = kAddress}, check);
    while (auto output = agent_.Poll()) {
      if (auto* transmit = std::get_if<IceLiteAgent::Transmit>(&*output)) {
        client_.HandleDatagram(now_, kAddress, Bytes(transmit->datagram.data(), transmit->datagram.size()));
      }
    }
  }

  Timestamp now_ = Timestamp::Seconds(1'000);
  IceLiteAgent agent_{{.local = kServer}};
  IceClient client_{kClient, kServer, 1};
  int checks_ = 0;
};

TEST_F(IceClientTest, ConnectsNominatesAndKeepsConsent) {
  RunUntil(now_);
  EXPECT_TRUE(client_.connected());
  EXPECT_EQ(agent_.state(), transports::IceState::kCompleted);
  EXPECT_EQ(checks_, 1);
  RunUntil(now_ + TimeDelta::Seconds(120));
  EXPECT_FALSE(client_.expired(now_));
  EXPECT_GE(checks_, 1 + 120 / 6);
  EXPECT_LE(checks_, 1 + 120 / 4);
}

TEST_F(IceClientTest, RepeatsChecksEverMoreSlowlyUntilOneIsAnswered) {
  RunUntil(now_ + TimeDelta::Seconds(10), /*path_works=*/false);
  EXPECT_FALSE(client_.connected());
  EXPECT_GE(checks_, 8);
  EXPECT_LE(checks_, 16);
  RunUntil(now_ + TimeDelta::Seconds(2));
  EXPECT_TRUE(client_.connected());
}

TEST_F(IceClientTest, LosesConsentWithThePath) {
  RunUntil(now_);
  RunUntil(now_ + TimeDelta::Seconds(29), /*path_works=*/false);
  EXPECT_FALSE(client_.expired(now_));
  RunUntil(now_ + TimeDelta::Seconds(2), /*path_works=*/false);
  EXPECT_TRUE(client_.expired(now_));
}

TEST_F(IceClientTest, BelievesOnlyAnswersToItsOwnCheckFromWhoHasThePassword) {
  client_.HandleTimeout(now_);
  std::optional<std::vector<uint8_t>> check = client_.Poll();
  ASSERT_TRUE(check);
  auto answer = [&](size_t id_offset, const std::string& password) {
    std::array<uint8_t, 256> buffer;
    std::array<uint8_t, 12> id;
    std::copy_n(check->begin() + 8, 12, id.begin());
    id[0] = static_cast<uint8_t>(id[0] + id_offset);
    transports::StunWriter writer(buffer, transports::StunClass::kSuccess, id);
    writer.AddXorMappedAddress(kAddress);
    writer.AddMessageIntegrity(transports::HmacSha1(password));
    writer.AddFingerprint();
    client_.HandleDatagram(now_, kAddress, *writer.Finish());
    return client_.connected();
  };
  EXPECT_FALSE(answer(1, kServer.password));
  EXPECT_FALSE(answer(0, "another"));
  EXPECT_TRUE(answer(0, kServer.password));
}

TEST_F(IceClientTest, AnswersTheChecksOfAFullAgent) {
  std::array<uint8_t, 256> buffer;
  const std::array<uint8_t, 12> id = {1, 2, 3};
  auto request = [&](const std::string& password) {
    transports::StunWriter writer(buffer, transports::StunClass::kRequest, id);
    writer.AddUsername("cli:srv");
    writer.AddIceControlled(1);
    writer.AddPriority(1);
    writer.AddMessageIntegrity(transports::HmacSha1(password));
    writer.AddFingerprint();
    client_.HandleDatagram(now_, kAddress, *writer.Finish());
    return client_.Poll();
  };
  EXPECT_FALSE(request("another"));
  std::optional<std::vector<uint8_t>> answer = request(kClient.password);
  ASSERT_TRUE(answer);
  auto message = transports::StunMessage::Parse(*answer);
  ASSERT_TRUE(message);
  EXPECT_EQ(message->message_class(), transports::StunClass::kSuccess);
  EXPECT_EQ(message->xor_mapped_address(), kAddress);
  EXPECT_TRUE(message->VerifyIntegrity(transports::HmacSha1(kClient.password)));
}

}  // namespace
}  // namespace sluice::load
