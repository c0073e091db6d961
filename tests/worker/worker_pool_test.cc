#include "worker/worker_pool.h"

#include <gtest/gtest.h>

#include <chrono>
#include <condition_variable>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <utility>
#include <variant>
#include <vector>

#include "rtp/packet_view.h"
#include "rtp/rtcp/compound_reader.h"
#include "rtp/rtcp/pli.h"
#include "tests/worker/loopback.h"
#include "tests/worker/media_client.h"

namespace sluice::worker {
namespace {

using router::ConsumerHandle;
using router::ProducerHandle;
using router::TransportHandle;

constexpr Ssrc kPublished{1111};
constexpr uint8_t kPayloadType = 100;

std::shared_ptr<const transports::DtlsContext> Context() {
  static const auto context = transports::DtlsContext::Create(
      *transports::DtlsCertificate::Generate(std::chrono::sys_seconds(std::chrono::seconds(1'800'000'000))));
  return context;
}

// Workers, and the control plane's end of their mailboxes with waits that end.
class Workers {
 public:
  explicit Workers(uint32_t workers)
      : pool_({.workers = workers, .on_events = [this] {
                 std::lock_guard<std::mutex> lock(mutex_);
                 woken_ = true;
                 wake_.notify_one();
               }}) {}

  WorkerPool& pool() { return pool_; }

  // The first event for which `matches` holds, from now on.
  bool WaitFor(const std::function<bool(const Event&)>& matches) {
    auto deadline = std::chrono::steady_clock::now() + std::chrono::seconds(10);
    bool found = false;
    while (!found) {
      std::unique_lock<std::mutex> lock(mutex_);
      if (!wake_.wait_until(lock, deadline, [this] { return woken_; })) return false;
      woken_ = false;
      lock.unlock();
      pool_.DrainEvents([&](uint32_t, Event&& event) { found |= matches(event); });
    }
    return true;
  }

  template <typename T>
  std::optional<T> Ask(uint32_t worker, Query query) {
    query.query = ++last_query_;
    pool_.Send(worker, query);
    std::optional<T> snapshot;
    WaitFor([&](const Event& event) {
      const auto* answer = std::get_if<Answer>(&event);
      if (!answer || answer->query != query.query) return false;
      if (const T* held = std::get_if<T>(&answer->snapshot)) snapshot = *held;
      return true;
    });
    return snapshot;
  }

 private:
  std::mutex mutex_;
  std::condition_variable wake_;
  bool woken_ = false;
  uint64_t last_query_ = 0;
  WorkerPool pool_;
};

// A transport on a worker, with a client of its own.
struct Peer {
  TransportHandle transport;
  uint32_t worker;
  std::unique_ptr<MediaClient> client;
};

Peer MakePeer(Workers& workers, uint32_t worker, uint32_t handle, const std::string& address = "127.0.0.1") {
  Peer peer{.transport = TransportHandle(handle), .worker = worker, .client = nullptr};
  CreateWebRtcTransport create{
      .transport = peer.transport,
      .sockets = {},
      .ice = {.local = {"server" + std::to_string(handle), "the password of the server"}},
      .dtls = Context(),
      .rtcp_ssrc = Ssrc(9000 + handle),
      .random_seed = handle};
  create.sockets.push_back(BindLoopback(address));
  peer.client = std::make_unique<MediaClient>(create.sockets[0].local(), create.ice.local,
                                              Context()->certificate().fingerprints().back());
  workers.pool().Send(worker, std::move(create));
  workers.pool().Send(worker, ConnectWebRtcTransport{peer.transport, transports::DtlsRole::kServer,
                                                     peer.client->fingerprints()});
  return peer;
}

router::ProducerConfig AudioProducer(uint32_t handle) {
  router::ProducerConfig config{.handle = ProducerHandle(handle), .kind = router::MediaKind::kAudio};
  config.codecs = {{.codec = rtp::Codec::kOpus,
                    .payload_type = PayloadType(kPayloadType),
                    .mapped_payload_type = PayloadType(kPayloadType),
                    .clock_rate = 48'000}};
  config.encodings = {{.ssrc = kPublished}};
  return config;
}

router::ProducerConfig VideoProducer(uint32_t handle) {
  router::ProducerConfig config = AudioProducer(handle);
  config.kind = router::MediaKind::kVideo;
  config.codecs[0].codec = rtp::Codec::kVp8;
  config.codecs[0].clock_rate = 90'000;
  config.nack = config.pli = true;
  return config;
}

router::ConsumerConfig ConsumerOf(const router::ProducerConfig& producer, uint32_t handle, uint32_t ssrc) {
  router::ConsumerConfig config{.handle = ConsumerHandle(handle),
                                .producer = producer.handle,
                                .kind = producer.kind,
                                .codec = producer.codecs[0].codec,
                                .clock_rate = producer.codecs[0].clock_rate,
                                .ssrc = Ssrc(ssrc),
                                .cname = "test"};
  config.payload_types.set(kPayloadType);
  return config;
}

const std::vector<uint8_t> kPayload = {0x78, 1, 2, 3, 4, 5};

// Sends until the subscriber gets something, then checks that `count` more come in order.
void ExpectForwarding(MediaClient& publisher, MediaClient& subscriber, Ssrc ssrc, int count = 50) {
  uint16_t sequence_number = 1;
  std::optional<std::vector<uint8_t>> first;
  for (int tries = 0; tries < 100 && !first; ++tries) {
    publisher.SendRtp(MakeRtpPacket(kPublished, sequence_number++, kPayloadType, kPayload));
    first = subscriber.ReceiveRtp(TimeDelta::Millis(100));
  }
  ASSERT_TRUE(first.has_value());
  uint16_t expected = rtp::PacketView::Parse(*first)->sequence_number().value();
  for (int i = 0; i < count; ++i) {
    publisher.SendRtp(MakeRtpPacket(kPublished, sequence_number++, kPayloadType, kPayload));
    std::optional<std::vector<uint8_t>> packet = subscriber.ReceiveRtp();
    ASSERT_TRUE(packet.has_value());
    std::optional<rtp::PacketView> view = rtp::PacketView::Parse(*packet);
    ASSERT_TRUE(view.has_value());
    EXPECT_EQ(view->ssrc(), ssrc);
    EXPECT_EQ(view->sequence_number().value(), ++expected);
    EXPECT_EQ(std::vector<uint8_t>(view->payload().begin(), view->payload().end()), kPayload);
  }
}

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
