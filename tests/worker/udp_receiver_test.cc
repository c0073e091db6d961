#include "worker/udp_receiver.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <poll.h>

#include <string>
#include <vector>

#include "tests/allocation_count.h"
#include "tests/worker/loopback.h"

namespace sluice::worker {
namespace {

using testing::ElementsAre;
using transports::Endpoint;

class UdpReceiverTest : public testing::Test {
 protected:
  // Reads what is there, once something is.
  size_t Receive(size_t limit = UdpReceiver::kFairShare) {
    return receiver_.Receive(
        socket_.fd(),
        [this](SlabRef datagram, const Endpoint& from) {
          texts_.emplace_back(datagram->bytes().begin(), datagram->bytes().end());
          senders_.push_back(from);
          if (keep_) kept_.push_back(std::move(datagram));
        },
        limit);
  }
  bool WaitUntilReadable() {
    pollfd readable = {socket_.fd(), POLLIN, 0};
    return poll(&readable, 1, 5000) == 1;
  }
  // Until so many have been handed out or dropped.
  void ReceiveUntil(uint64_t datagrams) {
    const UdpReceiver::Stats& stats = receiver_.stats();
    while (stats.datagrams + stats.truncated + stats.empty + stats.pool_exhausted < datagrams) {
      ASSERT_TRUE(WaitUntilReadable()) << "a datagram was lost";
      Receive();
    }
  }

  SlabPool pool_{128};
  UdpReceiver receiver_{pool_};
  UdpSocket socket_ = BindLoopback();
  UdpSocket peer_ = BindLoopback();
  bool keep_ = false;
  std::vector<SlabRef> kept_;
  std::vector<std::string> texts_;
  std::vector<Endpoint> senders_;
};

TEST_F(UdpReceiverTest, HandsOutDatagramsInOrderWithTheirSenders) {
  UdpSocket other = BindLoopback();
  SendText(peer_, socket_.local(), "one");
  SendText(other, socket_.local(), std::string(Slab::kCapacity, 'x'));
  SendText(peer_, socket_.local(), "three");
  ReceiveUntil(3);
  EXPECT_THAT(texts_, ElementsAre("one", std::string(Slab::kCapacity, 'x'), "three"));
  EXPECT_THAT(senders_, ElementsAre(peer_.local(), other.local(), peer_.local()));
  EXPECT_EQ(receiver_.stats().datagrams, 3u);
  EXPECT_EQ(receiver_.stats().bytes, 3 + Slab::kCapacity + 5);
}

TEST_F(UdpReceiverTest, EmptySocketIsNoError) {
  EXPECT_EQ(receiver_.Receive(socket_.fd(), [](SlabRef, const Endpoint&) { FAIL(); }), 0u);
  EXPECT_EQ(receiver_.stats().errors, 0u);
}

TEST_F(UdpReceiverTest, DrainsMoreThanABatch) {
  for (int i = 0; i < 200; ++i) SendText(peer_, socket_.local(), std::to_string(i));
  ReceiveUntil(200);
  ASSERT_EQ(texts_.size(), 200u);
  EXPECT_EQ(texts_.front(), "0");
  EXPECT_EQ(texts_.back(), "199");
  EXPECT_TRUE(IsDrained(socket_));
}

TEST_F(UdpReceiverTest, StopsAtItsLimitForOthersToHaveTheirTurn) {
  for (int i = 0; i < 100; ++i) SendText(peer_, socket_.local(), std::to_string(i));
  ASSERT_TRUE(WaitUntilReadable());
  EXPECT_LE(Receive(70), 70u);
  EXPECT_LE(texts_.size(), 70u);
  ReceiveUntil(100);
  EXPECT_EQ(texts_.back(), "99");
}

TEST_F(UdpReceiverTest, DropsAndCountsWhatDoesNotFitOrIsEmpty) {
  SendText(peer_, socket_.local(), std::string(Slab::kCapacity + 1, 'x'));
  SendText(peer_, socket_.local(), "");
  SendText(peer_, socket_.local(), "good");
  ReceiveUntil(3);
  EXPECT_THAT(texts_, ElementsAre("good"));
  EXPECT_EQ(receiver_.stats().truncated, 1u);
  EXPECT_EQ(receiver_.stats().empty, 1u);
}

TEST_F(UdpReceiverTest, ExhaustedPoolDropsButDrainsAndThenRecovers) {
  keep_ = true;
  std::vector<SlabRef> hoard;
  while (SlabRef slab = pool_.Acquire()) hoard.push_back(std::move(slab));
  for (int i = 0; i < 10; ++i) SendText(peer_, socket_.local(), "lost");
  ReceiveUntil(10);
  EXPECT_TRUE(texts_.empty());
  EXPECT_EQ(receiver_.stats().pool_exhausted, 10u);
  EXPECT_TRUE(IsDrained(socket_));

  hoard.clear();
  SendText(peer_, socket_.local(), "kept");
  ReceiveUntil(11);
  EXPECT_THAT(texts_, ElementsAre("kept"));
}

TEST_F(UdpReceiverTest, AFewSlabsAreEnoughForASmallerBatch) {
  keep_ = true;
  std::vector<SlabRef> hoard;
  while (SlabRef slab = pool_.Acquire()) hoard.push_back(std::move(slab));
  hoard.resize(hoard.size() - 3);
  for (int i = 0; i < 5; ++i) SendText(peer_, socket_.local(), std::to_string(i));
  ReceiveUntil(5);
  EXPECT_THAT(texts_, ElementsAre("0", "1", "2"));
  EXPECT_EQ(receiver_.stats().pool_exhausted, 2u);
}

TEST_F(UdpReceiverTest, KeptSlabsAreNotOverwritten) {
  keep_ = true;
  SendText(peer_, socket_.local(), "first");
  ReceiveUntil(1);
  SendText(peer_, socket_.local(), "second");
  ReceiveUntil(2);
  EXPECT_EQ(std::string(kept_[0]->bytes().begin(), kept_[0]->bytes().end()), "first");
}

TEST_F(UdpReceiverTest, SteadyStateAllocatesNothingAndReusesSlabs) {
  const std::string payload(100, 'x');
  uint64_t received = 0;
  auto turn = [&] {
    for (int i = 0; i < 30; ++i) SendText(peer_, socket_.local(), payload);
    receiver_.Receive(socket_.fd(), [&](SlabRef datagram, const Endpoint&) { received += datagram->size(); });
  };
  turn();
  const uint64_t allocations = AllocationCount();
  const size_t slabs = pool_.capacity();
  for (int i = 0; i < 200; ++i) turn();
  EXPECT_EQ(AllocationCount(), allocations);
  EXPECT_EQ(pool_.capacity(), slabs);
  EXPECT_GT(received, 0u);
}

TEST_F(UdpReceiverTest, ReadsIpv6) {
  if (!HasIpv6Loopback()) GTEST_SKIP() << "no IPv6 here";
  socket_ = BindLoopback("::1");
  UdpSocket peer = BindLoopback("::1");
  SendText(peer, socket_.local(), "six");
  ReceiveUntil(1);
  EXPECT_THAT(texts_, ElementsAre("six"));
  EXPECT_THAT(senders_, ElementsAre(peer.local()));
}

TEST_F(UdpReceiverTest, BadDescriptorEnds) {
  EXPECT_EQ(receiver_.Receive(-1, [](SlabRef, const Endpoint&) { FAIL(); }), 0u);
  EXPECT_GT(receiver_.stats().errors, 0u);
}

}  // namespace
}  // namespace sluice::worker
