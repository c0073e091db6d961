// Connections and listeners with a real loop over loopback.
#include "worker/tcp_connection.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/resource.h>
#include <sys/socket.h>

#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "tests/worker/client_socket.h"
#include "tests/worker/loopback.h"
#include "worker/clock.h"
#include "worker/event_loop.h"
#include "worker/tcp_listener.h"
#include "worker/timer.h"
#include "worker/wakeup.h"

namespace sluice::worker {
namespace {

using testing::ElementsAre;
using transports::Protocol;
using Priority = FrameQueue::Priority;

std::string AsText(Bytes bytes) { return std::string(bytes.begin(), bytes.end()); }
Bytes AsBytes(const std::string& text) {
  return Bytes(reinterpret_cast<const uint8_t*>(text.data()), text.size());
}

class TcpConnectionTest : public ::testing::Test {
 protected:
  TcpConnectionTest() {
    loop_.SetEndOfTurn([this] {
      io_.Flush();
      if (done_ && done_()) loop_.Stop();
    });
  }

  WorkerContext Context() { return {.loop = &loop_, .pool = &pool_, .tcp = &io_}; }

  // A listener whose connections bring what they receive to `received_`.
  void Listen() {
    absl::StatusOr<TcpListenSocket> bound =
        TcpListenSocket::Bind({.address = *transports::IpAddress::Parse("127.0.0.1")});
    ASSERT_TRUE(bound.ok());
    listener_ = std::make_unique<TcpListener>(Context(), *std::move(bound),
                                              [this](TcpSocket socket) { Add(std::move(socket)); });
  }

  void Add(TcpSocket socket) {
    const size_t index = connections_.size();
    connections_.push_back(std::make_unique<TcpConnection>(Context(), std::move(socket), [this, index] {
      const bool open =
          connections_[index]->Receive([&](SlabRef packet) { received_.push_back(AsText(packet->bytes())); });
      if (!open) connections_[index].reset();
    }));
  }

  // Runs the loop until it holds at the end of a turn; fails the test when it does not for some seconds.
  void RunUntil(std::function<bool()> condition) {
    bool late = false;
    Timer deadline(loop_, [&](Timestamp) { late = true; });
    deadline.ArmAt(MonotonicNow() + TimeDelta::Seconds(10));
    Wakeup first_turn(loop_, [] {});
    first_turn.Notify();
    done_ = [&] { return late || condition(); };
    loop_.Run();
    done_ = nullptr;
    EXPECT_FALSE(late);
  }

  // A client with a connection that is accepted.
  std::unique_ptr<ClientSocket> Connect() {
    const size_t before = connections_.size();
    auto client = std::make_unique<ClientSocket>(Protocol::kTcp, listener_->local());
    RunUntil([&] { return connections_.size() > before; });
    return client;
  }

  EventLoop loop_;
  SlabPool pool_;
  TcpIo io_{TcpLimits{.max_queue = 100 * sizeof(Slab)}};
  std::function<bool()> done_;
  std::unique_ptr<TcpListener> listener_;
  std::vector<std::unique_ptr<TcpConnection>> connections_;
  std::vector<std::string> received_;
};

TEST_F(TcpConnectionTest, PacketsArriveWhateverTheSegments) {
  Listen();
  auto client = Connect();
  const std::string big = Payload("big", 1500);
  std::string stream;
  for (const std::string& packet : {std::string("first"), big, std::string("last")}) {
    stream += {static_cast<char>(packet.size() >> 8), static_cast<char>(packet.size())};
    stream += packet;
  }
  for (size_t cut : {size_t{1}, size_t{2}, size_t{6}, size_t{8}, stream.size() - 1}) {
    received_.clear();
    client->SendRaw(stream.substr(0, cut));
    RunUntil([&] { return io_.stats().bytes_received % stream.size() == cut; });
    client->SendRaw(stream.substr(cut));
    RunUntil([&] { return received_.size() == 3; });
    EXPECT_THAT(received_, ElementsAre("first", big, "last"));
  }
}

TEST_F(TcpConnectionTest, ABurstIsReadInFewCalls) {
  Listen();
  auto client = Connect();
  for (int i = 0; i < 200; ++i) client->Send(AsBytes(Payload(std::to_string(i), 200)));
  RunUntil([&] { return received_.size() == 200; });
  EXPECT_LT(io_.stats().read_calls, 100u);
  for (size_t i = 0; i < 200; ++i) EXPECT_EQ(received_[i], Payload(std::to_string(i), 200));
}

TEST_F(TcpConnectionTest, WhatCannotBeAPacketIsSkippedAndCounted) {
  Listen();
  auto client = Connect();
  client->SendRaw(std::string{0, 0} + std::string{'\xff', '\xff'} + std::string(65535, 'x'));
  client->Send(AsBytes("after"));
  RunUntil([&] { return !received_.empty(); });
  EXPECT_THAT(received_, ElementsAre("after"));
  EXPECT_EQ(io_.stats().skipped_empty, 1u);
  EXPECT_EQ(io_.stats().skipped_too_long, 1u);
}

TEST_F(TcpConnectionTest, ClosingByThePeerIsToldOnce) {
  Listen();
  auto client = Connect();
  client->Send(AsBytes("goodbye"));
  client.reset();
  RunUntil([&] { return !connections_[0]; });
  EXPECT_THAT(received_, ElementsAre("goodbye"));
  EXPECT_EQ(io_.stats().connections, 0u);
}

TEST_F(TcpConnectionTest, ATurnsPacketsLeaveTogetherAtItsEnd) {
  Listen();
  auto client = Connect();
  Wakeup turn(loop_, [&] {
    for (int i = 0; i < 20; ++i) {
      EXPECT_EQ(connections_[0]->Send(MakeSlab(pool_, std::to_string(i)), Priority::kNormal), 0u);
    }
    EXPECT_EQ(io_.stats().packets_sent, 0u);
  });
  turn.Notify();
  RunUntil([&] { return io_.stats().packets_sent == 20; });
  EXPECT_EQ(io_.stats().write_calls, 1u);
  for (int i = 0; i < 20; ++i) {
    auto packet = client->Receive(MonotonicNow() + TimeDelta::Seconds(5));
    ASSERT_TRUE(packet.has_value());
    EXPECT_EQ(AsText(*packet), std::to_string(i));
  }
}

TEST_F(TcpConnectionTest, WhatWasSentBeforeClosingStillLeaves) {
  Listen();
  auto client = Connect();
  EXPECT_EQ(connections_[0]->Send(MakeSlab(pool_, "goodbye"), Priority::kHigh), 0u);
  connections_[0].reset();
  auto packet = client->Receive(MonotonicNow() + TimeDelta::Seconds(5));
  ASSERT_TRUE(packet.has_value());
  EXPECT_EQ(AsText(*packet), "goodbye");
  EXPECT_TRUE(client->WaitForClose());
  RunUntil([] { return true; });  // Nobody is flushed who is gone.
}

// A reader that stalls costs a bounded number of slabs; when it goes on it gets whole packets, the latest
// too.
TEST_F(TcpConnectionTest, AStalledReaderIsBoundedAndRecovers) {
  Listen();
  auto client = Connect();
  const std::string payload = Payload("media", 1400);
  size_t sent = 0;
  size_t dropped = 0;
  Wakeup turn(loop_, [&] {
    for (int i = 0; i < 50; ++i, ++sent) {
      dropped += connections_[0]->Send(MakeSlab(pool_, payload), Priority::kNormal);
    }
  });
  while (dropped < 500) {
    turn.Notify();
    RunUntil([] { return true; });
  }
  EXPECT_EQ(io_.stats().dropped_full, dropped);
  EXPECT_GT(io_.stats().blocked, 0u);
  // What is written is in the kernel; what is held here fits the bound.
  EXPECT_EQ(sent - dropped - io_.stats().packets_sent, 100u);

  Wakeup last(loop_,
              [&] { EXPECT_EQ(connections_[0]->Send(MakeSlab(pool_, "audio"), Priority::kHigh), 1u); });
  last.Notify();
  size_t packets = 0;
  bool audio = false;
  std::string stream;
  RunUntil([&] {
    char bytes[65536];
    for (ssize_t size; (size = recv(client->fd(), bytes, sizeof bytes, MSG_DONTWAIT)) > 0;) {
      stream.append(bytes, static_cast<size_t>(size));
    }
    while (stream.size() >= 2) {
      const size_t length = LoadU16(reinterpret_cast<const uint8_t*>(stream.data()));
      if (stream.size() < 2 + length) break;
      audio |= stream.compare(2, length, "audio") == 0;
      EXPECT_TRUE(stream.compare(2, length, payload) == 0 || stream.compare(2, length, "audio") == 0);
      stream.erase(0, 2 + length);
      ++packets;
    }
    return packets == sent + 1 - io_.stats().dropped_full;
  });
  EXPECT_TRUE(audio);
}

TEST_F(TcpConnectionTest, ABrokenConnectionTakesNothingAndTellsSo) {
  Listen();
  auto client = Connect();
  linger reset{.l_onoff = 1, .l_linger = 0};
  setsockopt(client->fd(), SOL_SOCKET, SO_LINGER, &reset, sizeof reset);
  client.reset();
  Wakeup turn(loop_, [&] {
    // Twice: an error of the connection is told by the first call that meets it.
    for (int i = 0; connections_[0] && i < 2; ++i) {
      static_cast<void>(connections_[0]->Send(MakeSlab(pool_, "lost"), Priority::kNormal));
    }
  });
  turn.Notify();
  RunUntil([&] { return !connections_[0]; });
  EXPECT_EQ(io_.stats().connections, 0u);
}

TEST_F(TcpConnectionTest, WithoutDescriptorsTheListenerWaitsAndGoesOn) {
  Listen();
  rlimit before{};
  getrlimit(RLIMIT_NOFILE, &before);
  ClientSocket waiting(Protocol::kTcp, listener_->local());
  rlimit none = before;
  none.rlim_cur = 3;  // Those that are open stay so.
  setrlimit(RLIMIT_NOFILE, &none);
  RunUntil([&] { return io_.stats().accept_failures > 0; });
  setrlimit(RLIMIT_NOFILE, &before);
  RunUntil([&] { return connections_.size() == 1; });
  EXPECT_LT(io_.stats().accept_failures, 20u);  // It did not spin.
}

}  // namespace
}  // namespace sluice::worker
