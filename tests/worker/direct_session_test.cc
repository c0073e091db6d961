// Direct transports on real threads, with the test in the application's place.
#include "worker/direct_session.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <memory>
#include <variant>
#include <vector>

#include "rtp/packet_view.h"
#include "tests/rtp/rtp_packets.h"
#include "tests/worker/workers.h"

namespace sluice::worker {
namespace {

using router::DataConsumerHandle;
using router::DataProducerHandle;

constexpr Ssrc kSent{7001};
constexpr DataProducerHandle kDataProducer{21};
constexpr DataConsumerHandle kDataConsumer{22};

// An audio producer and a data producer of the application on the first worker, consumers on the last.
class DirectSessionTest : public ::testing::TestWithParam<uint32_t> {
 protected:
  DirectSessionTest() {
    workers_.pool().Send(0, CreateDirectTransport{kFrom, 1000, Ssrc(1), 1});
    workers_.pool().Send(last(), CreateDirectTransport{kTo, 1000, Ssrc(2), 2});
    const router::ProducerConfig producer = AudioProducer(11);
    workers_.pool().Send(0, CreateProducer{kFrom, producer});
    workers_.pool().Send(last(), CreateConsumer{kTo, ConsumerOf(producer, 12, kSent.value()), 0});
    workers_.pool().Send(0, CreateDataProducer{kFrom, {.handle = kDataProducer}});
    workers_.pool().Send(last(),
                         CreateDataConsumer{kTo, {.handle = kDataConsumer, .producer = kDataProducer}, 0});
    Settle();
  }

  uint32_t last() const { return GetParam() - 1; }
  // What the workers have told each other has arrived.
  void Settle() {
    for (int i = 0; i < 2; ++i) {
      for (uint32_t worker = 0; worker < GetParam(); ++worker) workers_.Ask<WorkerSnapshot>(worker, {});
    }
  }
  TransportSnapshot Snapshot(TransportHandle transport, uint32_t worker) {
    return workers_.Ask<TransportSnapshot>(worker, {.transport = transport}).value();
  }
  void SendRtp(uint16_t number) {
    const rtp::RtpPacket packet{
        .payload_type = kPayloadType, .sequence = number, .ssrc = kPublished.value(), .payload = kPayload};
    workers_.pool().Send(0, ReceiveRtp{kFrom, packet.Encode()});
  }
  void SendData(std::vector<uint8_t> payload) {
    router::DataMessage message{.ppid = 53,
                                .payload = std::make_shared<const std::vector<uint8_t>>(std::move(payload))};
    workers_.pool().Send(
        0, ProduceData{kFrom, kDataProducer, std::make_shared<const router::DataMessage>(message)});
  }
  ApplicationBacklog& application() { return workers_.pool().application(); }

  static constexpr TransportHandle kFrom{1};
  static constexpr TransportHandle kTo{2};
  Workers workers_{GetParam()};
};
INSTANTIATE_TEST_SUITE_P(Workers, DirectSessionTest, ::testing::Values(1u, 2u));

TEST_P(DirectSessionTest, PacketsAndMessagesComeAsEventsAndCountUntilTheyAreHandled) {
  constexpr int kCount = 200;
  for (int i = 0; i < kCount; ++i) {
    SendRtp(static_cast<uint16_t>(i));
    SendData({static_cast<uint8_t>(i)});
  }
  int packets = 0, messages = 0;
  ASSERT_TRUE(workers_.WaitFor([&](const Event& event) {
    if (const auto* rtp = std::get_if<ConsumedRtp>(&event)) {
      std::optional<rtp::PacketView> view = rtp::PacketView::Parse(Bytes(rtp->packet->bytes()));
      EXPECT_TRUE(view && view->ssrc() == kSent && std::ranges::equal(view->payload(), kPayload));
      EXPECT_GE(application().bytes(), ApplicationBacklog::CostOf(rtp->size()));
      application().Remove(rtp->size());
      ++packets;
    } else if (const auto* data = std::get_if<ConsumedData>(&event)) {
      EXPECT_EQ(data->consumer, kDataConsumer);
      EXPECT_EQ(data->payload->at(0), messages);
      application().Remove(data->size());
      ++messages;
    } else if (const auto* rtcp = std::get_if<ConsumedRtcp>(&event)) {
      application().Remove(rtcp->size());
    }
    return packets == kCount && messages == kCount;
  }));
}

TEST_P(DirectSessionTest, WhatIsForAnApplicationThatDoesNotFollowIsBounded) {
  constexpr int kCount = 4000;  // Of 1,000 octets; some 6 MB, were all of them told.
  for (int i = 0; i < kCount; ++i) SendData(std::vector<uint8_t>(1000));
  application().SetUnwritten(static_cast<size_t>(ApplicationBacklog::kMax));
  for (int i = 0; i < kCount; ++i) SendData(std::vector<uint8_t>(1000));
  for (uint16_t i = 0; i < 100; ++i) SendRtp(i);
  ASSERT_TRUE(workers_.WaitUntil<DataConsumerSnapshot>(
      last(), {.transport = kTo, .data_consumer = kDataConsumer}, [&](const DataConsumerSnapshot& snapshot) {
        const router::DataConsumerStatistics& statistics = snapshot.statistics;
        return statistics.messages + statistics.dropped_full == 2 * kCount;
      }));
  ASSERT_TRUE(workers_.WaitUntil<TransportSnapshot>(
      last(), {.transport = kTo},
      [](const TransportSnapshot& snapshot) { return Drops(snapshot, "applicationBehind") >= 100; }));
  EXPECT_LT(application().bytes(), 2 * ApplicationBacklog::kMax);
}

TEST_P(DirectSessionTest, MessagesLargerThanTheApplicationTakesAreCounted) {
  SendData(std::vector<uint8_t>(1001));
  EXPECT_TRUE(workers_.WaitUntil<DataConsumerSnapshot>(
      last(), {.transport = kTo, .data_consumer = kDataConsumer},
      [](const DataConsumerSnapshot& snapshot) { return snapshot.statistics.dropped_too_large == 1; }));
}

TEST_P(DirectSessionTest, WhatIsTheApplicationsIsHandledThoughItsTransportIsGone) {
  workers_.pool().Send(0, CloseTransport{kFrom});
  int64_t expected = 0;
  for (int i = 0; i < 10; ++i) {
    SendRtp(static_cast<uint16_t>(i));
    expected += ApplicationBacklog::CostOf(12 + kPayload.size());
  }
  ASSERT_TRUE(workers_.WaitFor([&](const Event& event) {
    if (const auto* handled = std::get_if<ApplicationHandled>(&event)) expected -= handled->cost;
    return expected == 0;
  }));
}

}  // namespace
}  // namespace sluice::worker
