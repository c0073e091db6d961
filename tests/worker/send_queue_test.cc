#include "worker/send_queue.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/socket.h>

#include <algorithm>
#include <cerrno>
#include <string>
#include <vector>

#include "tests/allocation_count.h"
#include "tests/worker/loopback.h"

namespace sluice::worker {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;
using transports::Endpoint;
using transports::IpAddress;

// Passes messages on to the real sendmmsg as long as it has room, and fails on request.
struct Kernel {
  int Send(int fd, mmsghdr* messages, unsigned count) {
    unsigned sent = 0;
    for (; sent < count; ++sent) {
      if (int error = ErrorFor(messages[sent])) {
        if (sent > 0) return static_cast<int>(sent);
        errno = error;
        return -1;
      }
      if (sendmmsg(fd, &messages[sent], 1, MSG_DONTWAIT) != 1) return sent > 0 ? static_cast<int>(sent) : -1;
      --room;
    }
    return static_cast<int>(sent);
  }
  int ErrorFor(const mmsghdr& message) {
    if (room == 0) return EAGAIN;
    if (interrupts > 0) return --interrupts, EINTR;
    if (message.msg_hdr.msg_iovlen > 1 && segmentation_error) return segmentation_error;
    const Endpoint to = *Endpoint::FromSockaddr(static_cast<const sockaddr*>(message.msg_hdr.msg_name));
    return to == refused ? refusal : 0;
  }

  int room = 1'000'000;  // Messages.
  int interrupts = 0;
  int segmentation_error = 0;
  Endpoint refused;
  int refusal = EPERM;
};

class SendQueueTest : public testing::Test {
 protected:
  SendQueue::Options Options() {
    SendQueue::Options options;
    options.max_backlog = 20;
    options.send = [this](int fd, mmsghdr* m, unsigned count) { return kernel_.Send(fd, m, count); };
    return options;
  }
  void Push(const UdpSocket& to, const std::string& payload,
            SendQueue::Priority priority = SendQueue::Priority::kNormal) {
    queue_.Push(socket_, to.local(), MakeSlab(pool_, payload), priority);
  }
  // Pushes payloads 0, 1, … of these sizes and returns them.
  std::vector<std::string> PushSizes(const UdpSocket& to, const std::vector<size_t>& sizes) {
    std::vector<std::string> payloads;
    for (size_t size : sizes) {
      payloads.push_back(Payload(std::to_string(label_++), size));
      Push(to, payloads.back());
    }
    return payloads;
  }
  // Run lengths that were sent, as {length, messages}.
  std::vector<std::pair<size_t, uint64_t>> Runs() const {
    std::vector<std::pair<size_t, uint64_t>> runs;
    for (size_t i = 0; i < queue_.stats().runs.size(); ++i) {
      if (queue_.stats().runs[i] > 0) runs.emplace_back(i, queue_.stats().runs[i]);
    }
    return runs;
  }

  Kernel kernel_;
  SlabPool pool_;
  UdpSocket socket_ = BindLoopback();
  UdpSocket a_ = BindLoopback();
  UdpSocket b_ = BindLoopback();
  SendQueue queue_{Options()};
  int label_ = 0;
};

using Sent = std::pair<size_t, uint64_t>;

TEST_F(SendQueueTest, RunOfEqualSizesLeavesAsOneMessageAndArrivesIntact) {
  std::vector<std::string> sent = PushSizes(a_, std::vector<size_t>(20, 1200));
  EXPECT_FALSE(queue_.empty());
  EXPECT_THAT(queue_.Flush(), IsEmpty());
  EXPECT_TRUE(queue_.empty());
  EXPECT_EQ(ReceivePayloads(a_, 20), sent);
  EXPECT_THAT(Runs(), ElementsAre(Sent(20, 1)));
  EXPECT_EQ(queue_.stats().datagrams, 20u);
  EXPECT_EQ(queue_.stats().bytes, 20 * 1200u);
  EXPECT_EQ(queue_.stats().system_calls, 1u);
}

TEST_F(SendQueueTest, OnlyTheLastOfARunMayBeShorter) {
  std::vector<std::string> sent = PushSizes(a_, {1000, 1000, 999, 1000, 1000, 1001, 50, 60, 60});
  queue_.Flush();
  EXPECT_EQ(ReceivePayloads(a_, 9), sent);
  // 1000 1000 999 | 1000 1000 | 1001 50 | 60 60
  EXPECT_THAT(Runs(), ElementsAre(Sent(2, 3), Sent(3, 1)));
}

TEST_F(SendQueueTest, RunsEndAtTheKernelsBounds) {
  std::vector<std::string> small = PushSizes(a_, std::vector<size_t>(100, 40));
  queue_.Flush();
  EXPECT_EQ(ReceivePayloads(a_, 100), small);
  EXPECT_THAT(Runs(), ElementsAre(Sent(36, 1), Sent(64, 1)));

  std::vector<std::string> large = PushSizes(b_, std::vector<size_t>(60, 1400));
  queue_.Flush();
  EXPECT_EQ(ReceivePayloads(b_, 60), large);
  EXPECT_EQ(queue_.stats().runs[65'507 / 1400], 1u);
  EXPECT_EQ(queue_.stats().segmentation_refused, 0u);
}

TEST_F(SendQueueTest, InterleavedDestinationsAreSortedApart) {
  std::vector<std::string> to_a, to_b;
  for (int i = 0; i < 5; ++i) {
    to_a.push_back(PushSizes(a_, {500})[0]);
    to_b.push_back(PushSizes(b_, {500})[0]);
  }
  queue_.Flush();
  EXPECT_EQ(ReceivePayloads(a_, 5), to_a);
  EXPECT_EQ(ReceivePayloads(b_, 5), to_b);
  EXPECT_THAT(Runs(), ElementsAre(Sent(5, 2)));
  EXPECT_EQ(queue_.stats().system_calls, 1u);
}

TEST_F(SendQueueTest, SocketsAreKeptApart) {
  UdpSocket other = BindLoopback();
  queue_.Push(socket_, a_.local(), MakeSlab(pool_, "from one"));
  queue_.Push(other, a_.local(), MakeSlab(pool_, "from two"));
  queue_.Push(socket_, a_.local(), MakeSlab(pool_, "from one"));
  queue_.Flush();
  std::vector<Received> received = ReceiveFrom(a_, 3);
  ASSERT_EQ(received.size(), 3u);
  EXPECT_EQ(received[0].from, socket_.local());
  EXPECT_EQ(received[1].from, socket_.local());
  EXPECT_EQ(received[2].from, other.local());
  EXPECT_EQ(received[2].payload, "from two");
}

TEST_F(SendQueueTest, HighPriorityGoesFirstAndDoesNotSplitRuns) {
  PushSizes(a_, {900, 900});
  Push(a_, "audio", SendQueue::Priority::kHigh);
  PushSizes(a_, {900, 900});
  Push(a_, "rtcp", SendQueue::Priority::kHigh);
  queue_.Flush();
  std::vector<std::string> received = ReceivePayloads(a_, 6);
  ASSERT_EQ(received.size(), 6u);
  EXPECT_EQ(received[0], "audio");
  EXPECT_EQ(received[1], "rtcp");
  EXPECT_THAT(Runs(), ElementsAre(Sent(2, 1), Sent(4, 1)));
}

TEST_F(SendQueueTest, ManyDestinationsKeepTheirOwnOrder) {
  std::vector<UdpSocket> peers;
  for (int i = 0; i < 300; ++i) peers.push_back(BindLoopback());  // The flow table grows on the way.
  for (int round = 0; round < 3; ++round) {
    for (int packet = 0; packet < 4; ++packet) {
      for (size_t i = 0; i < peers.size(); ++i) {
        Push(peers[i], Payload(std::to_string(i) + "/" + std::to_string(packet), 300));
      }
    }
    queue_.Flush();
    for (size_t i = 0; i < peers.size(); ++i) {
      std::vector<std::string> received = ReceivePayloads(peers[i], 4);
      ASSERT_EQ(received.size(), 4u);
      for (int packet = 0; packet < 4; ++packet) {
        EXPECT_EQ(received[static_cast<size_t>(packet)],
                  Payload(std::to_string(i) + "/" + std::to_string(packet), 300));
      }
    }
  }
  EXPECT_THAT(Runs(), ElementsAre(Sent(4, 900)));
}

TEST_F(SendQueueTest, LeavesWithoutFlushWhenTooMuchGathers) {
  SendQueue::Options options = Options();
  options.max_pending = 8;
  SendQueue queue(options);
  for (int i = 0; i < 20; ++i) queue.Push(socket_, a_.local(), MakeSlab(pool_, "gathered"));
  EXPECT_EQ(queue.stats().datagrams, 16u);
  queue.Flush();
  EXPECT_EQ(ReceivePayloads(a_, 20).size(), 20u);
}

TEST_F(SendQueueTest, SendsIpv6AndMapsIpv4OnDualStackSockets) {
  if (!HasIpv6Loopback()) GTEST_SKIP() << "no IPv6 here";
  UdpSocket dual = BindLoopback("::");
  UdpSocket v6 = BindLoopback("::1");
  for (int i = 0; i < 3; ++i) {
    queue_.Push(dual, v6.local(), MakeSlab(pool_, Payload("six" + std::to_string(i), 700)));
    queue_.Push(dual, a_.local(), MakeSlab(pool_, Payload("four" + std::to_string(i), 700)));
  }
  queue_.Flush();
  EXPECT_EQ(ReceivePayloads(v6, 3)[2], Payload("six2", 700));
  EXPECT_EQ(ReceivePayloads(a_, 3)[2], Payload("four2", 700));
  EXPECT_THAT(Runs(), ElementsAre(Sent(3, 2)));
}

TEST_F(SendQueueTest, WhatASocketCannotReachIsDroppedAndCounted) {
  queue_.Push(socket_, Endpoint{*IpAddress::Parse("::1"), 9}, MakeSlab(pool_, "six over four"));
  queue_.Push(socket_, Endpoint{*IpAddress::Parse("127.0.0.1"), 0}, MakeSlab(pool_, "to port 0"));
  queue_.Push(socket_, a_.local(), SlabRef());
  queue_.Push(socket_, a_.local(), pool_.Acquire());
  EXPECT_TRUE(queue_.empty());
  EXPECT_EQ(queue_.stats().dropped_unreachable, 2u);
}

TEST_F(SendQueueTest, FullBufferKeepsTheRestAndSendsItLaterInOrder) {
  kernel_.room = 1;
  std::vector<std::string> to_a = PushSizes(a_, {800, 800, 800});
  std::vector<std::string> to_b = PushSizes(b_, {800, 800});
  EXPECT_THAT(queue_.Flush(), ElementsAre(socket_.fd()));
  EXPECT_EQ(ReceivePayloads(a_, 3), to_a);
  EXPECT_TRUE(queue_.WantsWritable(socket_.fd()));
  EXPECT_TRUE(IsDrained(b_));

  // While it is blocked nothing is tried, and what comes waits behind.
  const uint64_t calls = queue_.stats().system_calls;
  to_b.push_back(PushSizes(b_, {800})[0]);
  EXPECT_THAT(queue_.Flush(), IsEmpty());
  EXPECT_EQ(queue_.stats().system_calls, calls);

  kernel_.room = 1000;
  queue_.HandleWritable(socket_.fd());
  EXPECT_FALSE(queue_.WantsWritable(socket_.fd()));
  to_b.push_back(PushSizes(b_, {800})[0]);
  EXPECT_THAT(queue_.Flush(), IsEmpty());
  EXPECT_EQ(ReceivePayloads(b_, 4), to_b);
  EXPECT_THAT(Runs(), ElementsAre(Sent(3, 1), Sent(4, 1)));
  EXPECT_EQ(queue_.stats().blocked, 1u);
  EXPECT_EQ(queue_.stats().dropped_overflow, 0u);
}

TEST_F(SendQueueTest, BlocksAgainWhenTheRoomIsSmall) {
  kernel_.room = 0;
  std::vector<std::string> sent;
  for (size_t size : {100, 200, 300, 400}) sent.push_back(PushSizes(a_, {size})[0]);
  queue_.Flush();
  for (int i = 0; i < 4; ++i) {
    kernel_.room = 1;
    queue_.HandleWritable(socket_.fd());
    EXPECT_EQ(queue_.Flush().size(), i < 3 ? 1u : 0u);
  }
  EXPECT_EQ(ReceivePayloads(a_, 4), sent);
}

TEST_F(SendQueueTest, ABlockedSocketDoesNotHoldOthersUp) {
  UdpSocket other = BindLoopback();
  kernel_.room = 0;
  PushSizes(a_, {100});
  queue_.Flush();
  kernel_.room = 1000;
  PushSizes(a_, {100});
  queue_.Push(other, b_.local(), MakeSlab(pool_, "passes"));
  queue_.Flush();
  EXPECT_THAT(ReceivePayloads(b_, 1), ElementsAre("passes"));
  EXPECT_TRUE(IsDrained(a_));
}

TEST_F(SendQueueTest, WaitingIsBoundedAndTheOldestOfNormalPriorityGoes) {
  kernel_.room = 0;
  Push(a_, "high", SendQueue::Priority::kHigh);
  for (int i = 0; i < 25; ++i) Push(a_, Payload(std::to_string(i), 10));  // 20 are kept, the high one too.
  queue_.Flush();
  EXPECT_EQ(queue_.stats().dropped_overflow, 6u);
  Push(a_, "last");
  EXPECT_EQ(queue_.stats().dropped_overflow, 7u);
  kernel_.room = 1000;
  queue_.HandleWritable(socket_.fd());
  queue_.Flush();
  std::vector<std::string> received = ReceivePayloads(a_, 20);
  ASSERT_EQ(received.size(), 20u);
  EXPECT_EQ(received[0], "high");
  EXPECT_EQ(received[1], Payload("7", 10));
  EXPECT_EQ(received[19], "last");
}

TEST_F(SendQueueTest, RefusedSegmentationFallsBackWithoutLossOrReordering) {
  kernel_.segmentation_error = EIO;  // The device cannot checksum.
  std::vector<std::string> to_a = PushSizes(a_, {700, 700, 700});
  std::vector<std::string> to_b = PushSizes(b_, {700, 700});
  queue_.Flush();
  EXPECT_EQ(ReceivePayloads(a_, 3), to_a);
  EXPECT_EQ(ReceivePayloads(b_, 2), to_b);
  EXPECT_EQ(queue_.stats().segmentation_refused, 1u);  // Known from then on.

  to_a = PushSizes(a_, {700, 700});
  queue_.Flush();
  EXPECT_EQ(ReceivePayloads(a_, 2), to_a);
  EXPECT_THAT(Runs(), ElementsAre(Sent(1, 7)));
  EXPECT_EQ(queue_.stats().segmentation_refused, 1u);
}

TEST_F(SendQueueTest, OnePathsRefusalDoesNotEndSegmentationForOthers) {
  kernel_.refused = a_.local();
  kernel_.refusal = EMSGSIZE;
  std::vector<std::string> to_b = PushSizes(b_, {1200, 1200, 1200});
  for (int i = 0; i < 20; ++i) {
    PushSizes(a_, {1200, 1200});
    PushSizes(b_, {1200, 1200});
    queue_.Flush();
  }
  EXPECT_EQ(queue_.stats().segmentation_refused, 20u);
  EXPECT_EQ(queue_.stats().dropped_too_large, 40u);  // Plain they did not pass either.
  EXPECT_THAT(Runs(), ElementsAre(Sent(2, 19), Sent(5, 1)));
}

TEST_F(SendQueueTest, RepeatedRefusalsThatPassPlainEndSegmentationForTheSocket) {
  kernel_.segmentation_error = EINVAL;
  for (int i = 0; i < 20; ++i) {
    std::vector<std::string> sent = PushSizes(a_, {600, 600, 600});
    queue_.Flush();
    EXPECT_EQ(ReceivePayloads(a_, 3), sent);
  }
  EXPECT_EQ(queue_.stats().segmentation_refused, 8u);
  EXPECT_THAT(Runs(), ElementsAre(Sent(1, 60)));
}

TEST_F(SendQueueTest, RefusalThenFullBufferLosesNothing) {
  kernel_.segmentation_error = EINVAL;
  kernel_.room = 2;
  std::vector<std::string> sent = PushSizes(a_, {600, 600, 600, 600});
  queue_.Flush();
  kernel_.segmentation_error = 0;
  kernel_.room = 100;
  queue_.HandleWritable(socket_.fd());
  queue_.Flush();
  EXPECT_EQ(ReceivePayloads(a_, 4), sent);
  EXPECT_THAT(Runs(), ElementsAre(Sent(1, 2), Sent(2, 1)));
}

TEST_F(SendQueueTest, AMessageThatFailsIsDroppedByReasonAndTheNextGoesOn) {
  UdpSocket c = BindLoopback();
  kernel_.refused = b_.local();
  for (int error : {EPERM, ENETUNREACH, EMSGSIZE, ENOBUFS, EBADF}) {
    kernel_.refusal = error;
    Push(a_, "before");
    Push(b_, "refused");
    Push(c, "after");
    queue_.Flush();
  }
  EXPECT_EQ(ReceivePayloads(a_, 5).size(), 5u);
  EXPECT_EQ(ReceivePayloads(c, 5).size(), 5u);
  const SendQueue::Stats& stats = queue_.stats();
  EXPECT_EQ(stats.dropped_refused, 1u);
  EXPECT_EQ(stats.dropped_unreachable, 1u);
  EXPECT_EQ(stats.dropped_too_large, 1u);
  EXPECT_EQ(stats.dropped_no_memory, 1u);
  EXPECT_EQ(stats.dropped_other, 1u);
  EXPECT_EQ(stats.datagrams, 10u);
}

TEST_F(SendQueueTest, InterruptedCallsAreRepeated) {
  kernel_.interrupts = 3;
  std::vector<std::string> sent = PushSizes(a_, {10, 20});
  queue_.Flush();
  EXPECT_EQ(ReceivePayloads(a_, 2), sent);
}

TEST_F(SendQueueTest, LargeTurnsNeedSeveralBatches) {
  std::vector<std::string> sent;
  for (size_t i = 0; i < 600; ++i) {  // Growing sizes merge with nothing; 256 messages fit a batch.
    sent.push_back(PushSizes(a_, {100 + i})[0]);
    if (i % 100 == 99) {
      queue_.Flush();
      EXPECT_EQ(ReceivePayloads(a_, 100).size(), 100u);
    }
  }
  for (size_t i = 0; i < 300; ++i) Push(i % 2 ? a_ : b_, Payload(std::to_string(i), 100 + i));
  const uint64_t calls = queue_.stats().system_calls;
  queue_.Flush();
  EXPECT_EQ(queue_.stats().system_calls, calls + 2);
  EXPECT_EQ(ReceivePayloads(a_, 150).back(), Payload("299", 399));
  EXPECT_EQ(ReceivePayloads(b_, 150).back(), Payload("298", 398));
}

TEST_F(SendQueueTest, ForgettingASocketSendsWhatIsPendingAndDropsWhatWaits) {
  PushSizes(a_, {100, 100});
  queue_.Forget(socket_);
  EXPECT_EQ(ReceivePayloads(a_, 2).size(), 2u);

  kernel_.room = 0;
  PushSizes(a_, {100, 100});
  EXPECT_EQ(queue_.Flush().size(), 1u);
  const int fd = socket_.fd();
  queue_.Forget(socket_);
  EXPECT_EQ(queue_.stats().dropped_overflow, 2u);
  EXPECT_FALSE(queue_.WantsWritable(fd));
  queue_.HandleWritable(fd);
  kernel_.room = 1000;
  EXPECT_THAT(queue_.Flush(), IsEmpty());
  EXPECT_TRUE(IsDrained(a_));
}

TEST_F(SendQueueTest, ADescriptorThatComesBackIsAnotherSocket) {
  Push(a_, "from the first");
  const int fd = socket_.fd();
  const Endpoint first = socket_.local();
  queue_.Forget(socket_);
  socket_.Close();
  socket_ = BindLoopback();
  ASSERT_EQ(socket_.fd(), fd);
  Push(a_, "from the second");  // In the same turn, to the same destination.
  queue_.Flush();
  std::vector<Received> received = ReceiveFrom(a_, 2);
  ASSERT_EQ(received.size(), 2u);
  EXPECT_EQ(received[0].from, first);
  EXPECT_EQ(received[1].from, socket_.local());
}

TEST_F(SendQueueTest, SteadyStateAllocatesNothingAndSlabsGoHome) {
  SendQueue queue;
  auto turn = [&] {
    for (int i = 0; i < 40; ++i) {
      for (const UdpSocket* to : {&a_, &b_}) {
        SlabRef slab = pool_.Acquire();
        slab->Resize(i % 10 == 9 ? 120 : 130);
        queue.Push(socket_, to->local(), std::move(slab),
                   i % 3 ? SendQueue::Priority::kNormal : SendQueue::Priority::kHigh);
      }
    }
    queue.Flush();
    char bytes[256];
    for (const UdpSocket* from : {&a_, &b_}) {
      while (recv(from->fd(), bytes, sizeof bytes, MSG_DONTWAIT) > 0) {
      }
    }
  };
  turn();
  turn();
  const uint64_t allocations = AllocationCount();
  const size_t slabs = pool_.capacity();
  for (int i = 0; i < 200; ++i) turn();
  EXPECT_EQ(AllocationCount(), allocations);
  EXPECT_EQ(pool_.capacity(), slabs);
  EXPECT_EQ(queue.stats().datagrams, 202u * 80);
}

}  // namespace
}  // namespace sluice::worker
