#include "transports/sctp/sctp_association.h"

#include <algorithm>
#include <string>
#include <vector>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/transports/sctp/sctp_pair.h"

namespace sluice::transports {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::SizeIs;
using SendResult = SctpAssociation::SendResult;

TEST(SctpAssociationTest, BothEndsConnectAtOnce) {
  SctpPair pair;
  pair.Connect();
  ASSERT_THAT(pair.a.states, SizeIs(2));
  EXPECT_EQ(pair.a.states[0].state, SctpState::kConnecting);
  EXPECT_EQ(pair.a.states[1].state, SctpState::kConnected);
  EXPECT_EQ(pair.b.state(), SctpState::kConnected);
  EXPECT_EQ(pair.a.states[1].outbound_streams, 1024);
  EXPECT_EQ(pair.a.states[1].inbound_streams, 1024);
}

TEST(SctpAssociationTest, IsStartedByThePeersInit) {
  SctpPair pair;
  pair.a.Start();
  pair.sim.RunFor(TimeDelta::Seconds(1));
  EXPECT_EQ(pair.a.state(), SctpState::kConnected);
  EXPECT_EQ(pair.b.state(), SctpState::kConnected);
}

TEST(SctpAssociationTest, KeepsTryingUntilThePeerIsThere) {
  SctpPair pair;
  pair.a.link = nullptr;
  pair.a.Start();
  pair.sim.RunFor(TimeDelta::Seconds(600));
  EXPECT_EQ(pair.a.state(), SctpState::kConnecting);
  pair.a.link = &pair.to_b;
  pair.sim.RunFor(TimeDelta::Seconds(5));
  EXPECT_EQ(pair.a.state(), SctpState::kConnected);
}

TEST(SctpAssociationTest, CarriesMessagesBothWays) {
  SctpPair pair;
  pair.a.Send(7, "sent before it stood");
  pair.Connect();
  pair.a.Send(7, "hello");
  pair.b.Send(7, kBinary, BytesOf("there"));
  pair.sim.RunFor(TimeDelta::Seconds(1));
  EXPECT_THAT(pair.b.Texts(7), ElementsAre("sent before it stood", "hello"));
  ASSERT_THAT(pair.a.messages, SizeIs(1));
  EXPECT_EQ(pair.a.messages[0].ppid, kBinary);
  EXPECT_EQ(TextOf(pair.a.messages[0]), "there");
}

TEST(SctpAssociationTest, SendsEmptyMessagesAsOneZeroOctet) {
  SctpPair pair;
  pair.Connect();
  pair.a.Send(1, kString, BytesOf(""));
  pair.a.Send(1, kBinary, BytesOf(""));
  pair.sim.RunFor(TimeDelta::Seconds(1));
  ASSERT_THAT(pair.b.messages, SizeIs(2));
  EXPECT_EQ(pair.b.messages[0].ppid, 56u);
  EXPECT_EQ(pair.b.messages[1].ppid, 57u);
  EXPECT_THAT(*pair.b.messages[1].payload, ElementsAre(0));
}

TEST(SctpAssociationTest, PacketsFitInsideDtls) {
  SctpPair pair;
  pair.a.keep_sent = true;
  pair.Connect();
  pair.a.Send(1, kBinary, BytesOfSize(100'000));
  pair.sim.RunFor(TimeDelta::Seconds(5));
  size_t largest = 0;
  for (const auto& packet : pair.a.sent) largest = std::max(largest, packet.size());
  EXPECT_LE(largest, 1191u);
  EXPECT_GT(largest, 1180u);
}

class SctpOverBadNetworksTest : public ::testing::TestWithParam<uint64_t> {};

TEST_P(SctpOverBadNetworksTest, OrderedMessagesArriveOnceAndInOrder) {
  SctpPair pair(GetParam(), {.link = {.delay = TimeDelta::Millis(20),
                                      .jitter = TimeDelta::Millis(10),
                                      .loss = 0.05,
                                      .duplication = 0.02}});
  pair.Connect();
  pair.sim.RunFor(TimeDelta::Seconds(10));
  ASSERT_EQ(pair.a.state(), SctpState::kConnected);
  constexpr int kMessages = 2'000;
  for (int i = 0; i < kMessages; ++i) ASSERT_EQ(pair.a.Send(3, std::to_string(i)), SendResult::kSent);
  pair.sim.RunFor(TimeDelta::Seconds(120));
  std::vector<std::string> texts = pair.b.Texts(3);
  ASSERT_THAT(texts, SizeIs(kMessages));
  for (int i = 0; i < kMessages; ++i) ASSERT_EQ(texts[static_cast<size_t>(i)], std::to_string(i));
}

TEST_P(SctpOverBadNetworksTest, LargeMessagesArriveWhole) {
  SctpPair pair(GetParam(), {.link = {.delay = TimeDelta::Millis(10), .loss = 0.02}});
  pair.Connect();
  pair.sim.RunFor(TimeDelta::Seconds(10));
  for (uint8_t i = 0; i < 8; ++i) {
    ASSERT_EQ(pair.a.Send(i % 3, kBinary, BytesOfSize(262'144, i)), SendResult::kSent) << int{i};
  }
  pair.sim.RunFor(TimeDelta::Seconds(120));
  ASSERT_THAT(pair.b.messages, SizeIs(8));
  for (const auto& message : pair.b.messages) {
    EXPECT_EQ(*message.payload, *BytesOfSize(262'144, message.payload->front()));
  }
}
INSTANTIATE_TEST_SUITE_P(Seeds, SctpOverBadNetworksTest, ::testing::Range<uint64_t>(1, 5));

}  // namespace
}  // namespace sluice::transports
