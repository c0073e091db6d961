#include "rtp/congestion/packet_queue.h"

#include <gtest/gtest.h>

#include <memory>

namespace sluice::rtp::congestion {
namespace {

constexpr Timestamp kStart = Timestamp::Seconds(100);

class PacketQueueTest : public testing::Test {
 protected:
  bool Push(int value, size_t size = 10) {
    return queue_.Push(kStart + TimeDelta::Millis(value), std::make_unique<int>(value), size);
  }

  PacketQueue<std::unique_ptr<int>, 256> queue_;
};

TEST_F(PacketQueueTest, FirstInIsFirstOutAcrossGrowth) {
  int next = 0;
  for (int i = 0; i < 200; ++i) {
    ASSERT_TRUE(Push(i));
    if (i % 3 == 0) EXPECT_EQ(*queue_.Pop(), next++);
  }
  while (!queue_.empty()) EXPECT_EQ(*queue_.Pop(), next++);
  EXPECT_EQ(next, 200);
}

TEST_F(PacketQueueTest, KnowsSizesAndAge) {
  EXPECT_EQ(queue_.Age(kStart), TimeDelta::Zero());
  ASSERT_TRUE(Push(0, 100));
  ASSERT_TRUE(Push(5, 30));
  EXPECT_EQ(queue_.size().bytes(), 130);
  EXPECT_EQ(queue_.front_size(), 100u);
  EXPECT_EQ(queue_.Age(kStart + TimeDelta::Millis(20)), TimeDelta::Millis(20));
  queue_.Pop();
  EXPECT_EQ(queue_.size().bytes(), 30);
  EXPECT_EQ(queue_.Age(kStart + TimeDelta::Millis(20)), TimeDelta::Millis(15));
}

TEST_F(PacketQueueTest, RefusesWhatIsTooMuchAndLeavesItWithTheCaller) {
  for (size_t i = 0; i < decltype(queue_)::kMaxPackets; ++i) ASSERT_TRUE(Push(static_cast<int>(i)));
  auto one_more = std::make_unique<int>(1);
  EXPECT_FALSE(queue_.Push(kStart, std::move(one_more), 10));
  EXPECT_TRUE(one_more);
}

TEST_F(PacketQueueTest, RemovesWhatMatchesAndKeepsTheOrderOfTheRest) {
  for (int i = 0; i < 40; ++i) ASSERT_TRUE(Push(i));
  queue_.Remove([](const std::unique_ptr<int>& value) { return *value % 2 == 0; });
  EXPECT_EQ(queue_.size().bytes(), 200);
  EXPECT_EQ(queue_.Age(kStart + TimeDelta::Millis(1)), TimeDelta::Zero());
  for (int i = 1; i < 40; i += 2) EXPECT_EQ(*queue_.Pop(), i);
  EXPECT_TRUE(queue_.empty());
}

}  // namespace
}  // namespace sluice::rtp::congestion
