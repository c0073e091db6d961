// WebRtcTransport against a peer made of the same parts (ICE checks, a DTLS session, SRTP) over simulated
// links, in virtual time.
#include "transports/webrtc_transport.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <map>
#include <set>

#include "tests/sim/link.h"
#include "tests/sim/simulation.h"
#include "tests/transports/dtls/dtls_pair.h"
#include "tests/transports/ice/ice_client.h"
#include "tests/transports/srtp/test_packets.h"

namespace sluice::transports {
namespace {

using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::IsEmpty;

constexpr sim::Link::Options kBad = {
    .delay = TimeDelta::Millis(20), .jitter = TimeDelta::Millis(40), .loss = 0.2, .duplication = 0.1};
const Path kWifi = UdpPath("192.0.2.1", 40000);
const Path kMobile = UdpPath("198.51.100.2", 50000);
constexpr Ssrc kMedia(7);

DtlsRole Opposite(DtlsRole role) { return role == DtlsRole::kClient ? DtlsRole::kServer : DtlsRole::kClient; }

// One address of the peer, and the links between it and the transport.
struct Interface {
  Interface(sim::Simulation* sim, const Path& at, const sim::Link::Options& options,
            sim::Link::Receiver to_server, sim::Link::Receiver to_peer)
      : path(at), up(sim, options, std::move(to_server)), down(sim, options, std::move(to_peer)) {}

  Path path;
  sim::Link up;
  sim::Link down;
  BindingRequest request = {};
  bool checks = false;
};

class Call {
 public:
  explicit Call(uint64_t seed = 1, DtlsRole server_role = DtlsRole::kServer,
                const sim::Link::Options& link = {})
      : sim(seed),
        server({.ice = {.local = ServerCredentials()}, .dtls = ServerContext()}),
        role_(server_role),
        dtls(&sim, ClientContext(), Opposite(server_role), ServerContext()->certificate().fingerprints()),
        wifi_(&sim, kWifi, link, ToServer(kWifi), ToPeer(kWifi)),
        mobile_(&sim, kMobile, link, ToServer(kMobile), ToPeer(kMobile)) {
    dtls.link = &wifi_.up;
  }

  Interface& at(const Path& path) { return path == kMobile ? mobile_ : wifi_; }

  // Checks every half second; `nominate`: and uses the path.
  void StartChecks(const Path& path, bool nominate) {
    at(path).request.use_candidate = nominate;
    if (!std::exchange(at(path).checks, true)) Check(path);
  }
  void ConnectServer() {
    server.Connect(sim.now(), role_, ClientContext()->certificate().fingerprints());
    Drain();
  }
  void ConnectBoth() {
    StartChecks(kWifi, true);
    ConnectServer();
    dtls.Start();
  }
  // On a good network.
  void Establish() {
    ConnectBoth();
    sim.RunFor(TimeDelta::Seconds(2));
    ASSERT_TRUE(TakeKeys());
    ASSERT_TRUE(server.writable());
  }
  bool TakeKeys() {
    if (!dtls.connected || !dtls.connected->keys) return false;
    const SrtpKeys& keys = *dtls.connected->keys;
    inbound = SrtpSession::Create(keys.profile, SrtpDirection::kInbound, keys.remote);
    outbound = SrtpSession::Create(keys.profile, SrtpDirection::kOutbound, keys.local);
    return inbound && outbound;
  }

  std::vector<uint8_t> Protected(TestPacket packet) {
    packet.size = outbound->ProtectRtp(packet.storage, packet.size).value();
    return packet.copy();
  }
  std::vector<uint8_t> ProtectedRtcp(TestPacket packet) {
    packet.size = outbound->ProtectRtcp(packet.storage, packet.size).value();
    return packet.copy();
  }
  void Deliver(const Path& from, const std::vector<uint8_t>& datagram) {
    std::vector<uint8_t> storage = datagram;
    storage.resize(2000);
    auto received = server.HandleDatagram(sim.now(), from, storage, datagram.size());
    if (received.kind != DatagramKind::kUnknown) {
      storage.resize(received.size);
      media.emplace_back(received.kind, std::move(storage));
    }
    Drain();
  }
  void SendToPeer(TestPacket packet) {
    auto size = server.ProtectRtp(packet.storage, packet.size);
    ASSERT_TRUE(size);
    at(*server.selected_path()).down.Send(Bytes(packet.storage).first(*size));
  }

  void Drain() {
    while (auto output = server.Poll()) {
      if (auto* transmit = std::get_if<WebRtcTransport::Transmit>(&*output)) {
        Bytes datagram(transmit->datagram.data(), transmit->datagram.size());
        if (Classify(datagram) == DatagramKind::kDtls) ++dtls_sent;
        at(transmit->to).down.Send(datagram);
      } else if (auto* ice = std::get_if<WebRtcTransport::IceStateChanged>(&*output)) {
        ice_states.push_back(ice->state);
      } else if (auto* selected = std::get_if<WebRtcTransport::PathSelected>(&*output)) {
        paths.push_back(selected->path);
      } else if (auto* state = std::get_if<WebRtcTransport::DtlsStateChanged>(&*output)) {
        dtls_states.push_back(state->state);
        if (state->state == DtlsState::kConnected) certificate = state->remote_certificate_pem;
      } else if (auto* message = std::get_if<WebRtcTransport::DtlsMessage>(&*output)) {
        dtls_messages.push_back(std::move(message->message));
      }
    }
    timeouts_.Reschedule();
  }

  sim::Simulation sim;
  WebRtcTransport server;

 private:
  sim::Link::Receiver ToServer(Path path) {
    return [this, path](const std::vector<uint8_t>& datagram) { Deliver(path, datagram); };
  }
  sim::Link::Receiver ToPeer(Path) {
    return [this](const std::vector<uint8_t>& datagram) {
      switch (Classify(datagram)) {
        case DatagramKind::kDtls:
          return dtls.Receive(datagram);
        case DatagramKind::kRtp: {
          std::vector<uint8_t> packet = datagram;
          if (inbound) peer_received += inbound->UnprotectRtp(packet).status == SrtpStatus::kOk ? 1 : 0;
          return;
        }
        default:
          return;  // Binding responses; tests/transports/ice looks at them.
      }
    };
  }
  void Check(const Path& path) {
    Interface& interface = at(path);
    ++interface.request.transaction;
    interface.up.Send(interface.request.Write());
    sim.After(TimeDelta::Millis(500), [this, path] { Check(path); });
  }

  DtlsRole role_;
  sim::TimeoutDriver<WebRtcTransport> timeouts_{&sim, &server, [this] { Drain(); }};

 public:
  DtlsEndpoint dtls;
  std::optional<SrtpSession> inbound, outbound;
  std::vector<IceState> ice_states;
  std::vector<Path> paths;
  std::vector<DtlsState> dtls_states;
  std::vector<Datagram> dtls_messages;
  std::string certificate;
  std::vector<std::pair<DatagramKind, std::vector<uint8_t>>> media;
  int dtls_sent = 0;
  int peer_received = 0;

 private:
  Interface wifi_, mobile_;
};

class WebRtcTransportLossTest : public ::testing::TestWithParam<std::tuple<uint64_t, DtlsRole>> {};

TEST_P(WebRtcTransportLossTest, ConnectsAndCarriesMediaBothWays) {
  const auto [seed, role] = GetParam();
  Call call(seed, role, kBad);
  call.ConnectBoth();
  call.sim.RunFor(TimeDelta::Seconds(30));
  EXPECT_THAT(call.ice_states, ElementsAre(IceState::kCompleted));
  EXPECT_THAT(call.paths, ElementsAre(kWifi));
  EXPECT_THAT(call.dtls_states, ElementsAre(DtlsState::kConnecting, DtlsState::kConnected));
  EXPECT_THAT(call.certificate, ::testing::StartsWith("-----BEGIN CERTIFICATE-----"));
  ASSERT_TRUE(call.TakeKeys());
  ASSERT_TRUE(call.server.writable());

  for (uint16_t i = 0; i < 500; ++i) {
    call.at(kWifi).up.Send(call.Protected(RtpPacket(kMedia, SequenceNumber(i))));
    call.SendToPeer(RtpPacket(kMedia, SequenceNumber(i)));
    call.sim.RunFor(TimeDelta::Millis(20));
  }
  call.sim.RunFor(TimeDelta::Seconds(1));
  EXPECT_GT(call.media.size(), 350u);
  EXPECT_GT(call.peer_received, 350);
  std::set<std::vector<uint8_t>> distinct;
  for (const auto& [kind, packet] : call.media) {
    EXPECT_EQ(kind, DatagramKind::kRtp);
    EXPECT_TRUE(distinct.insert(packet).second) << "a replay came through";
    EXPECT_EQ(packet, RtpPacket(kMedia, SequenceNumber(LoadU16(&packet[2]))).copy());
  }
  EXPECT_GT(call.server.srtp().drops().replayed, 0);  // The network duplicates.
  EXPECT_EQ(call.server.srtp().drops().authentication, 0);
}

INSTANTIATE_TEST_SUITE_P(SeedsAndRoles, WebRtcTransportLossTest,
                         ::testing::Combine(::testing::Range<uint64_t>(1, 5),
                                            ::testing::Values(DtlsRole::kServer, DtlsRole::kClient)));

TEST(WebRtcTransportTest, AClientStartsItsHandshakeWhenThereIsAPath) {
  Call call(1, DtlsRole::kClient);
  call.dtls.Start();
  call.ConnectServer();
  call.sim.RunFor(TimeDelta::Seconds(60));  // Signalling is done, ICE is not.
  EXPECT_EQ(call.dtls_sent, 0);
  EXPECT_THAT(call.dtls_states, ElementsAre(DtlsState::kConnecting));
  call.StartChecks(kWifi, true);
  call.sim.RunFor(TimeDelta::Millis(90));  // A few ways of 10 ms each.
  EXPECT_THAT(call.dtls_states, ElementsAre(DtlsState::kConnecting, DtlsState::kConnected));
}

TEST(WebRtcTransportTest, DtlsThatComesBeforeTheFingerprintsIsKept) {
  Call call;
  call.StartChecks(kWifi, true);
  call.sim.RunFor(TimeDelta::Millis(50));
  call.dtls.Start();
  call.sim.RunFor(TimeDelta::Millis(50));
  EXPECT_EQ(call.dtls_sent, 0);
  EXPECT_EQ(call.server.dtls(), nullptr);
  call.ConnectServer();
  EXPECT_GT(call.dtls_sent, 0);  // At once, before the client repeats its flight.
  call.sim.RunFor(TimeDelta::Millis(45));
  EXPECT_THAT(call.dtls_states, ElementsAre(DtlsState::kConnecting, DtlsState::kConnected));
}

TEST(WebRtcTransportTest, OnlyAFirstFlightOfDtlsIsKept) {
  Call call;
  call.StartChecks(kWifi, true);
  call.sim.RunFor(TimeDelta::Millis(50));
  for (int i = 0; i < 10; ++i) call.Deliver(kWifi, {22, 1, 2, 3});
  EXPECT_EQ(call.server.drops().early_dtls, 6);
}

TEST(WebRtcTransportTest, NothingButChecksIsHeardFromAnUnknownPath) {
  Call call;
  call.Establish();
  const auto media = call.Protected(RtpPacket(kMedia, SequenceNumber(1)));
  call.Deliver(kMobile, media);
  call.Deliver(kMobile, {22, 254, 253, 0, 0, 0});
  EXPECT_EQ(call.server.drops().unknown_path, 2);
  EXPECT_THAT(call.media, IsEmpty());
  EXPECT_EQ(call.server.selected_path(), kWifi);
  // It was not consumed either.
  call.Deliver(kWifi, media);
  EXPECT_EQ(call.media.size(), 1u);
}

TEST(WebRtcTransportTest, CountsWhatIsNeither) {
  Call call;
  call.Deliver(kWifi, {});
  call.Deliver(kWifi, {0});
  call.Deliver(kWifi, {200, 1, 2, 3});
  EXPECT_EQ(call.server.drops().unknown_protocol, 3);
}

TEST(WebRtcTransportTest, SrtpBeforeTheKeysIsDropped) {
  Call call;
  call.StartChecks(kWifi, true);
  call.ConnectServer();
  call.sim.RunFor(TimeDelta::Millis(50));
  call.Deliver(kWifi, RtpPacket(kMedia, SequenceNumber(1)).copy());
  EXPECT_EQ(call.server.srtp().drops().before_keys, 1);
  EXPECT_THAT(call.media, IsEmpty());
  TestPacket packet = RtpPacket(kMedia, SequenceNumber(1));
  EXPECT_FALSE(call.server.writable());
  EXPECT_FALSE(call.server.ProtectRtp(packet.storage, packet.size));
  EXPECT_FALSE(call.server.ProtectRtcp(packet.storage, packet.size));
  EXPECT_EQ(call.server.srtp().drops().unencryptable, 2);
}

TEST(WebRtcTransportTest, ReplayedForgedAndMalformedMediaIsCountedAndDropped) {
  Call call;
  call.Establish();
  const auto rtp = call.Protected(RtpPacket(kMedia, SequenceNumber(1)));
  const auto rtcp = call.ProtectedRtcp(RtcpPacket(kMedia));
  for (const auto& datagram : {rtp, rtcp, rtp, rtcp}) call.Deliver(kWifi, datagram);
  ASSERT_EQ(call.media.size(), 2u);
  EXPECT_EQ(call.media[0].second, RtpPacket(kMedia, SequenceNumber(1)).copy());
  EXPECT_EQ(call.media[1].first, DatagramKind::kRtcp);
  EXPECT_EQ(call.media[1].second, RtcpPacket(kMedia).copy());
  EXPECT_EQ(call.server.srtp().drops().replayed, 2);

  auto forged = call.Protected(RtpPacket(kMedia, SequenceNumber(2)));
  forged[20] ^= 1;
  call.Deliver(kWifi, forged);
  EXPECT_EQ(call.server.srtp().drops().authentication, 1);
  call.Deliver(kWifi, {0x80, 96, 0, 1});
  EXPECT_EQ(call.server.srtp().drops().malformed, 1);
  EXPECT_EQ(call.media.size(), 2u);
  // Forgery did not use up the number.
  forged[20] ^= 1;
  call.Deliver(kWifi, forged);
  EXPECT_EQ(call.media.size(), 3u);
}

TEST(WebRtcTransportTest, AnIceRestartDoesNotInterruptTheMedia) {
  Call call;
  call.Establish();
  uint16_t sent = 0;
  auto send_for = [&](TimeDelta time) {
    for (int64_t i = 0; i < time.ms() / 20; ++i) {
      call.at(kWifi).up.Send(call.Protected(RtpPacket(kMedia, SequenceNumber(sent++))));
      call.sim.RunFor(TimeDelta::Millis(20));
    }
  };
  send_for(TimeDelta::Seconds(1));
  call.server.RestartIce({"new", "another password of the server"});
  call.Drain();
  send_for(TimeDelta::Seconds(40));  // Longer than consent lasts: the old credentials serve until then.
  call.at(kWifi).request.username = "new:cli";
  call.at(kWifi).request.password = "another password of the server";
  send_for(TimeDelta::Seconds(40));
  call.sim.RunFor(TimeDelta::Seconds(1));
  EXPECT_EQ(call.media.size(), sent);
  EXPECT_THAT(call.ice_states, ElementsAre(IceState::kCompleted));
  EXPECT_EQ(call.server.ice().dropped(IceDrop::kWrongUsername), 0u);
  EXPECT_EQ(call.dtls_states.size(), 2u);
}

TEST(WebRtcTransportTest, MediaFollowsThePeerToAnotherPath) {
  Call call;
  call.Establish();
  call.StartChecks(kMobile, false);
  call.sim.RunFor(TimeDelta::Millis(50));
  // A known path may be used before it is nominated, but answers still go to the nominated one.
  call.Deliver(kMobile, call.Protected(RtpPacket(kMedia, SequenceNumber(1))));
  EXPECT_EQ(call.media.size(), 1u);
  EXPECT_EQ(call.server.selected_path(), kWifi);

  call.at(kWifi).request.use_candidate = false;
  call.StartChecks(kMobile, true);
  call.sim.RunFor(TimeDelta::Seconds(1));
  EXPECT_THAT(call.paths, ElementsAre(kWifi, kMobile));
  EXPECT_EQ(call.server.selected_path(), kMobile);
  call.SendToPeer(RtpPacket(kMedia, SequenceNumber(1)));
  call.sim.RunFor(TimeDelta::Millis(50));
  EXPECT_EQ(call.peer_received, 1);
  EXPECT_TRUE(call.server.writable());
}

TEST(WebRtcTransportTest, IsNotWritableWithoutAPath) {
  Call call;
  call.Establish();
  call.at(kWifi).up.set_options({.loss = 1});
  call.sim.RunFor(TimeDelta::Seconds(31));
  EXPECT_THAT(call.ice_states, ElementsAre(IceState::kCompleted, IceState::kDisconnected));
  EXPECT_FALSE(call.server.writable());
  call.at(kWifi).up.set_options({});
  call.sim.RunFor(TimeDelta::Seconds(1));
  EXPECT_TRUE(call.server.writable());
}

TEST(WebRtcTransportTest, APeerWithAnotherCertificateIsRefused) {
  Call call;
  call.StartChecks(kWifi, true);
  std::vector<Fingerprint> others = ServerContext()->certificate().fingerprints();
  call.server.Connect(call.sim.now(), DtlsRole::kServer, others);
  call.Drain();
  call.dtls.Start();
  call.sim.RunFor(TimeDelta::Seconds(5));
  EXPECT_THAT(call.dtls_states, ElementsAre(DtlsState::kConnecting, DtlsState::kFailed));
  EXPECT_FALSE(call.server.writable());
  EXPECT_TRUE(call.certificate.empty());
}

TEST(WebRtcTransportTest, SaysGoodbye) {
  Call call;
  call.Establish();
  call.server.Close();
  call.Drain();
  call.sim.RunFor(TimeDelta::Millis(50));
  EXPECT_TRUE(call.dtls.closed);
}

TEST(WebRtcTransportTest, HearsGoodbye) {
  Call call;
  call.Establish();
  call.dtls.session.Close();
  call.dtls.Drain();
  call.sim.RunFor(TimeDelta::Millis(50));
  EXPECT_EQ(call.dtls_states.back(), DtlsState::kClosed);
}

TEST(WebRtcTransportTest, NamesTheDropsOfItsProtocols) {
  Call call;
  call.Deliver(kWifi, {0, 1, 2, 3});
  BindingRequest wrong;
  wrong.password = "guessed";
  call.Deliver(kWifi, wrong.Write());
  std::vector<std::pair<std::string, int64_t>> drops;
  call.server.AppendProtocolDrops(&drops);
  EXPECT_THAT(drops, Contains(std::pair<std::string, int64_t>("stunMalformed", 1)));
  EXPECT_THAT(drops, Contains(std::pair<std::string, int64_t>("stunBadIntegrity", 1)));
  const std::map<std::string, int64_t> by_name(drops.begin(), drops.end());
  EXPECT_EQ(by_name.size(), drops.size());
}

TEST(WebRtcTransportTest, DtlsCarriesMessagesBothWays) {
  Call call;
  const Datagram packet = {1, 2, 3, 4};
  EXPECT_FALSE(call.server.SendThroughDtls(packet));
  ASSERT_NO_FATAL_FAILURE(call.Establish());
  EXPECT_TRUE(call.server.SendThroughDtls(packet));
  call.Drain();
  EXPECT_TRUE(call.dtls.session.SendApplicationData(Datagram{5, 6}));
  call.dtls.Drain();
  call.sim.RunFor(TimeDelta::Seconds(1));
  EXPECT_THAT(call.dtls.messages, ElementsAre(packet));
  EXPECT_THAT(call.dtls_messages, ElementsAre(Datagram{5, 6}));
}

}  // namespace
}  // namespace sluice::transports
