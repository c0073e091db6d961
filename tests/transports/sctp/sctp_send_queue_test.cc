#include "transports/sctp/sctp_send_queue.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <memory>

namespace sluice::transports {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

constexpr Timestamp kNow = Timestamp::Seconds(10);

SctpSendQueue::Message MessageOf(uint16_t stream, size_t size, Timestamp expiry = Timestamp::Never()) {
  return {.stream = stream,
          .expiry = expiry,
          .payload = std::make_shared<const std::vector<uint8_t>>(size, uint8_t{1})};
}

// Takes whole messages until there are none, and answers their streams.
std::vector<uint16_t> TakeAll(SctpSendQueue* queue) {
  std::vector<uint16_t> order;
  while (const SctpSendQueue::Message* next = queue->Next(kNow)) {
    order.push_back(next->stream);
    queue->Take(next->rest().size());
  }
  return order;
}

TEST(SctpSendQueueTest, StreamsTakeTurns) {
  SctpSendQueue queue({});
  for (int i = 0; i < 3; ++i) queue.Push(MessageOf(1, 10));
  for (int i = 0; i < 2; ++i) queue.Push(MessageOf(2, 10));
  queue.Push(MessageOf(3, 10));
  EXPECT_THAT(TakeAll(&queue), ElementsAre(1, 2, 3, 1, 2, 1));
  EXPECT_EQ(queue.buffered(), 0u);
}

TEST(SctpSendQueueTest, AMessageThatHasBegunIsFinishedFirst) {
  SctpSendQueue queue({});
  queue.Push(MessageOf(1, 100));
  queue.Push(MessageOf(2, 10));
  ASSERT_EQ(queue.Next(kNow)->stream, 1);
  queue.Take(60);
  ASSERT_EQ(queue.Next(kNow)->stream, 1);
  EXPECT_EQ(queue.Next(kNow)->rest().size(), 40u);
  EXPECT_EQ(queue.buffered(1), 40u);
  EXPECT_EQ(queue.buffered(), 50u);
  queue.Take(40);
  EXPECT_EQ(queue.Next(kNow)->stream, 2);
}

TEST(SctpSendQueueTest, HasRoomUntilALimitIsReached) {
  SctpSendQueue queue({.total = 300, .per_stream = 200});
  queue.Push(MessageOf(1, 199));
  EXPECT_TRUE(queue.HasRoom(1));
  queue.Push(MessageOf(1, 50));
  EXPECT_FALSE(queue.HasRoom(1));
  EXPECT_TRUE(queue.HasRoom(2));
  queue.Push(MessageOf(2, 60));
  EXPECT_FALSE(queue.HasRoom(3));
}

TEST(SctpSendQueueTest, IsAsFullAsTheFullerOfItsLimits) {
  SctpSendQueue queue({.total = 400, .per_stream = 200});
  queue.Push(MessageOf(1, 100));
  EXPECT_DOUBLE_EQ(queue.fill(1), 0.5);
  EXPECT_DOUBLE_EQ(queue.fill(2), 0.25);
  queue.Push(MessageOf(2, 200));
  EXPECT_DOUBLE_EQ(queue.fill(1), 0.75);
  queue.Next(kNow);
  queue.Take(60);
  EXPECT_EQ(queue.taken(), 60u);
}

TEST(SctpSendQueueTest, TellsWhenAStreamFallsToItsThreshold) {
  SctpSendQueue queue({.low_threshold = 10});
  queue.SetLowThreshold(2, 0);
  queue.Push(MessageOf(1, 5));  // Never above.
  queue.Push(MessageOf(2, 5));
  queue.Push(MessageOf(3, 30));
  EXPECT_THAT(TakeAll(&queue), ElementsAre(1, 2, 3));
  EXPECT_THAT(queue.TakeLowStreams(), ElementsAre(2, 3));
  EXPECT_THAT(queue.TakeLowStreams(), IsEmpty());
}

TEST(SctpSendQueueTest, DropsWhatHasWaitedTooLong) {
  SctpSendQueue queue({.low_threshold = 0});
  queue.Push(MessageOf(1, 10, kNow + TimeDelta::Millis(5)));
  queue.Push(MessageOf(1, 10, kNow + TimeDelta::Millis(9)));
  queue.Push(MessageOf(1, 10));
  EXPECT_EQ(queue.NextTimeout(), kNow + TimeDelta::Millis(5));
  queue.HandleTimeout(kNow + TimeDelta::Millis(5));
  EXPECT_EQ(queue.buffered(1), 20u);
  EXPECT_EQ(queue.expired(), 1u);
  EXPECT_EQ(queue.NextTimeout(), kNow + TimeDelta::Millis(9));
  ASSERT_NE(queue.Next(kNow + TimeDelta::Seconds(1)), nullptr);
  EXPECT_EQ(queue.expired(), 2u);
  EXPECT_EQ(queue.NextTimeout(), Timestamp::Never());
}

TEST(SctpSendQueueTest, AMessageThatHasBegunDoesNotExpire) {
  SctpSendQueue queue({});
  queue.Push(MessageOf(1, 10, kNow + TimeDelta::Millis(5)));
  queue.Next(kNow);
  queue.Take(4);
  queue.HandleTimeout(kNow + TimeDelta::Seconds(1));
  EXPECT_EQ(queue.buffered(1), 6u);
  EXPECT_TRUE(queue.NextTimeout().IsNever());
}

TEST(SctpSendQueueTest, AResetWaitsForTheMessagesBefore) {
  SctpSendQueue queue({});
  queue.Push(MessageOf(1, 10));
  queue.PushReset(1);
  queue.Push(MessageOf(1, 10));
  queue.Push(MessageOf(2, 10));
  EXPECT_THAT(queue.TakeResets(), IsEmpty());
  queue.Next(kNow);
  queue.Take(10);
  EXPECT_THAT(queue.TakeResets(), ElementsAre(1));
}

TEST(SctpSendQueueTest, OtherStreamsGoOnWhileOneIsReset) {
  SctpSendQueue queue({});
  queue.PushReset(1);
  queue.Push(MessageOf(1, 10));
  queue.Push(MessageOf(2, 10));
  EXPECT_THAT(queue.TakeResets(), ElementsAre(1));
  ASSERT_EQ(queue.Next(kNow)->stream, 1);
  EXPECT_TRUE(queue.PostponeNext());
  ASSERT_EQ(queue.Next(kNow)->stream, 2);
  EXPECT_FALSE(queue.PostponeNext());
  queue.Take(10);
  queue.FinishReset(1);
  ASSERT_EQ(queue.Next(kNow)->stream, 1);
  EXPECT_FALSE(queue.PostponeNext());
}

TEST(SctpSendQueueTest, ForgetsWhatIsRefused) {
  SctpSendQueue queue({});
  queue.Push(MessageOf(1, 10));
  queue.Push(MessageOf(1, 20));
  queue.Next(kNow);
  queue.DropNext();
  EXPECT_EQ(queue.buffered(1), 20u);
  EXPECT_EQ(queue.Next(kNow)->rest().size(), 20u);
}

}  // namespace
}  // namespace sluice::transports
