// A forwarded packet's whole way, from the socket it comes in by to the sockets it leaves by, with SRTP on
// both sides: in steady state the worker's thread allocates nothing for it.
#include <gtest/gtest.h>

#include <array>
#include <atomic>
#include <chrono>
#include <memory>
#include <thread>
#include <utility>
#include <vector>

#include "tests/allocation_count.h"
#include "tests/worker/loopback.h"
#include "tests/worker/media_client.h"
#include "worker/clock.h"
#include "worker/worker.h"

namespace sluice::worker {
namespace {

using router::ConsumerHandle;
using router::ProducerHandle;
using router::TransportHandle;

constexpr Ssrc kPublished{1111};
constexpr uint8_t kPayloadType = 100;
constexpr uint32_t kSubscribers = 3;

std::shared_ptr<const transports::DtlsContext> Context() {
  static const auto context = transports::DtlsContext::Create(
      *transports::DtlsCertificate::Generate(std::chrono::sys_seconds(std::chrono::seconds(1'800'000'000))));
  return context;
}

// One worker on a thread of its own; Sample() says how much that thread has allocated so far.
class CountedWorker {
 public:
  CountedWorker()
      : worker_({.index = 0,
                 .clock = {.at = MonotonicNow(), .unix_us = UnixTime().us()},
                 .wake_peer = [](uint32_t) {},
                 .wake_control = [this] { allocations_ = static_cast<int64_t>(AllocationCount()); }},
                &pool_, &switchboard_),
        thread_([this] { worker_.Run(); }) {}
  ~CountedWorker() {
    Send(StopWorker{});
    thread_.join();
  }

  void Send(Command command) {
    switchboard_.commands(0).Push(std::move(command));
    worker_.Wake();
  }

  // As of the end of the turn in which the worker has answered a question about itself.
  int64_t Sample() {
    int answers = 0;
    allocations_ = -1;
    Send(Query{.query = 1});
    while (answers == 0 || allocations_ < 0) {
      switchboard_.events(0).Drain(
          [&](Event&& event) { answers += std::holds_alternative<Answer>(event) ? 1 : 0; });
      std::this_thread::yield();
    }
    return allocations_;
  }

  std::unique_ptr<MediaClient> AddPeer(uint32_t handle) {
    CreateWebRtcTransport create{.transport = TransportHandle(handle),
                                 .sockets = {},
                                 .ice = {.local = {"server", "the password of the server"}},
                                 .dtls = Context(),
                                 .rtcp_ssrc = Ssrc(9000 + handle),
                                 .random_seed = handle};
    UdpSocket socket = BindLoopback();
    auto client = std::make_unique<MediaClient>(socket.local(), create.ice.local,
                                                Context()->certificate().fingerprints().back());
    create.sockets.push_back(std::move(socket));
    Send(std::move(create));
    Send(ConnectWebRtcTransport{TransportHandle(handle), transports::DtlsRole::kServer,
                                client->fingerprints()});
    return client;
  }

 private:
  SlabPool pool_;
  Switchboard switchboard_{1};
  std::atomic<int64_t> allocations_{-1};
  Worker worker_;
  std::thread thread_;
};

void Publish(MediaClient& publisher, std::vector<std::unique_ptr<MediaClient>>& subscribers, uint16_t* next,
             int packets) {
  const std::array<uint8_t, 200> payload = {0x78};
  for (int i = 0; i < packets; ++i) {
    publisher.SendRtp(MakeRtpPacket(kPublished, (*next)++, kPayloadType, payload));
    for (auto& subscriber : subscribers) ASSERT_TRUE(subscriber->ReceiveRtp().has_value());
  }
}

TEST(ForwardingAllocationTest, NoneForAPacketOnItsWholeWay) {
  if (!SLUICE_COUNTS_ALLOCATIONS) GTEST_SKIP() << "the sanitizer has an operator new of its own";
  CountedWorker worker;
  std::unique_ptr<MediaClient> publisher = worker.AddPeer(1);
  ASSERT_TRUE(publisher->Connect());
  router::ProducerConfig producer{.handle = ProducerHandle(10), .kind = router::MediaKind::kAudio};
  producer.codecs = {{.codec = rtp::Codec::kOpus,
                      .payload_type = PayloadType(kPayloadType),
                      .mapped_payload_type = PayloadType(kPayloadType),
                      .clock_rate = 48'000}};
  producer.encodings = {{.ssrc = kPublished}};
  producer.nack = true;
  worker.Send(CreateProducer{TransportHandle(1), producer});
  std::vector<std::unique_ptr<MediaClient>> subscribers;
  for (uint32_t i = 0; i < kSubscribers; ++i) {
    subscribers.push_back(worker.AddPeer(2 + i));
    ASSERT_TRUE(subscribers.back()->Connect());
    router::ConsumerConfig consumer{.handle = ConsumerHandle(20 + i),
                                    .producer = producer.handle,
                                    .kind = producer.kind,
                                    .codec = rtp::Codec::kOpus,
                                    .clock_rate = 48'000,
                                    .ssrc = Ssrc(2000 + i),
                                    .rtx_ssrc = Ssrc(3000 + i),
                                    .cname = "test",
                                    .nack = true};
    consumer.payload_types.set(kPayloadType);
    worker.Send(CreateConsumer{TransportHandle(2 + i), consumer, 0});
  }

  worker.Sample();  // The consumers are there.
  uint16_t next = 1;
  Publish(*publisher, subscribers, &next, 2'500);  // Until the history and all vectors have grown.
  worker.Sample();
  const int64_t before_question = worker.Sample();
  const int64_t before_packets = worker.Sample();
  const int64_t question = before_packets - before_question;
  Publish(*publisher, subscribers, &next, 1'000);
  EXPECT_LE(worker.Sample() - before_packets - question, 1);  // 1: an event mailbox may begin a block.
}

}  // namespace
}  // namespace sluice::worker
