// Chromium's and Firefox's ClientHello with a post-quantum key share does not fit a datagram: it comes as two
// handshake fragments, which the network may lose, repeat and swap.
#include <gtest/gtest.h>
#include <openssl/ssl.h>

#include <string>
#include <vector>

#include "tests/transports/dtls/dtls_pair.h"
#include "tests/transports/dtls/dtls_records.h"
#include "transports/dtls/ssl_callbacks.h"

namespace sluice::transports {
namespace {

// A client with a ClientHello of some 1,400 octets: made large by an ALPN offer, which the server passes
// over.
class LargeHelloClient {
 public:
  LargeHelloClient() : ssl_(SSL_new(ClientContext()->ssl_context())) {
    peer_.fingerprints = ServerContext()->certificate().fingerprints();
    EXPECT_TRUE(AttachSslPeer(ssl_.get(), &peer_));
    std::vector<uint8_t> protocols;
    for (uint8_t i = 0; i < 12; ++i) {
      protocols.push_back(99);
      protocols.insert(protocols.end(), 99, static_cast<uint8_t>('a' + i));
    }
    SSL_set_alpn_protos(ssl_.get(), protocols.data(), protocols.size());
    SSL_set_mtu(ssl_.get(), 4000);
    SSL_set_connect_state(ssl_.get());
  }

  // The datagrams of the first flight, unsplit.
  std::vector<Datagram> Start(Timestamp now) {
    SetSslClock(now);
    SSL_do_handshake(ssl_.get());
    return TakeSent();
  }
  std::vector<Datagram> Receive(Timestamp now, const Datagram& datagram) {
    SetSslClock(now);
    peer_.received = datagram;
    connected_ = SSL_do_handshake(ssl_.get()) == 1;
    return TakeSent();
  }
  std::vector<Datagram> Retransmit(Timestamp now) {
    SetSslClock(now);
    EXPECT_EQ(DTLSv1_handle_timeout(ssl_.get()), 1);
    return TakeSent();
  }
  bool connected() const { return connected_; }

 private:
  std::vector<Datagram> TakeSent() { return std::exchange(peer_.sent, {}); }

  SslPeer peer_;
  bssl::UniquePtr<SSL> ssl_;
  bool connected_ = false;
};

class FragmentedClientHelloTest : public testing::Test {
 protected:
  void SetUp() override { server_.Start(); }

  std::vector<Datagram> FirstFlight(size_t pieces = 2) {
    std::vector<Datagram> flight = client_.Start(sim_.now());
    EXPECT_EQ(flight.size(), 1u);
    EXPECT_GT(flight[0].size(), 1300u);
    return ClientHelloSplitter(pieces)(flight[0]);
  }
  std::vector<Datagram> SecondFlight() { return ClientHelloSplitter()(client_.Retransmit(sim_.now()).at(0)); }

  // Lets the rest of the handshake run without further accidents.
  bool Completes() {
    for (int round = 0; round < 4; ++round) {
      for (auto& [when, datagram] : std::exchange(server_.sent, {})) {
        for (Datagram& answer : client_.Receive(sim_.now(), datagram)) {
          for (Datagram& filtered : ClientHelloSplitter()(answer)) server_.Receive(filtered);
        }
      }
    }
    return server_.connected.has_value() && client_.connected();
  }

  sim::Simulation sim_{1};
  LargeHelloClient client_;
  DtlsEndpoint server_{&sim_, ServerContext(), DtlsRole::kServer,
                       ClientContext()->certificate().fingerprints()};
};

TEST_F(FragmentedClientHelloTest, InOrder) {
  std::vector<Datagram> pieces = FirstFlight();
  ASSERT_EQ(pieces.size(), 2u);
  server_.Receive(pieces[0]);
  EXPECT_TRUE(server_.sent.empty());  // Half a ClientHello is answered with nothing.
  server_.Receive(pieces[1]);
  EXPECT_FALSE(server_.sent.empty());
  EXPECT_TRUE(Completes());
}

TEST_F(FragmentedClientHelloTest, Swapped) {
  std::vector<Datagram> pieces = FirstFlight();
  server_.Receive(pieces[1]);
  EXPECT_TRUE(server_.sent.empty());
  server_.Receive(pieces[0]);
  EXPECT_TRUE(Completes());
}

TEST_F(FragmentedClientHelloTest, InOneDatagram) {
  std::vector<Datagram> pieces = FirstFlight();
  pieces[0].insert(pieces[0].end(), pieces[1].begin(), pieces[1].end());
  server_.Receive(pieces[0]);
  EXPECT_TRUE(Completes());
}

TEST_F(FragmentedClientHelloTest, Repeated) {
  std::vector<Datagram> pieces = FirstFlight();
  for (size_t i : {0, 0, 1, 1, 0}) server_.Receive(pieces[i]);
  EXPECT_TRUE(Completes());
}

TEST_F(FragmentedClientHelloTest, EveryOrderOfFourPieces) {
  std::vector<Datagram> pieces = FirstFlight(4);
  ASSERT_EQ(pieces.size(), 4u);
  std::vector<size_t> order = {0, 1, 2, 3};
  do {
    DtlsEndpoint server(&sim_, ServerContext(), DtlsRole::kServer,
                        ClientContext()->certificate().fingerprints());
    server.Start();
    for (size_t i = 0; i < 4; ++i) {
      EXPECT_TRUE(server.sent.empty());
      server.Receive(pieces[order[i]]);
    }
    EXPECT_FALSE(server.sent.empty());
  } while (std::next_permutation(order.begin(), order.end()));
}

TEST_F(FragmentedClientHelloTest, LostPieceComesWithTheRetransmission) {
  for (size_t lost : {0, 1}) {
    SCOPED_TRACE(lost);
    LargeHelloClient client;
    DtlsEndpoint server(&sim_, ServerContext(), DtlsRole::kServer,
                        ClientContext()->certificate().fingerprints());
    server.Start();
    server.Receive(ClientHelloSplitter()(client.Start(sim_.now()).at(0)).at(1 - lost));
    EXPECT_TRUE(server.sent.empty());
    sim_.RunFor(TimeDelta::Seconds(2));
    std::vector<Datagram> again = ClientHelloSplitter()(client.Retransmit(sim_.now()).at(0));
    server.Receive(again[lost]);  // The piece that was there already is lost this time.
    EXPECT_FALSE(server.sent.empty());
  }
}

TEST_F(FragmentedClientHelloTest, LateRetransmissionDoesNoHarm) {
  std::vector<Datagram> pieces = FirstFlight();
  for (Datagram& piece : pieces) server_.Receive(piece);
  sim_.RunFor(TimeDelta::Seconds(2));
  for (Datagram& piece : SecondFlight()) server_.Receive(piece);
  EXPECT_TRUE(Completes());
  EXPECT_FALSE(server_.failed);
}

// Overlapping pieces of other sizes, as after a change of the path MTU.
TEST_F(FragmentedClientHelloTest, RetransmissionMayBeCutElsewhere) {
  std::vector<Datagram> pieces = FirstFlight(2);
  server_.Receive(pieces[1]);
  sim_.RunFor(TimeDelta::Seconds(2));
  std::vector<Datagram> again = ClientHelloSplitter(3)(client_.Retransmit(sim_.now()).at(0));
  server_.Receive(again[1]);
  EXPECT_TRUE(server_.sent.empty());
  server_.Receive(again[0]);
  EXPECT_TRUE(Completes());
}

}  // namespace
}  // namespace sluice::transports
