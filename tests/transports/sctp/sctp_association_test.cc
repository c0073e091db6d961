#include "transports/sctp/sctp_association.h"

#include <algorithm>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/transports/sctp/sctp_packets.h"
#include "tests/transports/sctp/sctp_pair.h"

namespace sluice::transports {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::SizeIs;
using SendResult = SctpAssociation::SendResult;

constexpr std::string_view kLost = "this one is lost";

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

// --- Reliability.

TEST(SctpAssociationTest, UnorderedMessagesOvertakeALostOne) {
  SctpPair pair;
  pair.Connect();
  bool lose = true;
  pair.a.filter = [&](const std::vector<uint8_t>&) { return !std::exchange(lose, false); };
  const rtp::DataReliability unordered{.ordered = false};
  pair.a.Send(1, "lost at first", unordered);
  for (int i = 0; i < 3; ++i) pair.a.Send(1, "later", unordered);
  pair.sim.RunFor(TimeDelta::Seconds(5));
  EXPECT_THAT(pair.b.Texts(1), ElementsAre("later", "later", "later", "lost at first"));
}

TEST(SctpAssociationTest, WithoutRetransmissionsALostMessageIsSkipped) {
  SctpPair pair;
  pair.Connect();
  const rtp::DataReliability once{.ordered = true, .max_retransmits = 0};
  pair.a.filter = [](const std::vector<uint8_t>& packet) {
    return std::search(packet.begin(), packet.end(), kLost.begin(), kLost.end()) == packet.end();
  };
  pair.a.Send(1, "first", once);
  pair.a.Send(1, kLost, once);
  pair.a.Send(1, "third", once);
  pair.sim.RunFor(TimeDelta::Seconds(10));
  EXPECT_THAT(pair.b.Texts(1), ElementsAre("first", "third"));
}

TEST(SctpAssociationTest, AMessageIsGivenUpWhenItsLifetimeEnds) {
  SctpPair pair;
  pair.Connect();
  bool broken = true;
  pair.a.filter = [&](const std::vector<uint8_t>&) { return !broken; };
  pair.a.Send(1, "old", {.ordered = true, .max_lifetime = TimeDelta::Millis(100)});
  pair.a.Send(1, "patient", {.ordered = true, .max_lifetime = TimeDelta::Seconds(60)});
  pair.sim.RunFor(TimeDelta::Seconds(2));
  broken = false;
  pair.sim.RunFor(TimeDelta::Seconds(20));
  EXPECT_THAT(pair.b.Texts(1), ElementsAre("patient"));
}

TEST(SctpAssociationTest, WhatWaitsTooLongForItsTurnIsNeverSent) {
  SctpPair pair(1, {.b = {.max_receiver_window = 20'000}});
  pair.Connect();
  pair.b.SetReceiving(false);
  while (pair.a.association->buffered_amount() == 0) pair.a.Send(1, kBinary, BytesOfSize(100'000));
  pair.a.Send(2, "late", {.max_lifetime = TimeDelta::Millis(500)});
  EXPECT_EQ(pair.a.association->buffered_amount(2), 4u);
  pair.sim.RunFor(TimeDelta::Seconds(1));
  EXPECT_EQ(pair.a.association->expired(), 1u);
  EXPECT_EQ(pair.a.association->buffered_amount(2), 0u);
}

// --- Limits.

TEST(SctpAssociationTest, RefusesMessagesThatThePeerDoesNotTake) {
  SctpPair pair(1, {.a = {.max_send_message_size = 1000}});
  pair.Connect();
  EXPECT_EQ(pair.a.Send(1, kBinary, BytesOfSize(1001)), SendResult::kTooLarge);
  EXPECT_EQ(pair.a.Send(1, kBinary, BytesOfSize(1000)), SendResult::kSent);
}

TEST(SctpAssociationTest, SkipsMessagesBeyondWhatItAnnounced) {
  SctpPair pair(1, {.b = {.max_receive_message_size = 70'000}});
  pair.Connect();
  pair.a.Send(1, kBinary, BytesOfSize(70'001));
  pair.a.Send(1, kBinary, BytesOfSize(200'000));
  pair.a.Send(1, kBinary, BytesOfSize(70'000));
  pair.sim.RunFor(TimeDelta::Seconds(5));
  ASSERT_THAT(pair.b.messages, SizeIs(1));
  EXPECT_THAT(*pair.b.messages[0].payload, SizeIs(70'000));
  EXPECT_EQ(pair.b.association->dropped(SctpDrop::kMessageTooLarge), 2u);
  EXPECT_EQ(pair.b.state(), SctpState::kConnected);
}

TEST(SctpAssociationTest, TellsWhenTheSendBufferIsFull) {
  SctpPair pair(1, {.a = {.send_buffer_size = 500'000, .per_stream_send_queue_limit = 300'000}});
  pair.Connect();
  pair.b.SetReceiving(false);
  int sent = 0;
  while (pair.a.Send(1, kBinary, BytesOfSize(50'000)) == SendResult::kSent) ++sent;
  EXPECT_GE(pair.a.association->buffered_amount(1), 300'000u);
  EXPECT_LT(pair.a.association->buffered_amount(1), 350'000u);
  EXPECT_EQ(pair.a.Send(2, kBinary, BytesOfSize(200'000)), SendResult::kSent);  // Another stream has room.
  EXPECT_EQ(pair.a.Send(3, kBinary, BytesOfSize(1)), SendResult::kBufferFull);  // All together have not.
  pair.b.SetReceiving(true);
  pair.sim.RunFor(TimeDelta::Seconds(10));
  EXPECT_THAT(pair.b.messages, SizeIs(sent + 1));
  EXPECT_EQ(pair.a.association->buffered_amount(), 0u);
}

TEST(SctpAssociationTest, WhoeverBoundsItsMessagesItselfMayExceedTheLimits) {
  SctpPair pair(1, {.a = {.send_buffer_size = 1'000}});
  EXPECT_EQ(pair.a.Send(1, kBinary, BytesOfSize(1'000)), SendResult::kSent);
  EXPECT_EQ(pair.a.Send(1, kBinary, BytesOfSize(1)), SendResult::kBufferFull);
  EXPECT_EQ(
      pair.a.association->Send(pair.sim.now(), 1, kBinary, kReliable, BytesOfSize(1), /*unlimited=*/true),
      SendResult::kSent);
}

TEST(SctpAssociationTest, TellsWhenABufferedAmountHasFallen) {
  SctpPair pair(1, {.b = {.max_receiver_window = 50'000}});
  pair.Connect();
  pair.a.association->SetBufferedAmountLowThreshold(2, 100'000);
  pair.b.SetReceiving(false);
  for (int i = 0; i < 10; ++i) pair.a.Send(1, kBinary, BytesOfSize(100'000));
  for (int i = 0; i < 3; ++i) pair.a.Send(2, kBinary, BytesOfSize(100'000));
  pair.a.lows.clear();  // The first few went straight to usrsctp.
  pair.b.SetReceiving(true);
  pair.sim.RunFor(TimeDelta::Seconds(10));
  ASSERT_THAT(pair.a.lows, SizeIs(2));
  EXPECT_EQ(pair.a.lows[0].stream, 2);
  EXPECT_LE(pair.a.lows[0].buffered, 100'000u);
  EXPECT_EQ(pair.a.lows[1].stream, 1);
  EXPECT_LE(pair.a.lows[1].buffered, 1'024u);
}

// --- A reader that does not read.

TEST(SctpAssociationTest, WhileAReaderHoldsBackTheWindowClosesAndNothingIsLost) {
  SctpPair pair(1, {.b = {.max_receiver_window = 100'000}});
  pair.Connect();
  pair.b.SetReceiving(false);
  for (int i = 0; i < 300; ++i) pair.a.Send(1, kBinary, BytesOfSize(5'000, static_cast<uint8_t>(i)));
  pair.sim.RunFor(TimeDelta::Seconds(60));
  EXPECT_THAT(pair.b.messages, IsEmpty());
  EXPECT_GT(pair.a.association->buffered_amount(1), 1'000'000u);
  EXPECT_EQ(pair.a.state(), SctpState::kConnected);
  pair.b.SetReceiving(true);
  pair.sim.RunFor(TimeDelta::Seconds(60));
  ASSERT_THAT(pair.b.messages, SizeIs(300));
  for (size_t i = 0; i < 300; ++i) {
    EXPECT_EQ(*pair.b.messages[i].payload, *BytesOfSize(5'000, static_cast<uint8_t>(i)));
  }
}

TEST(SctpAssociationTest, AReaderMayStopInTheMiddleOfWhatHasArrived) {
  SctpPair pair;
  pair.Connect();
  pair.b.SetReceiving(false);
  for (int i = 0; i < 10; ++i) pair.a.Send(1, std::to_string(i));
  pair.sim.RunFor(TimeDelta::Seconds(1));
  pair.b.on_message = [&](const SctpAssociation::Message& message) {
    if (TextOf(message) == "3") pair.b.association->SetReceiving(false);
  };
  pair.b.SetReceiving(true);
  EXPECT_THAT(pair.b.Texts(1), ElementsAre("0", "1", "2", "3"));
  pair.b.SetReceiving(true);
  EXPECT_THAT(pair.b.messages, SizeIs(10));
}

TEST(SctpAssociationTest, AReaderThatHoldsBackLearnsOfTheEnd) {
  SctpPair pair;
  pair.Connect();
  pair.b.SetReceiving(false);
  pair.a.Send(1, "unread");
  pair.sim.RunFor(TimeDelta::Seconds(1));
  pair.a.Close();
  pair.sim.RunFor(TimeDelta::Seconds(1));
  EXPECT_EQ(pair.b.state(), SctpState::kClosed);
}

TEST(SctpAssociationTest, ManySmallMessagesFitTheWindowUnread) {
  SctpPair pair;
  pair.Connect();
  pair.b.SetReceiving(false);
  for (int i = 0; i < 5'000; ++i) ASSERT_EQ(pair.a.Send(1, std::to_string(i)), SendResult::kSent);
  pair.sim.RunFor(TimeDelta::Seconds(30));
  pair.b.SetReceiving(true);
  pair.sim.RunFor(TimeDelta::Seconds(30));
  EXPECT_THAT(pair.b.messages, SizeIs(5'000));
}

// --- Resets.

TEST(SctpAssociationTest, AResetFollowsTheMessagesBeforeAndIsAnswered) {
  SctpPair pair;
  pair.Connect();
  pair.a.Send(4, kBinary, BytesOfSize(200'000));
  pair.a.Send(4, "last");
  pair.a.Reset(4);
  pair.a.Send(4, "of a new channel");
  pair.sim.RunFor(TimeDelta::Seconds(5));
  EXPECT_THAT(pair.b.resets, ElementsAre(4));
  EXPECT_THAT(pair.a.resets, IsEmpty());  // The answer to its own.
  ASSERT_THAT(pair.b.messages, SizeIs(3));
  EXPECT_EQ(TextOf(pair.b.messages[2]), "of a new channel");
}

TEST(SctpAssociationTest, StreamsThatAreNotChannelsAreResetOneWay) {
  SctpPair pair(1, {.a = {.in_dtls = false}, .b = {.in_dtls = false}});
  pair.Connect();
  pair.b.Send(4, "unrelated");
  pair.a.Reset(4);
  pair.b.Send(4, "goes on");
  pair.sim.RunFor(TimeDelta::Seconds(5));
  EXPECT_THAT(pair.b.resets, ElementsAre(4));
  EXPECT_THAT(pair.a.resets, IsEmpty());
  EXPECT_THAT(pair.a.Texts(4), ElementsAre("unrelated", "goes on"));
}

TEST(SctpAssociationTest, ManyStreamsAreResetAtOnce) {
  SctpPair pair(3, {.link = {.loss = 0.05}});
  pair.Connect();
  pair.sim.RunFor(TimeDelta::Seconds(10));
  for (uint16_t stream = 0; stream < 50; ++stream) {
    pair.a.Send(stream, "before");
    pair.a.Reset(stream);
    pair.a.Send(stream, "after");
  }
  pair.sim.RunFor(TimeDelta::Seconds(120));
  EXPECT_THAT(pair.b.resets, SizeIs(50));
  EXPECT_THAT(pair.b.messages, SizeIs(100));
  EXPECT_EQ(pair.a.association->buffered_amount(), 0u);
}

TEST(SctpAssociationTest, AStreamIsResetAgainAndAgain) {
  SctpPair pair;
  pair.Connect();
  for (int i = 0; i < 20; ++i) {
    (i % 2 == 0 ? pair.a : pair.b).Reset(9);
    pair.a.Send(9, std::to_string(i));
    pair.sim.RunFor(TimeDelta::Seconds(2));
  }
  EXPECT_THAT(pair.b.Texts(9), SizeIs(20));
  EXPECT_THAT(pair.a.resets, SizeIs(10));
  EXPECT_THAT(pair.b.resets, SizeIs(10));
}

// A request to reset that overtakes the data before it.
TEST(SctpAssociationTest, AResetThatComesTooEarlyIsKept) {
  SctpPair pair;
  pair.Connect();
  bool lose = true;
  pair.a.filter = [&](const std::vector<uint8_t>&) { return !std::exchange(lose, false); };
  pair.a.Send(4, "lost at first");
  pair.a.Reset(4);
  pair.sim.RunFor(TimeDelta::Seconds(5));
  EXPECT_THAT(pair.b.Texts(4), ElementsAre("lost at first"));
  EXPECT_THAT(pair.b.resets, ElementsAre(4));
  pair.a.Send(4, "of a new channel");
  pair.sim.RunFor(TimeDelta::Seconds(1));
  EXPECT_THAT(pair.b.messages, SizeIs(2));
}

// --- Ends.

TEST(SctpAssociationTest, ClosingTellsThePeer) {
  SctpPair pair;
  pair.Connect();
  for (int i = 0; i < 5; ++i) pair.a.Send(1, kBinary, BytesOfSize(200'000));
  pair.a.Close();
  EXPECT_EQ(pair.a.association->state(), SctpState::kClosed);
  EXPECT_EQ(pair.a.association->buffered_amount(), 0u);
  EXPECT_EQ(pair.a.Send(1, "more"), SendResult::kClosed);
  pair.sim.RunFor(TimeDelta::Seconds(1));
  EXPECT_EQ(pair.b.state(), SctpState::kClosed);
  EXPECT_EQ(pair.b.Send(1, "more"), SendResult::kClosed);
  pair.sim.RunFor(TimeDelta::Seconds(100));
  EXPECT_EQ(pair.a.state(), SctpState::kConnected);  // Told of nothing: it closed itself.
}

TEST(SctpAssociationTest, GoesAwayWhileItsTimersRun) {
  SctpPair pair(1, {.link = {.loss = 0.3}});
  pair.Connect();
  for (int i = 0; i < 5; ++i) pair.a.Send(1, kBinary, BytesOfSize(200'000));
  pair.sim.RunFor(TimeDelta::Millis(50));
  pair.a.Close();
  pair.sim.RunFor(TimeDelta::Seconds(200));
  EXPECT_NE(pair.b.state(), SctpState::kConnecting);
}

TEST(SctpAssociationTest, FailsWhenThePeerIsSilentForLong) {
  SctpPair pair;
  pair.Connect();
  pair.a.link = nullptr;
  pair.a.Send(1, "into the void");
  pair.sim.RunFor(TimeDelta::Seconds(90));
  EXPECT_EQ(pair.a.state(), SctpState::kConnected);
  pair.sim.RunFor(TimeDelta::Seconds(120));
  EXPECT_EQ(pair.a.state(), SctpState::kFailed);
  EXPECT_EQ(pair.a.Send(1, "more"), SendResult::kClosed);
}

TEST(SctpAssociationTest, SurvivesAnOutageOfAMinute) {
  SctpPair pair;
  pair.Connect();
  pair.a.link = nullptr;
  pair.b.link = nullptr;
  pair.a.Send(1, "in between");
  pair.sim.RunFor(TimeDelta::Seconds(60));
  pair.a.link = &pair.to_b;
  pair.b.link = &pair.to_a;
  pair.sim.RunFor(TimeDelta::Seconds(5));
  EXPECT_THAT(pair.b.Texts(1), ElementsAre("in between"));
}

TEST(SctpAssociationTest, AStreamBeyondWhatWasNegotiatedIsClosed) {
  SctpPair pair;
  pair.a.Send(5'000, "before it is known");
  pair.Connect();
  EXPECT_EQ(pair.a.Send(5'000, "after"), SendResult::kClosed);
  EXPECT_EQ(pair.a.association->buffered_amount(), 0u);
  pair.a.Send(1, "fine");
  pair.sim.RunFor(TimeDelta::Seconds(1));
  EXPECT_THAT(pair.b.messages, SizeIs(1));
}

// --- Enemies.

TEST(SctpAssociationTest, CountsWhatItDrops) {
  SctpPair pair;
  pair.a.keep_sent = true;
  pair.Connect();
  auto dropped = [&](SctpDrop reason) { return pair.b.association->dropped(reason); };
  pair.b.Receive(std::vector<uint8_t>{1, 2, 3});
  EXPECT_EQ(dropped(SctpDrop::kMalformed), 1u);
  pair.a.Send(1, "four");
  std::vector<uint8_t> packet = pair.a.sent.back();
  packet.back() ^= 1;
  pair.b.Receive(packet);
  EXPECT_EQ(dropped(SctpDrop::kBadChecksum), 1u);
  pair.b.Receive(SctpPacketBuilder(1).Chunk(SctpChunkType::kCookieAck, {}).Build());
  EXPECT_EQ(dropped(SctpDrop::kWrongTag), 1u);
  EXPECT_EQ(pair.b.state(), SctpState::kConnected);
}

TEST(SctpAssociationTest, NothingButAnInitStartsIt) {
  SctpPair pair;
  pair.b.Receive(SctpPacketBuilder(7).Chunk(SctpChunkType::kAbort, {}, /*flags=*/1).Build());
  EXPECT_EQ(pair.b.state(), SctpState::kNew);
  EXPECT_EQ(pair.b.association->dropped(SctpDrop::kUnexpected), 1u);
}

TEST(SctpAssociationTest, AForgedAbortDoesNothing) {
  SctpPair pair;
  pair.Connect();
  pair.b.Receive(SctpPacketBuilder(0x1234).Chunk(SctpChunkType::kAbort, {}, /*flags=*/1).Build());
  pair.b.Receive(SctpPacketBuilder(0x1234).Chunk(SctpChunkType::kAbort, {}).Build());
  pair.a.Send(1, "still here");
  pair.sim.RunFor(TimeDelta::Seconds(1));
  EXPECT_THAT(pair.b.Texts(1), ElementsAre("still here"));
}

TEST(SctpAssociationTest, APeerThatBeginsAnewIsTakenBack) {
  SctpPair pair(1, {.a = {.in_dtls = false}, .b = {.in_dtls = false}});
  pair.Connect();
  pair.a.Send(1, "of the first life");
  pair.sim.RunFor(TimeDelta::Seconds(1));
  pair.a.link = nullptr;  // It dies without a word.
  pair.a.association = std::make_unique<SctpAssociation>(SctpOptions{.in_dtls = false}, 7);
  pair.a.link = &pair.to_b;
  pair.a.Start();
  pair.sim.RunFor(TimeDelta::Seconds(2));
  EXPECT_EQ(pair.a.state(), SctpState::kConnected);
  EXPECT_EQ(pair.b.state(), SctpState::kConnected);
  pair.a.Send(1, "of the second");
  pair.b.Send(1, "welcome");
  pair.sim.RunFor(TimeDelta::Seconds(2));
  EXPECT_THAT(pair.b.Texts(1), ElementsAre("of the first life", "of the second"));
  EXPECT_THAT(pair.a.Texts(1), ElementsAre("welcome"));
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
