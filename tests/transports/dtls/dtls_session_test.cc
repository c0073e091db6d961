#include "transports/dtls/dtls_session.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <utility>
#include <vector>

#include "tests/transports/dtls/dtls_pair.h"
#include "tests/transports/dtls/dtls_records.h"
#include "transports/srtp/srtp_session.h"

namespace sluice::transports {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

std::vector<uint8_t> Text(const std::string& text) { return {text.begin(), text.end()}; }

// Protects with `out` and unprotects with `in`.
bool KeysAgree(const SrtpKeys& out, const SrtpKeys& in) {
  std::optional<SrtpSession> sender = SrtpSession::Create(out.profile, SrtpDirection::kOutbound, out.local);
  std::optional<SrtpSession> receiver = SrtpSession::Create(in.profile, SrtpDirection::kInbound, in.remote);
  std::vector<uint8_t> packet(100 + SrtpSession::kMaxTrailer);
  packet[0] = 0x80;
  std::optional<size_t> size = sender->ProtectRtp(packet, 100);
  return size && receiver->UnprotectRtp(MutableBytes(packet).first(*size)).status == SrtpStatus::kOk;
}

TEST(DtlsSessionTest, BothSidesConnectWithTheSameKeys) {
  DtlsPair pair;
  pair.StartAndRun();
  ASSERT_TRUE(pair.BothConnected());
  EXPECT_EQ(pair.client.session.state(), DtlsState::kConnected);
  EXPECT_EQ(pair.server.session.state(), DtlsState::kConnected);
  ASSERT_TRUE(pair.client.connected->keys);
  ASSERT_TRUE(pair.server.connected->keys);
  const SrtpKeys& client = *pair.client.connected->keys;
  const SrtpKeys& server = *pair.server.connected->keys;
  EXPECT_EQ(client.local, server.remote);
  EXPECT_EQ(client.remote, server.local);
  EXPECT_NE(client.local, client.remote);
  EXPECT_EQ(client.local.size(), SrtpKeyAndSaltLength(client.profile));
  EXPECT_TRUE(KeysAgree(client, server));
  EXPECT_TRUE(KeysAgree(server, client));
}

TEST(DtlsSessionTest, TellsThePeersCertificate) {
  DtlsPair pair;
  pair.StartAndRun();
  ASSERT_TRUE(pair.BothConnected());
  EXPECT_EQ(pair.client.connected->remote_certificate_pem, ServerContext()->certificate().ToPem());
  EXPECT_EQ(pair.server.connected->remote_certificate_pem, ClientContext()->certificate().ToPem());
}

TEST(DtlsSessionTest, HandshakeTakesTwoRoundTrips) {
  DtlsPairOptions options;
  options.link.delay = TimeDelta::Millis(20);
  DtlsPair pair(1, options);
  pair.Start();
  pair.sim.RunFor(TimeDelta::Millis(60));
  EXPECT_TRUE(pair.server.connected);  // ClientHello, ServerHello, Finished: three one-way delays.
  pair.sim.RunFor(TimeDelta::Millis(20));
  EXPECT_TRUE(pair.client.connected);
}

TEST(DtlsSessionTest, HandshakeDatagramsFitTheMtu) {
  DtlsPair pair;
  pair.StartAndRun();
  for (const auto* endpoint : {&pair.client, &pair.server}) {
    for (const auto& [when, datagram] : endpoint->sent) EXPECT_LE(datagram.size(), DtlsSession::kMtu);
  }
}

TEST(DtlsSessionTest, NothingIsArmedOnceConnected) {
  DtlsPair pair;
  pair.StartAndRun();
  EXPECT_TRUE(pair.client.session.NextTimeout().IsNever());
  EXPECT_TRUE(pair.server.session.NextTimeout().IsNever());
}

class DtlsLossTest : public testing::TestWithParam<uint64_t> {};
INSTANTIATE_TEST_SUITE_P(Seeds, DtlsLossTest, testing::Range<uint64_t>(1, 101));

TEST_P(DtlsLossTest, ConnectsOverABadNetwork) {
  DtlsPairOptions options;
  options.link = {
      .delay = TimeDelta::Millis(20), .jitter = TimeDelta::Millis(80), .loss = 0.25, .duplication = 0.2};
  DtlsPair pair(GetParam(), options);
  pair.StartAndRun();
  ASSERT_TRUE(pair.BothConnected()) << pair.client.failed.value_or("-") << pair.server.failed.value_or("-");
  EXPECT_EQ(pair.client.connected->keys->local, pair.server.connected->keys->remote);
}

TEST_P(DtlsLossTest, ConnectsOverABadNetworkWithAClientHelloInPieces) {
  DtlsPairOptions options;
  options.link = {
      .delay = TimeDelta::Millis(20), .jitter = TimeDelta::Millis(80), .loss = 0.2, .duplication = 0.2};
  DtlsPair pair(GetParam(), options);
  pair.client.filter = ClientHelloSplitter(2 + GetParam() % 4);
  pair.StartAndRun();
  ASSERT_TRUE(pair.BothConnected()) << pair.client.failed.value_or("-") << pair.server.failed.value_or("-");
}

std::vector<int64_t> GapsInMillis(const std::vector<std::pair<Timestamp, Datagram>>& sent) {
  std::vector<int64_t> gaps;
  for (size_t i = 1; i < sent.size(); ++i) gaps.push_back((sent[i].first - sent[i - 1].first).ms());
  return gaps;
}

TEST(DtlsSessionTest, RetransmissionBacksOffAndGivesUp) {
  DtlsPair pair;
  pair.client.link = nullptr;
  pair.client.Start();
  pair.sim.RunFor(TimeDelta::Seconds(34));
  EXPECT_EQ(pair.client.session.state(), DtlsState::kConnecting);
  EXPECT_THAT(GapsInMillis(pair.client.sent),
              ElementsAre(100, 200, 400, 800, 1600, 3200, 4000, 4000, 4000, 4000, 4000, 4000));
  pair.sim.RunFor(TimeDelta::Seconds(3));
  EXPECT_EQ(pair.client.session.state(), DtlsState::kFailed);
  EXPECT_THAT(pair.client.failed.value_or(""), HasSubstr("timed out"));
  EXPECT_TRUE(pair.client.session.NextTimeout().IsNever());
}

TEST(DtlsSessionTest, BackOffSurvivesGarbageFromTheNetwork) {
  DtlsPair pair;
  pair.client.link = nullptr;
  pair.client.Start();
  for (int i = 0; i < 250; ++i) {
    pair.sim.RunFor(TimeDelta::Millis(100));
    pair.client.Receive({22, 0xfe, 0xfd, 0, 9, 0, 0, 0, 0, 0, 0, 0, 2, 1, 2});  // Of no known epoch.
  }
  EXPECT_THAT(GapsInMillis(pair.client.sent),
              ElementsAre(100, 200, 400, 800, 1600, 3200, 4000, 4000, 4000, 4000));
}

TEST(DtlsSessionTest, EarlyTimeoutsAreHarmless) {
  DtlsPair pair;
  pair.Start();
  size_t sent = pair.client.sent.size();
  for (int i = 0; i < 50; ++i) pair.client.session.HandleTimeout(pair.sim.now());
  pair.client.Drain();
  EXPECT_EQ(pair.client.sent.size(), sent);
}

TEST(DtlsSessionTest, LostLastFlightIsSentAgain) {
  DtlsPair pair;
  pair.Start();
  // The server is connected once it has the client's Finished; what it answers is lost.
  while (!pair.server.connected) pair.sim.RunFor(TimeDelta::Millis(1));
  pair.to_client.set_options({.loss = 1});
  DtlsPair* p = &pair;
  pair.sim.After(TimeDelta::Millis(50), [p] { p->to_client.set_options({}); });
  ASSERT_FALSE(pair.client.connected);
  pair.server.sent.clear();
  pair.sim.RunFor(TimeDelta::Seconds(2));
  EXPECT_TRUE(pair.client.connected);
}

TEST(DtlsSessionTest, ApplicationDataGoesBothWays) {
  DtlsPair pair;
  pair.StartAndRun();
  EXPECT_TRUE(pair.client.session.SendApplicationData(Text("ping")));
  EXPECT_TRUE(pair.server.session.SendApplicationData(std::vector<uint8_t>(1200, 7)));
  EXPECT_TRUE(pair.server.session.SendApplicationData(Text("pong")));
  pair.client.Drain();
  pair.server.Drain();
  pair.sim.RunFor(TimeDelta::Seconds(1));
  EXPECT_THAT(pair.server.messages, ElementsAre(Text("ping")));
  EXPECT_THAT(pair.client.messages, ElementsAre(std::vector<uint8_t>(1200, 7), Text("pong")));
}

TEST(DtlsSessionTest, SeveralRecordsInADatagramAllCount) {
  DtlsPair pair;
  pair.StartAndRun();
  Datagram together;
  pair.client.filter = [&](const Datagram& datagram) {
    together.insert(together.end(), datagram.begin(), datagram.end());
    return std::vector<Datagram>{};
  };
  for (const char* text : {"one", "two", "three"}) pair.client.session.SendApplicationData(Text(text));
  pair.client.Drain();
  EXPECT_EQ(SplitRecords(together).size(), 3u);
  pair.server.Receive(together);
  EXPECT_THAT(pair.server.messages, ElementsAre(Text("one"), Text("two"), Text("three")));
}

TEST(DtlsSessionTest, ApplicationDataNeedsAConnectionAndASaneSize) {
  DtlsPair pair;
  EXPECT_FALSE(pair.client.session.SendApplicationData(Text("early")));
  pair.StartAndRun();
  EXPECT_FALSE(pair.client.session.SendApplicationData({}));
  EXPECT_FALSE(
      pair.client.session.SendApplicationData(std::vector<uint8_t>(DtlsSession::kMaxMessageSize + 1)));
  EXPECT_TRUE(pair.client.session.SendApplicationData(std::vector<uint8_t>(DtlsSession::kMaxMessageSize)));
  pair.client.Drain();
  pair.sim.RunFor(TimeDelta::Seconds(1));
  ASSERT_EQ(pair.server.messages.size(), 1u);
  EXPECT_EQ(pair.server.messages[0].size(), DtlsSession::kMaxMessageSize);
  pair.client.session.Close();
  EXPECT_FALSE(pair.client.session.SendApplicationData(Text("late")));
}

TEST(DtlsSessionTest, BogusDatagramsAreCountedAndDoNoHarm) {
  DtlsPair pair;
  pair.StartAndRun();
  pair.server.Receive({});
  pair.server.Receive(Text("hello"));
  pair.server.Receive({22, 0xfe, 0xfd, 0, 0, 0, 0, 0, 0, 0, 0, 0, 200, 1, 2, 3});  // Promises 200 octets.
  pair.server.Receive(Datagram(DtlsSession::kMaxDatagramSize + 1, 22));
  EXPECT_EQ(pair.server.session.drops().malformed, 4u);

  pair.server.Receive({21, 0xfe, 0xfd, 0, 0, 0, 0, 0, 0, 0, 9, 0, 2, 2, 40});    // A plaintext fatal alert.
  pair.server.Receive({23, 0xfe, 0xfd, 0, 1, 0, 0, 0, 0, 0, 9, 0, 3, 1, 2, 3});  // Forged application data.
  for (const auto& [when, datagram] : pair.client.sent)
    pair.server.Receive(datagram);  // The handshake again.
  EXPECT_EQ(pair.server.session.drops().ignored, 2 + pair.client.sent.size());

  EXPECT_TRUE(pair.client.session.SendApplicationData(Text("still here")));
  pair.client.Drain();
  pair.sim.RunFor(TimeDelta::Seconds(1));
  EXPECT_THAT(pair.server.messages, ElementsAre(Text("still here")));
}

TEST(DtlsSessionTest, RepeatedApplicationDataCountsOnce) {
  DtlsPair pair;
  pair.to_server.set_options({.duplication = 1});
  pair.StartAndRun();
  ASSERT_TRUE(pair.BothConnected());
  pair.client.session.SendApplicationData(Text("once"));
  pair.client.Drain();
  pair.sim.RunFor(TimeDelta::Seconds(1));
  EXPECT_THAT(pair.server.messages, ElementsAre(Text("once")));
  EXPECT_GE(pair.server.session.drops().ignored, 1u);
}

TEST(DtlsSessionTest, CloseIsToldToThePeer) {
  DtlsPair pair;
  pair.StartAndRun();
  pair.client.session.Close();
  EXPECT_EQ(pair.client.session.state(), DtlsState::kClosed);
  pair.client.Drain();
  pair.sim.RunFor(TimeDelta::Seconds(1));
  EXPECT_TRUE(pair.server.closed);
  EXPECT_EQ(pair.server.session.state(), DtlsState::kClosed);
  EXPECT_FALSE(pair.client.closed);
  EXPECT_GE(pair.client.session.drops().unexpected, 1u);  // The server's own good-bye.
}

TEST(DtlsSessionTest, CloseDuringTheHandshakeEndsIt) {
  DtlsPair pair;
  pair.Start();
  pair.client.session.Close();
  pair.client.Drain();
  EXPECT_TRUE(pair.client.session.NextTimeout().IsNever());
  pair.sim.RunFor(TimeDelta::Seconds(60));
  EXPECT_FALSE(pair.client.connected);
  EXPECT_EQ(pair.client.session.state(), DtlsState::kClosed);
}

TEST(DtlsSessionTest, DatagramsBeforeStartAreCounted) {
  DtlsPair pair;
  pair.client.Start();  // Not the server.
  pair.sim.RunFor(TimeDelta::Millis(50));
  EXPECT_EQ(pair.server.session.drops().unexpected, 1u);
  pair.server.Start();
  pair.sim.RunFor(TimeDelta::Seconds(10));  // The client's retransmission comes through.
  EXPECT_TRUE(pair.BothConnected());
}

TEST(DtlsSessionTest, TwoClientsFail) {
  sim::Simulation sim(1);
  DtlsEndpoint a(&sim, ClientContext(), DtlsRole::kClient, ServerContext()->certificate().fingerprints());
  a.Start();
  ASSERT_EQ(a.sent.size(), 1u);
  DtlsEndpoint b(&sim, ServerContext(), DtlsRole::kClient, ClientContext()->certificate().fingerprints());
  b.Start();
  b.Receive(a.sent[0].second);
  EXPECT_EQ(b.session.state(), DtlsState::kFailed);
}

}  // namespace
}  // namespace sluice::transports
