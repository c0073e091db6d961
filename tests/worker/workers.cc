#include "tests/worker/workers.h"

#include <gtest/gtest.h>

#include <chrono>
#include <utility>

#include "rtp/packet_view.h"

namespace sluice::worker {

std::shared_ptr<const transports::DtlsContext> Context() {
  static const auto context = transports::DtlsContext::Create(
      *transports::DtlsCertificate::Generate(std::chrono::sys_seconds(std::chrono::seconds(1'800'000'000))));
  return context;
}

Workers::Workers(uint32_t workers, const TcpLimits& tcp)
    : pool_({.workers = workers, .tcp = tcp, .on_events = [this] {
               std::lock_guard<std::mutex> lock(mutex_);
               woken_ = true;
               wake_.notify_one();
             }}) {}

bool Workers::WaitFor(const std::function<bool(const Event&)>& matches) {
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

Peer MakePeer(Workers& workers, uint32_t worker, uint32_t handle, const std::string& address) {
  Peer peer{.transport = TransportHandle(handle), .worker = worker, .client = nullptr};
  CreateWebRtcTransport create{
      .transport = peer.transport,
      .sockets = {},
      .ice = {.local = {"server" + std::to_string(handle), "the password of the server"}},
      .dtls = Context(),
      .rtcp_ssrc = Ssrc(9000 + handle),
      .random_seed = handle};
  UdpSocket socket = BindLoopback(address);
  peer.client = std::make_unique<MediaClient>(socket.local(), create.ice.local,
                                              Context()->certificate().fingerprints().back());
  create.sockets.push_back(std::move(socket));
  workers.pool().Send(worker, std::move(create));
  workers.pool().Send(worker, ConnectWebRtcTransport{peer.transport, transports::DtlsRole::kServer,
                                                     peer.client->fingerprints()});
  return peer;
}

int64_t Drops(const TransportSnapshot& snapshot, const std::string& reason) {
  for (const auto& [name, count] : snapshot.drops) {
    if (name == reason) return count;
  }
  ADD_FAILURE() << "no drops are counted as " << reason;
  return -1;
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

void ExpectForwarding(MediaClient& publisher, MediaClient& subscriber, Ssrc ssrc, int count,
                      uint16_t first_number) {
  uint16_t sequence_number = first_number;
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

}  // namespace sluice::worker
