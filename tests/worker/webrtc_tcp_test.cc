// Whole transports over TCP (RFC 6544, passive): ICE, DTLS and SRTP framed as RFC 4571 has it, with real
// sockets.
#include <gtest/gtest.h>

#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "tests/worker/client_socket.h"
#include "tests/worker/loopback.h"
#include "tests/worker/media_client.h"
#include "tests/worker/workers.h"

namespace sluice::worker {
namespace {

using transports::Endpoint;
using transports::Protocol;

constexpr transports::IceState kCompleted = transports::IceState::kCompleted;

struct TcpPeer {
  TransportHandle transport;
  Endpoint udp;
  Endpoint tcp;
  transports::IceCredentials credentials;
  std::unique_ptr<MediaClient> client;

  Query query() const { return {.transport = transport}; }
};

// A transport that listens on both protocols, with a client that connects over TCP.
TcpPeer MakeTcpPeer(Workers& workers, uint32_t handle, uint32_t worker = 0,
                    const std::string& address = "127.0.0.1") {
  TcpPeer peer{.transport = TransportHandle(handle),
               .credentials = {"server" + std::to_string(handle), "the password of the server"}};
  UdpSocket udp = BindLoopback(address);
  TcpListenSocket tcp =
      std::move(*TcpListenSocket::Bind({.address = *transports::IpAddress::Parse(address)}));
  peer.udp = udp.local();
  peer.tcp = tcp.local();
  CreateWebRtcTransport create{.transport = peer.transport,
                               .sockets = {},
                               .ice = {.local = peer.credentials},
                               .dtls = Context(),
                               .rtcp_ssrc = Ssrc(9000 + handle),
                               .random_seed = handle};
  create.sockets.push_back(std::move(udp));
  create.sockets.push_back(std::move(tcp));
  peer.client = std::make_unique<MediaClient>(peer.tcp, peer.credentials,
                                              Context()->certificate().fingerprints().back(), Protocol::kTcp);
  workers.pool().Send(worker, std::move(create));
  workers.pool().Send(worker, ConnectWebRtcTransport{peer.transport, transports::DtlsRole::kServer,
                                                     peer.client->fingerprints()});
  return peer;
}

WebRtcSnapshot Details(Workers& workers, const TcpPeer& peer) {
  std::optional<TransportSnapshot> snapshot = workers.Ask<TransportSnapshot>(0, peer.query());
  EXPECT_TRUE(snapshot.has_value());
  return snapshot ? std::get<WebRtcSnapshot>(snapshot->details) : WebRtcSnapshot();
}

bool WaitForConnections(Workers& workers, uint64_t count) {
  return workers.WaitUntil<WorkerSnapshot>(
      0, {}, [&](const WorkerSnapshot& worker) { return worker.tcp.connections == count; });
}

TEST(WebRtcTcpTest, AClientConnectsAndIsSelectedOverTcp) {
  Workers workers(1);
  TcpPeer peer = MakeTcpPeer(workers, 1);
  ASSERT_TRUE(peer.client->Connect());
  WebRtcSnapshot details = Details(workers, peer);
  EXPECT_EQ(details.ice_state, kCompleted);
  ASSERT_TRUE(details.selected_path.has_value());
  EXPECT_EQ(details.selected_path->protocol, Protocol::kTcp);
  EXPECT_EQ(details.selected_path->socket, 1);
  EXPECT_EQ(details.selected_path->remote, peer.client->socket().local());
  EXPECT_EQ(details.selected_local, peer.tcp);
}

TEST(WebRtcTcpTest, Ipv6) {
  if (!HasIpv6Loopback()) GTEST_SKIP() << "no ::1 here";
  Workers workers(1);
  EXPECT_TRUE(MakeTcpPeer(workers, 1, 0, "::1").client->Connect());
}

TEST(WebRtcTcpTest, MediaFlowsBothWaysAndAcrossWorkers) {
  Workers workers(2);
  TcpPeer publisher = MakeTcpPeer(workers, 1, 0);
  TcpPeer subscriber = MakeTcpPeer(workers, 2, 1);
  ASSERT_TRUE(publisher.client->Connect());
  ASSERT_TRUE(subscriber.client->Connect());
  router::ProducerConfig producer = AudioProducer(10);
  workers.pool().Send(0, CreateProducer{publisher.transport, producer});
  workers.pool().Send(1, CreateConsumer{subscriber.transport, ConsumerOf(producer, 11, 2222), 0});
  ExpectForwarding(*publisher.client, *subscriber.client, Ssrc(2222), 500);
  std::optional<WorkerSnapshot> worker = workers.Ask<WorkerSnapshot>(1, {});
  EXPECT_GE(worker->tcp.packets_sent, 500u);
  EXPECT_EQ(worker->tcp.dropped_full, 0u);
}

TEST(WebRtcTcpTest, AClosedConnectionIsALostPath) {
  Workers workers(1);
  TcpPeer peer = MakeTcpPeer(workers, 1);
  ASSERT_TRUE(peer.client->Connect());
  peer.client->Move(Protocol::kTcp);  // Closes the old connection.
  ASSERT_TRUE(workers.WaitFor([&](const Event& event) {
    const auto* ice = std::get_if<IceStateChanged>(&event);
    return ice && ice->state == transports::IceState::kDisconnected;
  }));
  // The session goes on over the new one, with the same keys.
  ASSERT_TRUE(peer.client->Check());
  EXPECT_EQ(Details(workers, peer).selected_path->remote, peer.client->socket().local());
}

TEST(WebRtcTcpTest, AClientMovesFromTcpToUdpAndBack) {
  Workers workers(1);
  TcpPeer publisher = MakeTcpPeer(workers, 1);
  TcpPeer subscriber = MakeTcpPeer(workers, 2);
  ASSERT_TRUE(publisher.client->Connect());
  ASSERT_TRUE(subscriber.client->Connect());
  router::ProducerConfig producer = AudioProducer(10);
  workers.pool().Send(0, CreateProducer{publisher.transport, producer});
  workers.pool().Send(0, CreateConsumer{subscriber.transport, ConsumerOf(producer, 11, 2222), 0});
  ExpectForwarding(*publisher.client, *subscriber.client, Ssrc(2222), 5);
  subscriber.client->Move(Protocol::kUdp, subscriber.udp);
  ASSERT_TRUE(subscriber.client->Check());
  ExpectForwarding(*publisher.client, *subscriber.client, Ssrc(2222), 5, 1000);
  EXPECT_EQ(Details(workers, subscriber).selected_path->protocol, Protocol::kUdp);
  subscriber.client->Move(Protocol::kTcp, subscriber.tcp);
  ASSERT_TRUE(subscriber.client->Check());
  ExpectForwarding(*publisher.client, *subscriber.client, Ssrc(2222), 5, 2000);
  EXPECT_EQ(Details(workers, subscriber).selected_path->protocol, Protocol::kTcp);
}

TEST(WebRtcTcpTest, SeveralConnectionsOfOneTransport) {
  Workers workers(1);
  TcpPeer peer = MakeTcpPeer(workers, 1);
  ASSERT_TRUE(peer.client->Connect());
  std::vector<std::unique_ptr<MediaClient>> others;
  for (int i = 0; i < 5; ++i) {
    others.push_back(std::make_unique<MediaClient>(
        peer.tcp, peer.credentials, Context()->certificate().fingerprints().back(), Protocol::kTcp));
    EXPECT_TRUE(others.back()->Check());
  }
  EXPECT_TRUE(WaitForConnections(workers, 6));
  // The latest nomination wins; when its connection goes, another stands in.
  EXPECT_EQ(Details(workers, peer).selected_path->remote, others.back()->socket().local());
  others.clear();
  EXPECT_TRUE(WaitForConnections(workers, 1));
  EXPECT_EQ(Details(workers, peer).selected_path->remote, peer.client->socket().local());
}

// ICE knows eight paths; the connection of one that it gave up is of no use to anybody.
TEST(WebRtcTcpTest, AConnectionWhosePathIsGivenUpIsClosed) {
  Workers workers(1);
  TcpPeer peer = MakeTcpPeer(workers, 1);
  std::vector<std::unique_ptr<MediaClient>> clients;
  for (int i = 0; i < 9; ++i) {
    clients.push_back(std::make_unique<MediaClient>(
        peer.tcp, peer.credentials, Context()->certificate().fingerprints().back(), Protocol::kTcp));
    EXPECT_TRUE(clients.back()->Check());
  }
  EXPECT_TRUE(clients.front()->socket().WaitForClose());
  EXPECT_TRUE(clients.back()->Check());
}

TEST(WebRtcTcpTest, AConnectionThatSaysNothingIsClosed) {
  Workers workers(1, {.patience = TimeDelta::Millis(300)});
  TcpPeer peer = MakeTcpPeer(workers, 1);
  ClientSocket silent(Protocol::kTcp, peer.tcp);
  EXPECT_TRUE(silent.WaitForClose());
  // One that has shown itself stays.
  peer.client->Move(Protocol::kTcp);
  ASSERT_TRUE(peer.client->Check());
  ClientSocket other(Protocol::kTcp, peer.tcp);
  EXPECT_TRUE(other.WaitForClose());
  EXPECT_TRUE(peer.client->Check());
}

TEST(WebRtcTcpTest, AConnectionThatPromisesAPacketAndDoesNotSendItIsClosed) {
  Workers workers(1, {.patience = TimeDelta::Millis(300)});
  TcpPeer peer = MakeTcpPeer(workers, 1);
  ClientSocket lying(Protocol::kTcp, peer.tcp);
  lying.SendRaw(std::string{0x04, 0x00} + "less than 1024 octets");
  EXPECT_TRUE(lying.WaitForClose());
}

TEST(WebRtcTcpTest, AConnectionThatTalksNonsenseIsClosed) {
  Workers workers(1);
  TcpPeer peer = MakeTcpPeer(workers, 1);
  ClientSocket stranger(Protocol::kTcp, peer.tcp);
  MediaClient wrong(peer.tcp, {"server1", "not the password of the server"},
                    Context()->certificate().fingerprints().back(), Protocol::kTcp);
  const std::vector<uint8_t> check = wrong.MakeCheck();
  for (int i = 0; i < 20; ++i) stranger.Send(check);
  EXPECT_TRUE(stranger.WaitForClose());
  EXPECT_TRUE(peer.client->Connect());
  std::optional<WorkerSnapshot> worker = workers.Ask<WorkerSnapshot>(0, {});
  EXPECT_EQ(worker->tcp.unclaimed, 1u);
}

TEST(WebRtcTcpTest, WithTooManyConnectionsTheOldestUnknownMakesRoom) {
  Workers workers(1, {.max_connections = 4});
  TcpPeer peer = MakeTcpPeer(workers, 1);
  ASSERT_TRUE(peer.client->Connect());
  std::vector<std::unique_ptr<ClientSocket>> silent;
  for (int i = 0; i < 10; ++i) silent.push_back(std::make_unique<ClientSocket>(Protocol::kTcp, peer.tcp));
  for (int i = 0; i < 7; ++i) EXPECT_TRUE(silent[static_cast<size_t>(i)]->WaitForClose()) << i;
  EXPECT_TRUE(WaitForConnections(workers, 4));
  // The peer still gets in, and is not displaced.
  MediaClient again(peer.tcp, peer.credentials, Context()->certificate().fingerprints().back(),
                    Protocol::kTcp);
  EXPECT_TRUE(again.Check());
  EXPECT_TRUE(peer.client->Check());
}

TEST(WebRtcTcpTest, WhatIsNotInStepIsDroppedAndTheConnectionStays) {
  Workers workers(1);
  TcpPeer peer = MakeTcpPeer(workers, 1);
  ASSERT_TRUE(peer.client->Connect());
  peer.client->socket().SendRaw(std::string{0, 3} + "\x7fno");  // Nothing that WebRTC speaks.
  peer.client->socket().SendRaw(std::string{0, 0});             // Nothing.
  peer.client->socket().SendRaw(std::string{'\xff', '\xff'} + std::string(65535, '\x16'));
  EXPECT_TRUE(peer.client->Check());
  std::optional<TransportSnapshot> snapshot = workers.Ask<TransportSnapshot>(0, peer.query());
  EXPECT_EQ(Drops(*snapshot, "unknownProtocol"), 1);
  std::optional<WorkerSnapshot> worker = workers.Ask<WorkerSnapshot>(0, {});
  EXPECT_EQ(worker->tcp.skipped_empty, 1u);
  EXPECT_EQ(worker->tcp.skipped_too_long, 1u);
}

// A subscriber that does not read loses media, not the publisher's worker its memory; and it still is
// connected when it reads again.
TEST(WebRtcTcpTest, ASlowReaderLosesMediaAndComesBack) {
  Workers workers(1);
  TcpPeer publisher = MakeTcpPeer(workers, 1);
  TcpPeer slow = MakeTcpPeer(workers, 2);
  ASSERT_TRUE(publisher.client->Connect());
  ASSERT_TRUE(slow.client->Connect());
  router::ProducerConfig producer = VideoProducer(10);
  workers.pool().Send(0, CreateProducer{publisher.transport, producer});
  workers.pool().Send(0, CreateConsumer{slow.transport, ConsumerOf(producer, 11, 2222), 0});
  std::vector<uint8_t> payload(1200, 0x55);
  payload[0] = 0x10;  // VP8, the first packet of a key frame.
  payload[1] = 0;
  uint16_t sequence_number = 1;
  ASSERT_TRUE(workers.WaitUntil<TransportSnapshot>(0, slow.query(), [&](const TransportSnapshot& snapshot) {
    for (int i = 0; i < 200; ++i) {
      publisher.client->SendRtp(MakeRtpPacket(kPublished, sequence_number++, kPayloadType, payload));
    }
    return Drops(snapshot, "tcpQueueFull") > 100;
  }));
  std::optional<WorkerSnapshot> worker = workers.Ask<WorkerSnapshot>(0, {});
  EXPECT_GT(worker->tcp.dropped_full, 100u);
  EXPECT_GT(worker->tcp.blocked, 0u);
  ASSERT_TRUE(slow.client->Check());  // Reads all that waits, and the answer.
  for (int tries = 0; tries < 100; ++tries) {
    publisher.client->SendRtp(MakeRtpPacket(kPublished, sequence_number++, kPayloadType, payload));
    ASSERT_TRUE(slow.client->ReceiveRtp().has_value());
  }
  EXPECT_EQ(Details(workers, slow).ice_state, kCompleted);
}

TEST(WebRtcTcpTest, AClosedTransportSaysGoodbyeAndClosesItsConnections) {
  Workers workers(1);
  TcpPeer peer = MakeTcpPeer(workers, 1);
  ASSERT_TRUE(peer.client->Connect());
  workers.pool().Send(0, CloseTransport{peer.transport});
  while (!peer.client->socket().closed() && !peer.client->peer_closed()) {
    peer.client->ReceiveRtp(TimeDelta::Millis(100));
  }
  EXPECT_TRUE(peer.client->peer_closed());
  EXPECT_TRUE(peer.client->socket().WaitForClose());
  EXPECT_TRUE(WaitForConnections(workers, 0));
}

TEST(WebRtcTcpTest, StopsWithConnectionsInEveryState) {
  Workers workers(2);
  TcpPeer connected = MakeTcpPeer(workers, 1, 0);
  TcpPeer checked = MakeTcpPeer(workers, 2, 1);
  ASSERT_TRUE(connected.client->Connect());
  ASSERT_TRUE(checked.client->Check());
  ClientSocket silent(Protocol::kTcp, connected.tcp);
  ClientSocket lying(Protocol::kTcp, checked.tcp);
  lying.SendRaw(std::string{0x04, 0x00} + "less");
}

}  // namespace
}  // namespace sluice::worker
