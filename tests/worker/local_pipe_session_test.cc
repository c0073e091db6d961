// A pipe within the process on real threads: from the application, through the pipe, to the application.
#include "worker/local_pipe_session.h"

#include <gtest/gtest.h>

#include <variant>
#include <vector>

#include "tests/worker/application.h"
#include "tests/worker/workers.h"

namespace sluice::worker {
namespace {

using router::DataConsumerHandle;
using router::DataProducerHandle;
using router::ProducerHandle;

constexpr Ssrc kPiped{7001};
constexpr Ssrc kSent{7002};
constexpr uint16_t kStream = 3;
constexpr DataProducerHandle kDataProducer{21}, kPipedDataProducer{22};
constexpr DataConsumerHandle kPipeDataConsumer{23}, kDataConsumer{24};

// From a transport of the first worker to one of the last; the pipe's ends are beside them.
class LocalPipeSessionTest : public ::testing::TestWithParam<uint32_t> {
 protected:
  LocalPipeSessionTest() {
    WorkerPool& pool = workers_.pool();
    transports::SctpOptions data;
    data.send_buffer_size = kBuffer;
    pool.Send(0, CreateDirectTransport{kFrom, 1000, Ssrc(1), 1});
    pool.Send(last(), CreateDirectTransport{kTo, 1000, Ssrc(2), 2});
    pool.Send(0, CreateLocalPipe{kNear, last(), kFar, data, Ssrc(3), 3});
    pool.Send(last(), CreateLocalPipe{kFar, 0, kNear, data, Ssrc(4), 4});
    const router::ProducerConfig producer = AudioProducer(11);
    router::ProducerConfig piped = AudioProducer(12);
    piped.encodings.front().ssrc = kPiped;
    pool.Send(0, CreateProducer{kFrom, producer});
    pool.Send(0, CreateConsumer{kNear, ConsumerOf(producer, 13, kPiped.value()), 0});
    pool.Send(last(), CreateProducer{kFar, piped});
    pool.Send(last(), CreateConsumer{kTo, ConsumerOf(piped, 14, kSent.value()), last()});
    pool.Send(0, CreateDataProducer{kFrom, {.handle = kDataProducer}});
    pool.Send(0, CreateDataConsumer{
                     kNear, {.handle = kPipeDataConsumer, .producer = kDataProducer, .stream = kStream}, 0});
    pool.Send(last(), CreateDataProducer{kFar, {.handle = kPipedDataProducer, .stream = kStream}});
    pool.Send(last(),
              CreateDataConsumer{kTo, {.handle = kDataConsumer, .producer = kPipedDataProducer}, last()});
    Settle();
  }

  uint32_t last() const { return GetParam() - 1; }
  void Settle() {
    for (uint32_t worker = 0; worker < GetParam(); ++worker) workers_.Ask<WorkerSnapshot>(worker, {});
  }

  static constexpr size_t kBuffer = 100'000;
  static constexpr TransportHandle kFrom{1}, kTo{2}, kNear{3}, kFar{4};
  Workers workers_{GetParam()};
  Application application_{&workers_, kFrom, kDataProducer};
};
INSTANTIATE_TEST_SUITE_P(Workers, LocalPipeSessionTest, ::testing::Values(1u, 2u));

TEST_P(LocalPipeSessionTest, PacketsAndMessagesCrossInOrder) {
  constexpr int kCount = 200;
  for (int i = 0; i < kCount; ++i) {
    application_.SendRtp(static_cast<uint16_t>(i));
    application_.SendData({static_cast<uint8_t>(i)});
  }
  application_.ExpectAll(kSent, kDataConsumer, kCount);
}

TEST_P(LocalPipeSessionTest, MessagesThatTheOtherEndIsHeldForAreBounded) {
  constexpr int kCount = 2000;
  application_.backlog().SetUnwritten(static_cast<size_t>(ApplicationBacklog::kMax));
  for (int i = 0; i < kCount; ++i) application_.SendData(std::vector<uint8_t>(1000));
  const Query near{.transport = kNear, .data_consumer = kPipeDataConsumer};
  ASSERT_TRUE(workers_.WaitUntil<DataConsumerSnapshot>(0, near, [&](const DataConsumerSnapshot& snapshot) {
    EXPECT_LE(snapshot.buffered_amount, kBuffer);
    return snapshot.statistics.messages + snapshot.statistics.dropped_full == kCount &&
           snapshot.statistics.dropped_full > 0;
  }));
}

TEST_P(LocalPipeSessionTest, WhatIsSentToAnEndThatIsGoneHarmsNobody) {
  workers_.pool().Send(last(), CloseTransport{kFar});
  for (uint16_t i = 0; i < 100; ++i) {
    application_.SendRtp(i);
    application_.SendData({1});
  }
  Settle();
  workers_.pool().Send(0, CloseTransport{kNear});
  Settle();
}

}  // namespace
}  // namespace sluice::worker
