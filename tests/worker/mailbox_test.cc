#include "worker/mailbox.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <memory>
#include <thread>
#include <vector>

#include "worker/unbounded_mailbox.h"

namespace sluice::worker {
namespace {

using testing::ElementsAre;

template <typename Box>
std::vector<int> DrainAll(Box& mailbox) {
  std::vector<int> drained;
  mailbox.Drain([&](int&& value) { drained.push_back(value); });
  return drained;
}

TEST(MailboxTest, KeepsOrderAcrossTheWrap) {
  Mailbox<int> mailbox(4);
  for (int round = 0; round < 10; ++round) {
    for (int i = 0; i < 3; ++i) EXPECT_TRUE(mailbox.TryPush(round * 3 + i));
    EXPECT_THAT(DrainAll(mailbox), ElementsAre(round * 3, round * 3 + 1, round * 3 + 2));
  }
  EXPECT_EQ(mailbox.DrainedCount(), 30u);
}

TEST(MailboxTest, FullMailboxLeavesTheMessageWithItsOwner) {
  Mailbox<std::unique_ptr<int>> mailbox(3);
  EXPECT_EQ(mailbox.capacity(), 4u);
  for (int i = 0; i < 4; ++i) EXPECT_TRUE(mailbox.TryPush(std::make_unique<int>(i)));
  auto message = std::make_unique<int>(4);
  EXPECT_FALSE(mailbox.TryPush(std::move(message)));
  ASSERT_NE(message, nullptr);
  EXPECT_EQ(mailbox.DrainUpTo(1, [](std::unique_ptr<int>&& value) { EXPECT_EQ(*value, 0); }), 1u);
  EXPECT_TRUE(mailbox.TryPush(std::move(message)));
}

TEST(MailboxTest, DrainsOnlyUpToTheSnapshot) {
  Mailbox<int> mailbox(8);
  EXPECT_TRUE(mailbox.TryPush(1));
  EXPECT_TRUE(mailbox.TryPush(2));
  const uint64_t snapshot = mailbox.PublishedCount();
  EXPECT_TRUE(mailbox.TryPush(3));
  std::vector<int> drained;
  EXPECT_EQ(mailbox.DrainUpTo(snapshot, [&](int&& value) { drained.push_back(value); }), 2u);
  EXPECT_THAT(drained, ElementsAre(1, 2));
  EXPECT_EQ(mailbox.DrainUpTo(snapshot, [](int&&) { FAIL(); }), 0u);
  EXPECT_THAT(DrainAll(mailbox), ElementsAre(3));
}

template <typename Box>
void ExpectMessagesDieWhenHandledAndWithTheMailbox(Box make_and_push) {
  auto watched = std::make_shared<int>(0);
  {
    auto mailbox = make_and_push(watched);
    EXPECT_EQ(watched.use_count(), 4);
    mailbox->DrainUpTo(1, [](std::shared_ptr<int>&&) {});  // Not moved from, and yet gone.
    EXPECT_EQ(watched.use_count(), 3);
  }
  EXPECT_EQ(watched.use_count(), 1);
}

TEST(MailboxTest, MessagesDieWhenHandledAndWithTheMailbox) {
  ExpectMessagesDieWhenHandledAndWithTheMailbox([](const std::shared_ptr<int>& watched) {
    auto mailbox = std::make_unique<Mailbox<std::shared_ptr<int>>>(8);
    for (int i = 0; i < 3; ++i) EXPECT_TRUE(mailbox->TryPush(std::shared_ptr<int>(watched)));
    return mailbox;
  });
}

TEST(UnboundedMailboxTest, MessagesDieWhenHandledAndWithTheMailbox) {
  ExpectMessagesDieWhenHandledAndWithTheMailbox([](const std::shared_ptr<int>& watched) {
    auto mailbox = std::make_unique<UnboundedMailbox<std::shared_ptr<int>>>();
    for (int i = 0; i < 3; ++i) mailbox->Push(std::shared_ptr<int>(watched));
    return mailbox;
  });
}

TEST(MailboxTest, CarriesEverythingBetweenThreads) {
  constexpr uint64_t kMessages = 200'000;
  Mailbox<std::unique_ptr<uint64_t>> mailbox(64);
  std::thread producer([&] {
    for (uint64_t i = 0; i < kMessages; ++i) {
      auto message = std::make_unique<uint64_t>(i);
      while (!mailbox.TryPush(std::move(message))) std::this_thread::yield();
    }
  });
  uint64_t expected = 0;
  bool in_order = true;
  while (expected < kMessages) {
    size_t drained =
        mailbox.Drain([&](std::unique_ptr<uint64_t>&& value) { in_order &= *value == expected++; });
    if (drained == 0) std::this_thread::yield();
  }
  producer.join();
  EXPECT_TRUE(in_order);
}

TEST(UnboundedMailboxTest, NeverLosesWhateverTheConsumerLags) {
  UnboundedMailbox<int> mailbox;
  for (int i = 0; i < 10'000; ++i) mailbox.Push(int{i});
  EXPECT_EQ(mailbox.PublishedCount(), 10'000u);
  std::vector<int> drained;
  EXPECT_EQ(mailbox.DrainUpTo(300, [&](int&& value) { drained.push_back(value); }), 300u);
  EXPECT_EQ(mailbox.DrainedCount(), 300u);
  mailbox.Drain([&](int&& value) { drained.push_back(value); });
  ASSERT_EQ(drained.size(), 10'000u);
  for (int i = 0; i < 10'000; ++i) EXPECT_EQ(drained[static_cast<size_t>(i)], i);
}

TEST(UnboundedMailboxTest, CarriesEverythingBetweenThreads) {
  constexpr uint64_t kMessages = 200'000;
  UnboundedMailbox<std::unique_ptr<uint64_t>> mailbox;
  std::thread producer([&] {
    for (uint64_t i = 0; i < kMessages; ++i) mailbox.Push(std::make_unique<uint64_t>(i));
  });
  uint64_t expected = 0;
  bool in_order = true;
  while (expected < kMessages) {
    size_t drained =
        mailbox.Drain([&](std::unique_ptr<uint64_t>&& value) { in_order &= *value == expected++; });
    if (drained == 0) std::this_thread::yield();
  }
  producer.join();
  EXPECT_TRUE(in_order);
}

// Control tells the consumer of an object and then a peer, which sends it something about that object.
TEST(MailboxTest, APeersMessageIsNeverHandledBeforeTheCommandItFollowsFrom) {
  constexpr int kObjects = 20'000;
  UnboundedMailbox<int> control_to_consumer;
  UnboundedMailbox<int> control_to_peer;
  Mailbox<int> peer_to_consumer(64);
  std::thread control([&] {
    for (int i = 0; i < kObjects; ++i) {
      control_to_consumer.Push(int{i});
      control_to_peer.Push(int{i});
    }
  });
  std::thread peer([&] {
    for (int handled = 0; handled < kObjects;) {
      control_to_peer.Drain([&](int&& object) {
        while (!peer_to_consumer.TryPush(int{object})) std::this_thread::yield();
        ++handled;
      });
      std::this_thread::yield();
    }
  });
  int created = -1;
  int heard = 0;
  bool causal = true;
  while (heard < kObjects) {
    std::this_thread::yield();
    const uint64_t published = peer_to_consumer.PublishedCount();
    control_to_consumer.Drain([&](int&& object) { created = object; });
    heard += static_cast<int>(
        peer_to_consumer.DrainUpTo(published, [&](int&& object) { causal &= object <= created; }));
  }
  control.join();
  peer.join();
  EXPECT_TRUE(causal);
}

}  // namespace
}  // namespace sluice::worker
