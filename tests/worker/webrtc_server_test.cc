// Transports of several workers behind one UDP and one TCP port, with real sockets and clients.
#include "worker/webrtc_server.h"

#include <gtest/gtest.h>

#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "tests/worker/client_socket.h"
#include "tests/worker/workers.h"
#include "worker/port_allocator.h"

namespace sluice::worker {
namespace {

using transports::Endpoint;
using transports::Protocol;

constexpr WebRtcServerHandle kServer{77};

enum class Steering { kKernel, kMailbox };

class Server {
 public:
  // `steered()` tells whether the kernel does it.
  explicit Server(uint32_t workers, Steering steering = Steering::kMailbox, const TcpLimits& tcp = {})
      : workers_(workers, tcp) {
    const BindOptions options{.address = *transports::IpAddress::Parse("127.0.0.1")};
    auto udp = BindUdpGroup(options, PortRange(), 0, workers);
    auto tcp_listeners = BindTcpGroup(options, PortRange(), 0, workers);
    EXPECT_TRUE(udp.ok() && tcp_listeners.ok());
    udp_ = udp->front().local();
    tcp_ = tcp_listeners->front().local();
    if (steering == Steering::kKernel) steering_ = UdpSteering::Attach(*udp);
    for (uint32_t i = 0; i < workers; ++i) {
      CreateWebRtcServer create{.server = kServer};
      create.sockets.push_back({std::move((*udp)[i]), steering_});
      create.sockets.push_back({std::move((*tcp_listeners)[i]), nullptr});
      workers_.pool().Send(i, std::move(create));
    }
  }

  Workers& workers() { return workers_; }
  const Endpoint& udp() const { return udp_; }
  const Endpoint& tcp() const { return tcp_; }
  bool steered() const { return steering_ != nullptr; }

  // A transport on `worker`, and a client that has not sent anything.
  Peer AddPeer(uint32_t worker, uint32_t handle, Protocol protocol = Protocol::kUdp) {
    Peer peer{.transport = TransportHandle(handle), .worker = worker, .client = nullptr};
    transports::IceCredentials credentials{"fragment" + std::to_string(handle), "the password of the server"};
    workers_.pool().Send(worker, CreateWebRtcTransport{.transport = peer.transport,
                                                       .server = kServer,
                                                       .ice = {.local = credentials},
                                                       .dtls = Context(),
                                                       .rtcp_ssrc = Ssrc(9000 + handle),
                                                       .random_seed = handle});
    AddFragment(worker, peer.transport, credentials.username_fragment);
    peer.client = std::make_unique<MediaClient>(protocol == Protocol::kUdp ? udp_ : tcp_, credentials,
                                                Context()->certificate().fingerprints().back(), protocol);
    workers_.pool().Send(worker, ConnectWebRtcTransport{peer.transport, transports::DtlsRole::kServer,
                                                        peer.client->fingerprints()});
    return peer;
  }

  void AddFragment(uint32_t worker, TransportHandle transport, const std::string& fragment) {
    for (uint32_t i = 0; i < workers_.pool().workers(); ++i) {
      const uint32_t to = (worker + i) % workers_.pool().workers();
      workers_.pool().Send(to, AddIceFragment{kServer, fragment, worker, transport});
    }
  }
  void RemoveFragment(const std::string& fragment) {
    for (uint32_t i = 0; i < workers_.pool().workers(); ++i) {
      workers_.pool().Send(i, RemoveIceFragment{kServer, fragment});
    }
  }
  void Close(const Peer& peer) {
    RemoveFragment("fragment" + std::to_string(peer.transport.value()));
    workers_.pool().Send(peer.worker, CloseTransport{peer.transport});
  }

  WebRtcServerSnapshot Snapshot(uint32_t worker) {
    return workers_.Ask<WebRtcServerSnapshot>(worker, {.server = kServer}).value();
  }
  // Of all workers together.
  ServerStats Total() {
    ServerStats total;
    for (uint32_t i = 0; i < workers_.pool().workers(); ++i) {
      const ServerStats stats = Snapshot(i).stats;
      total.datagrams += stats.datagrams;
      total.forwarded += stats.forwarded;
      total.unknown_fragment += stats.unknown_fragment;
      total.unknown_path += stats.unknown_path;
      total.steered += stats.steered;
      total.connections_moved += stats.connections_moved;
    }
    return total;
  }
  // Claims that the workers know, each other's included.
  uint64_t Paths() {
    uint64_t paths = 0;
    for (uint32_t i = 0; i < workers_.pool().workers(); ++i) paths += Snapshot(i).paths;
    return paths;
  }
  template <typename Condition>
  bool WaitUntil(Condition condition) {
    const Timestamp deadline = MonotonicNow() + TimeDelta::Seconds(10);
    while (!condition()) {
      if (MonotonicNow() > deadline) return false;
    }
    return true;
  }

  // A connected peer of `worker` whose datagrams the kernel's hash delivers to another one, if `elsewhere`,
  // or to that one.
  Peer ConnectPeer(uint32_t worker, uint32_t handle, bool elsewhere) {
    Peer peer = AddPeer(worker, handle);
    for (int tries = 0; tries < 200; ++tries) {
      const uint64_t before = Total().forwarded;
      EXPECT_TRUE(peer.client->Check());
      if ((Total().forwarded > before) == elsewhere) break;
      peer.client->Move(Protocol::kUdp);
    }
    EXPECT_TRUE(peer.client->Connect());
    return peer;
  }

  void Forward(const Peer& publisher, const Peer& subscriber) {
    router::ProducerConfig producer = AudioProducer(1000 + publisher.transport.value());
    workers_.pool().Send(publisher.worker, CreateProducer{publisher.transport, producer});
    workers_.pool().Send(
        subscriber.worker,
        CreateConsumer{subscriber.transport, ConsumerOf(producer, 2000, 2222), publisher.worker});
  }

 private:
  Endpoint udp_;
  Endpoint tcp_;
  std::shared_ptr<UdpSteering> steering_;
  Workers workers_;
};

TEST(WebRtcServerTest, AllWorkersClientsConnectThroughOnePort) {
  Server server(3);
  std::vector<Peer> peers;
  for (uint32_t i = 0; i < 12; ++i) peers.push_back(server.AddPeer(i % 3, i + 1));
  for (Peer& peer : peers) EXPECT_TRUE(peer.client->Connect());
  // The kernel spreads them without knowing their workers.
  EXPECT_GT(server.Total().forwarded, 0u);
  for (uint32_t i = 0; i < 3; ++i) EXPECT_EQ(server.Snapshot(i).transports, 4u);
}

TEST(WebRtcServerTest, MediaThatArrivesAtAnotherWorkerReachesItsOwner) {
  Server server(3);
  Peer publisher = server.ConnectPeer(0, 1, /*elsewhere=*/true);
  Peer subscriber = server.ConnectPeer(1, 2, /*elsewhere=*/true);
  server.Forward(publisher, subscriber);
  const uint64_t before = server.Total().forwarded;
  ExpectForwarding(*publisher.client, *subscriber.client, Ssrc(2222), 300);
  EXPECT_GE(server.Total().forwarded - before, 300u);
  EXPECT_EQ(server.Total().steered, 0u);
}

// What the kernel has been told of arrives where it belongs: nothing is handed on any more.
TEST(WebRtcServerTest, TheKernelSteersAPeerOnceItsPathIsClaimed) {
  Server server(3, Steering::kKernel);
  if (!server.steered()) GTEST_SKIP() << "no eBPF here";
  Peer publisher = server.ConnectPeer(0, 1, /*elsewhere=*/true);
  Peer subscriber = server.ConnectPeer(1, 2, /*elsewhere=*/true);
  server.Forward(publisher, subscriber);
  ASSERT_TRUE(server.WaitUntil([&] { return server.Total().steered >= 2; }));
  const uint64_t before = server.Total().forwarded;
  const uint64_t arrived = server.Snapshot(0).stats.datagrams;
  ExpectForwarding(*publisher.client, *subscriber.client, Ssrc(2222), 300);
  EXPECT_TRUE(publisher.client->Check());
  EXPECT_EQ(server.Total().forwarded, before);
  EXPECT_GE(server.Snapshot(0).stats.datagrams - arrived, 300u);
  EXPECT_EQ(server.Total().unknown_path, 0u);
}

TEST(WebRtcServerTest, APeerThatArrivesAtItsWorkerNeedsNoSteering) {
  Server server(2, Steering::kKernel);
  if (!server.steered()) GTEST_SKIP() << "no eBPF here";
  Peer peer = server.ConnectPeer(0, 1, /*elsewhere=*/false);
  const uint64_t forwarded = server.Total().forwarded;
  const uint64_t steered = server.Total().steered;
  for (int i = 0; i < 5; ++i) EXPECT_TRUE(peer.client->Check());
  EXPECT_EQ(server.Total().forwarded, forwarded);
  EXPECT_EQ(server.Total().steered, steered);
}

TEST(WebRtcServerTest, WhatIsForNobodyIsDroppedAndCounted) {
  Server server(2);
  Peer peer = server.AddPeer(0, 1);
  ASSERT_TRUE(peer.client->Connect());
  const ServerStats before = server.Total();
  ClientSocket stranger(Protocol::kUdp, server.udp());
  const std::vector<uint8_t> rtp = MakeRtpPacket(kPublished, 1, kPayloadType, kPayload);
  stranger.Send(rtp);
  MediaClient nobodys(server.udp(), {"nobody", "the password of the server"},
                      Context()->certificate().fingerprints().back());
  stranger.Send(nobodys.MakeCheck());
  const std::vector<uint8_t> half_a_check(20, 0);
  stranger.Send(half_a_check);
  ASSERT_TRUE(server.WaitUntil([&] { return server.Total().datagrams >= before.datagrams + 3; }));
  EXPECT_EQ(server.Total().unknown_path, before.unknown_path + 1);
  EXPECT_EQ(server.Total().unknown_fragment, before.unknown_fragment + 2);
  EXPECT_EQ(server.Total().forwarded, before.forwarded);
}

// Whoever may make a transport of its own can authenticate a check from a forged sender's address. That takes
// nothing away from the transport whose path it is.
TEST(WebRtcServerTest, AForgedSenderDoesNotRedirectAPath) {
  for (Steering steering : {Steering::kMailbox, Steering::kKernel}) {
    Server server(3, steering);
    Peer victim = server.ConnectPeer(0, 1, /*elsewhere=*/true);
    Peer subscriber = server.ConnectPeer(1, 2, /*elsewhere=*/false);
    server.Forward(victim, subscriber);
    ExpectForwarding(*victim.client, *subscriber.client, Ssrc(2222), 5);
    for (uint32_t worker = 0; worker < 3; ++worker) {
      Peer attacker = server.AddPeer(worker, 10 + worker);
      // As if from the attacker, with the victim's address.
      for (int i = 0; i < 3; ++i) victim.client->SendRaw(attacker.client->MakeCheck());
      ASSERT_TRUE(server.workers().WaitUntil<TransportSnapshot>(
          worker, {.transport = attacker.transport}, [](const TransportSnapshot& snapshot) {
            return std::get<WebRtcSnapshot>(snapshot.details).selected_path.has_value();
          }));
    }
    ExpectForwarding(*victim.client, *subscriber.client, Ssrc(2222), 50, 1000);
    EXPECT_TRUE(victim.client->Check());
  }
}

TEST(WebRtcServerTest, APathIsFreeForTheNextWhenItsTransportCloses) {
  for (Steering steering : {Steering::kMailbox, Steering::kKernel}) {
    Server server(3, steering);
    Peer first = server.ConnectPeer(0, 1, /*elsewhere=*/true);
    Peer second = server.AddPeer(1, 2);
    first.client->SendRaw(second.client->MakeCheck());  // The same sender, too early.
    server.Close(first);
    ASSERT_TRUE(server.WaitUntil([&] {
      first.client->ReceiveRtp(TimeDelta::Millis(10));
      return first.client->peer_closed();
    }));
    // The next client has the first one's port, as when a page is loaded again.
    std::swap(second.client->socket(), first.client->socket());
    ASSERT_TRUE(second.client->Connect());
    Peer subscriber = server.ConnectPeer(2, 3, /*elsewhere=*/false);
    server.Forward(second, subscriber);
    ExpectForwarding(*second.client, *subscriber.client, Ssrc(2222), 20);
  }
}

TEST(WebRtcServerTest, NothingIsLeftOfClosedTransports) {
  Server server(3, Steering::kKernel);
  std::vector<Peer> peers;
  for (uint32_t i = 0; i < 9; ++i) {
    peers.push_back(server.AddPeer(i % 3, i + 1));
    ASSERT_TRUE(peers.back().client->Check());
  }
  EXPECT_GE(server.Paths(), 9u);
  for (const Peer& peer : peers) server.Close(peer);
  EXPECT_TRUE(server.WaitUntil([&] { return server.Paths() == 0; }));
  const uint64_t before = server.Total().unknown_fragment;
  for (Peer& peer : peers) peer.client->SendRaw(peer.client->MakeCheck());
  EXPECT_TRUE(server.WaitUntil([&] { return server.Total().unknown_fragment == before + 9; }));
}

TEST(WebRtcServerTest, AnExpiredPathIsReleased) {
  Server server(2);
  Peer peer = server.AddPeer(0, 1);
  // ICE knows eight paths; those of which it heard least lately make room.
  for (int i = 0; i < 20; ++i) {
    ASSERT_TRUE(peer.client->Check());
    peer.client->Move(Protocol::kUdp);
  }
  EXPECT_TRUE(server.WaitUntil([&] { return server.Snapshot(0).paths == 8; }));
  EXPECT_LE(server.Snapshot(1).paths, 8u);
}

TEST(WebRtcServerTest, AClientChangesItsPortAndGoesOn) {
  Server server(3, Steering::kKernel);
  Peer publisher = server.ConnectPeer(0, 1, /*elsewhere=*/true);
  Peer subscriber = server.ConnectPeer(1, 2, /*elsewhere=*/true);
  server.Forward(publisher, subscriber);
  ExpectForwarding(*publisher.client, *subscriber.client, Ssrc(2222), 5);
  publisher.client->Move(Protocol::kUdp);
  subscriber.client->Move(Protocol::kUdp);
  ASSERT_TRUE(publisher.client->Check());
  ASSERT_TRUE(subscriber.client->Check());
  ExpectForwarding(*publisher.client, *subscriber.client, Ssrc(2222), 5, 1000);
}

TEST(WebRtcServerTest, AnIceRestartAddsAFragmentAndTheOldOneGoesWhenThePeerFollows) {
  Server server(3);
  Peer peer = server.ConnectPeer(0, 1, /*elsewhere=*/true);
  const transports::IceCredentials renewed{"renewed", "another password for the server"};
  server.workers().pool().Send(0, RestartIce{peer.transport, renewed});
  server.AddFragment(0, peer.transport, "renewed");
  EXPECT_TRUE(peer.client->Check());  // The old ones are valid until the new ones are used.
  peer.client->UseCredentials(renewed);
  peer.client->Move(Protocol::kUdp);
  EXPECT_TRUE(peer.client->Check());
  EXPECT_TRUE(server.workers().WaitFor([&](const Event& event) {
    const auto* restarted = std::get_if<IceRestarted>(&event);
    return restarted && restarted->transport == peer.transport && restarted->username_fragment == "renewed";
  }));
  server.RemoveFragment("fragment1");
  EXPECT_TRUE(peer.client->Check());
}

TEST(WebRtcServerTest, TcpConnectionsMoveToTheirTransportsWorker) {
  Server server(3);
  std::vector<Peer> peers;
  for (uint32_t i = 0; i < 9; ++i) {
    peers.push_back(server.AddPeer(i % 3, i + 1, Protocol::kTcp));
    EXPECT_TRUE(peers.back().client->Connect());
  }
  EXPECT_GT(server.Total().connections_moved, 0u);
  for (uint32_t i = 0; i < 3; ++i) {
    EXPECT_EQ(server.workers().Ask<WorkerSnapshot>(i, {})->tcp.connections, 3u);
  }
  server.Forward(peers[0], peers[1]);
  ExpectForwarding(*peers[0].client, *peers[1].client, Ssrc(2222), 100);
}

TEST(WebRtcServerTest, AMovedConnectionLosesNothingThatCameWithItsFirstPacket) {
  Server server(3);
  for (uint32_t i = 0; i < 12; ++i) {
    Peer peer = server.AddPeer(i % 3, i + 1, Protocol::kTcp);
    const std::vector<uint8_t> check = peer.client->MakeCheck();
    std::string stream;
    for (int n = 0; n < 3; ++n) {
      stream += {static_cast<char>(check.size() >> 8), static_cast<char>(check.size())};
      stream.append(check.begin(), check.end());
    }
    // Cut in the first packet, behind it, and in the second.
    const size_t cut = i % 4 == 0 ? 1 : i % 4 == 1 ? 30 : i % 4 == 2 ? check.size() + 2 : check.size() + 10;
    peer.client->socket().SendRaw(stream.substr(0, cut));
    peer.client->socket().SendRaw(stream.substr(cut));
    for (int n = 0; n < 3; ++n) {
      EXPECT_TRUE(peer.client->socket().Receive(MonotonicNow() + TimeDelta::Seconds(5)).has_value()) << i;
    }
  }
}

TEST(WebRtcServerTest, TcpConnectionsThatNameNobodyAreClosed) {
  Server server(2);
  ClientSocket nonsense(Protocol::kTcp, server.tcp());
  const std::vector<uint8_t> hello(30, 0x16);
  nonsense.Send(hello);
  EXPECT_TRUE(nonsense.WaitForClose());
  ClientSocket empty(Protocol::kTcp, server.tcp());
  empty.SendRaw(std::string{0, 0});
  EXPECT_TRUE(empty.WaitForClose());
  ClientSocket long_one(Protocol::kTcp, server.tcp());
  long_one.SendRaw(std::string{'\xff', '\xff'});
  EXPECT_TRUE(long_one.WaitForClose());
  MediaClient nobodys(server.tcp(), {"nobody", "the password of the server"},
                      Context()->certificate().fingerprints().back(), Protocol::kTcp);
  nobodys.SendRaw(nobodys.MakeCheck());
  EXPECT_TRUE(nobodys.socket().WaitForClose());
  { ClientSocket closes(Protocol::kTcp, server.tcp()); }
  EXPECT_TRUE(server.WaitUntil([&] {
    uint64_t unclaimed = 0;
    for (uint32_t i = 0; i < 2; ++i) unclaimed += server.workers().Ask<WorkerSnapshot>(i, {})->tcp.unclaimed;
    return unclaimed == 5;
  }));
}

TEST(WebRtcServerTest, TcpConnectionsThatDoNotSayInTimeWhoseTheyAreAreClosed) {
  Server server(2, Steering::kMailbox, {.patience = TimeDelta::Millis(300)});
  std::vector<std::unique_ptr<ClientSocket>> silent;
  for (int i = 0; i < 4; ++i) silent.push_back(std::make_unique<ClientSocket>(Protocol::kTcp, server.tcp()));
  silent[1]->SendRaw(std::string{0, 100} + "half of what is promised");
  silent[2]->SendRaw(std::string{0});
  for (auto& socket : silent) EXPECT_TRUE(socket->WaitForClose());
}

TEST(WebRtcServerTest, TooManyUnclaimedConnectionsDisplaceTheOldest) {
  Server server(1, Steering::kMailbox, {.max_unclaimed = 10});
  std::vector<std::unique_ptr<ClientSocket>> silent;
  for (int i = 0; i < 100; ++i)
    silent.push_back(std::make_unique<ClientSocket>(Protocol::kTcp, server.tcp()));
  for (size_t i = 0; i < 90; ++i) EXPECT_TRUE(silent[i]->WaitForClose()) << i;
  EXPECT_EQ(server.Snapshot(0).unclaimed_connections, 10u);
  Peer peer = server.AddPeer(0, 1, Protocol::kTcp);
  EXPECT_TRUE(peer.client->Connect());
}

TEST(WebRtcServerTest, ManyTcpClientsComeAndGo) {
  Server server(3);
  for (uint32_t round = 0; round < 3; ++round) {
    std::vector<Peer> peers;
    for (uint32_t i = 0; i < 60; ++i) {
      peers.push_back(server.AddPeer(i % 3, round * 100 + i + 1, Protocol::kTcp));
      ASSERT_TRUE(peers.back().client->Check());
    }
    for (size_t i = 0; i < peers.size(); i += 2) server.Close(peers[i]);
    for (size_t i = 1; i < peers.size(); i += 2) peers[i].client.reset();
    EXPECT_TRUE(server.WaitUntil([&] {
      uint64_t open = 0;
      for (uint32_t i = 0; i < 3; ++i) open += server.workers().Ask<WorkerSnapshot>(i, {})->tcp.connections;
      return open == 0;
    }));
  }
}

TEST(WebRtcServerTest, ClosingFreesThePorts) {
  Server server(3, Steering::kKernel);
  Peer peer = server.AddPeer(1, 1);
  ASSERT_TRUE(peer.client->Connect());
  server.Close(peer);
  for (uint32_t i = 0; i < 3; ++i) {
    server.workers().pool().Send(i, CloseWebRtcServer{kServer});
    EXPECT_FALSE(server.workers().Ask<WebRtcServerSnapshot>(i, {.server = kServer}).has_value());
  }
  EXPECT_TRUE(UdpSocket::Bind({.address = server.udp().address, .port = server.udp().port}).ok());
  EXPECT_TRUE(TcpListenSocket::Bind({.address = server.tcp().address, .port = server.tcp().port}).ok());
}

TEST(WebRtcServerTest, StopsWithTransportsAndConnectionsInEveryState) {
  Server server(3, Steering::kKernel);
  Peer udp = server.AddPeer(0, 1);
  Peer tcp = server.AddPeer(1, 2, Protocol::kTcp);
  Peer checked = server.AddPeer(2, 3);
  ASSERT_TRUE(udp.client->Connect());
  ASSERT_TRUE(tcp.client->Connect());
  ASSERT_TRUE(checked.client->Check());
  ClientSocket silent(Protocol::kTcp, server.tcp());
  ClientSocket lying(Protocol::kTcp, server.tcp());
  lying.SendRaw(std::string{0x01});
}

}  // namespace
}  // namespace sluice::worker
