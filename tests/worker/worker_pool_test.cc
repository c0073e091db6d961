#include "worker/worker_pool.h"

#include <gtest/gtest.h>

#include <optional>
#include <variant>
#include <vector>

#include "rtp/rtcp/compound_reader.h"
#include "rtp/rtcp/pli.h"
#include "tests/worker/workers.h"

namespace sluice::worker {
namespace {

TEST(WorkerPoolTest, StopsWithOpenTransports) {
  Workers workers(3);
  for (uint32_t i = 0; i < 6; ++i) MakePeer(workers, i % 3, i + 1);
}

TEST(WorkerPoolTest, ClientConnectsOverIpv4AndIpv6) {
  Workers workers(1);
  Peer v4 = MakePeer(workers, 0, 1);
  EXPECT_TRUE(v4.client->Connect());
  if (!HasIpv6Loopback()) GTEST_SKIP() << "no ::1 here";
  Peer v6 = MakePeer(workers, 0, 2, "::1");
  EXPECT_TRUE(v6.client->Connect());
}

TEST(WorkerPoolTest, ReportsIceAndDtlsStates) {
  Workers workers(2);
  Peer peer = MakePeer(workers, 1, 1);
  ASSERT_TRUE(peer.client->Connect());
  bool completed = false;
  bool selected = false;
  EXPECT_TRUE(workers.WaitFor([&](const Event& event) {
    if (const auto* ice = std::get_if<IceStateChanged>(&event))
      completed |= ice->state == transports::IceState::kCompleted;
    selected |= std::holds_alternative<SelectedPathChanged>(event);
    const auto* dtls = std::get_if<DtlsStateChanged>(&event);
    return dtls && dtls->state == transports::DtlsState::kConnected && !dtls->remote_certificate_pem.empty();
  }));
  EXPECT_TRUE(completed);
  EXPECT_TRUE(selected);
}

TEST(WorkerPoolTest, ForwardsOnOneWorker) {
  Workers workers(1);
  Peer publisher = MakePeer(workers, 0, 1);
  Peer subscriber = MakePeer(workers, 0, 2);
  ASSERT_TRUE(publisher.client->Connect());
  ASSERT_TRUE(subscriber.client->Connect());
  router::ProducerConfig producer = AudioProducer(10);
  workers.pool().Send(0, CreateProducer{publisher.transport, producer});
  workers.pool().Send(0, CreateConsumer{subscriber.transport, ConsumerOf(producer, 11, 2222), 0});
  ExpectForwarding(*publisher.client, *subscriber.client, Ssrc(2222));
}

TEST(WorkerPoolTest, ForwardsAcrossWorkersToEachConsumer) {
  Workers workers(3);
  Peer publisher = MakePeer(workers, 0, 1);
  Peer near = MakePeer(workers, 0, 2);
  Peer far = MakePeer(workers, 1, 3);
  Peer farther = MakePeer(workers, 2, 4);
  for (Peer* peer : {&publisher, &near, &far, &farther}) ASSERT_TRUE(peer->client->Connect());
  router::ProducerConfig producer = AudioProducer(10);
  // The consumers first: a worker may hear of a subscription before the producer.
  workers.pool().Send(1, CreateConsumer{far.transport, ConsumerOf(producer, 12, 3333), 0});
  workers.pool().Send(0, CreateProducer{publisher.transport, producer});
  workers.pool().Send(0, CreateConsumer{near.transport, ConsumerOf(producer, 11, 2222), 0});
  workers.pool().Send(2, CreateConsumer{farther.transport, ConsumerOf(producer, 13, 4444), 0});
  ExpectForwarding(*publisher.client, *near.client, Ssrc(2222));
  ExpectForwarding(*publisher.client, *farther.client, Ssrc(4444), 5);
}

TEST(WorkerPoolTest, KeyFrameRequestReachesThePublisherAcrossWorkers) {
  Workers workers(2);
  Peer publisher = MakePeer(workers, 0, 1);
  Peer subscriber = MakePeer(workers, 1, 2);
  ASSERT_TRUE(publisher.client->Connect());
  ASSERT_TRUE(subscriber.client->Connect());
  router::ProducerConfig producer = VideoProducer(10);
  workers.pool().Send(0, CreateProducer{publisher.transport, producer});
  workers.pool().Send(1, CreateConsumer{subscriber.transport, ConsumerOf(producer, 11, 2222), 0});
  publisher.client->SendRtp(MakeRtpPacket(kPublished, 1, kPayloadType, kPayload));
  EXPECT_TRUE(publisher.client->WaitForRtcp([](Bytes packet) {
    auto reader = rtp::rtcp::CompoundReader::Parse(packet);
    while (auto block = reader->Next()) {
      auto pli = rtp::rtcp::Pli::Parse(*block);
      if (pli && pli->media == kPublished) return true;
    }
    return false;
  }));
}

TEST(WorkerPoolTest, SnapshotsTellOfTrafficAndDrops) {
  Workers workers(1);
  Peer publisher = MakePeer(workers, 0, 1);
  Peer subscriber = MakePeer(workers, 0, 2);
  ASSERT_TRUE(publisher.client->Connect());
  ASSERT_TRUE(subscriber.client->Connect());
  router::ProducerConfig producer = AudioProducer(10);
  workers.pool().Send(0, CreateProducer{publisher.transport, producer});
  workers.pool().Send(0, CreateConsumer{subscriber.transport, ConsumerOf(producer, 11, 2222), 0});
  ExpectForwarding(*publisher.client, *subscriber.client, Ssrc(2222), 10);
  publisher.client->SendRtp(MakeRtpPacket(Ssrc(666), 1, kPayloadType, kPayload));  // Nobody signalled it.
  std::vector<uint8_t> forged_packet(40, 0x55);
  forged_packet[0] = 0x80;
  forged_packet[1] = kPayloadType;
  publisher.client->SendRaw(forged_packet);  // Not of this association.
  ASSERT_TRUE(publisher.client->Check());    // Both have been handled now.

  auto transport = workers.Ask<TransportSnapshot>(0, {.transport = publisher.transport});
  ASSERT_TRUE(transport.has_value());
  EXPECT_EQ(std::get<WebRtcSnapshot>(transport->details).dtls_state, transports::DtlsState::kConnected);
  EXPECT_GE(transport->rtp_received.bytes, 11u * (12 + kPayload.size()));
  int64_t unknown = 0;
  int64_t forged = 0;
  for (const auto& [reason, count] : transport->drops) {
    if (reason == "rtpUnknownSource") unknown = count;
    if (reason == "srtpAuthentication") forged = count;
  }
  EXPECT_EQ(unknown, 1);
  EXPECT_EQ(forged, 1);

  auto consumer =
      workers.Ask<ConsumerSnapshot>(0, {.transport = subscriber.transport, .consumer = ConsumerHandle(11)});
  ASSERT_TRUE(consumer.has_value());
  EXPECT_GE(consumer->statistics.packets, 11);
  auto whole = workers.Ask<WorkerSnapshot>(0, {});
  ASSERT_TRUE(whole.has_value());
  EXPECT_EQ(whole->transports, 2u);
  EXPECT_EQ(whole->consumers, 1u);
}

TEST(WorkerPoolTest, HandlesOfClosedObjectsAreIgnored) {
  Workers workers(2);
  Peer publisher = MakePeer(workers, 0, 1);
  Peer subscriber = MakePeer(workers, 1, 2);
  ASSERT_TRUE(publisher.client->Connect());
  ASSERT_TRUE(subscriber.client->Connect());
  router::ProducerConfig producer = AudioProducer(10);
  workers.pool().Send(0, CreateProducer{publisher.transport, producer});
  workers.pool().Send(1, CreateConsumer{subscriber.transport, ConsumerOf(producer, 11, 2222), 0});
  ExpectForwarding(*publisher.client, *subscriber.client, Ssrc(2222), 5);
  workers.pool().Send(0, CloseProducer{publisher.transport, producer.handle});
  workers.pool().Send(1, CloseConsumer{subscriber.transport, ConsumerHandle(11)});
  workers.pool().Send(1, CloseConsumer{subscriber.transport, ConsumerHandle(11)});
  workers.pool().Send(1, RequestKeyFrame{subscriber.transport, ConsumerHandle(11)});
  workers.pool().Send(0, SetProducerPaused{publisher.transport, producer.handle, true});
  workers.pool().Send(1, CloseTransport{TransportHandle(77)});
  EXPECT_FALSE(
      workers.Ask<ProducerSnapshot>(0, {.transport = publisher.transport, .producer = producer.handle}));
  EXPECT_FALSE(workers.Ask<TransportSnapshot>(1, {.transport = TransportHandle(77)}));
  EXPECT_TRUE(workers.Ask<TransportSnapshot>(1, {.transport = subscriber.transport}));
}

TEST(WorkerPoolTest, ClosedTransportSaysGoodbye) {
  Workers workers(1);
  Peer peer = MakePeer(workers, 0, 1);
  ASSERT_TRUE(peer.client->Connect());
  workers.pool().Send(0, CloseTransport{peer.transport});
  peer.client->ReceiveRtp(TimeDelta::Millis(1000));
  EXPECT_TRUE(peer.client->peer_closed());
}

}  // namespace
}  // namespace sluice::worker
