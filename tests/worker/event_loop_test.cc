#include "worker/event_loop.h"

#include <gtest/gtest.h>
#include <unistd.h>

#include <atomic>
#include <memory>
#include <thread>

#include "tests/worker/loopback.h"
#include "worker/clock.h"
#include "worker/io_watch.h"
#include "worker/timer.h"
#include "worker/wakeup.h"

namespace sluice::worker {
namespace {

TEST(EventLoopTest, StopBeforeRunReturnsAtOnceAndTheLoopRunsAgain) {
  EventLoop loop;
  loop.Stop();
  loop.Run();
  bool woken = false;
  Wakeup wakeup(loop, [&] {
    woken = true;
    loop.Stop();
  });
  wakeup.Notify();
  loop.Run();
  EXPECT_TRUE(woken);
}

TEST(EventLoopTest, NowIsMonotonicTimeOfTheCallback) {
  EventLoop loop;
  const Timestamp before = MonotonicNow();
  Timestamp seen;
  Wakeup wakeup(loop, [&] {
    seen = loop.Now();
    loop.Stop();
  });
  wakeup.Notify();
  loop.Run();
  EXPECT_GE(seen, before);
  EXPECT_LE(seen, MonotonicNow());
  EXPECT_EQ(loop.Now(), seen);  // Still, until something else happens.
}

TEST(EventLoopTest, TurnEndsAfterIoAndAfterTimers) {
  EventLoop loop;
  std::string log;
  loop.SetEndOfTurn([&] {
    if (!log.empty() && log.back() != '.') log += '.';
    if (log == "io.timer.") loop.Stop();
  });
  Timer timer(loop, [&](Timestamp) { log += "timer"; });
  Wakeup wakeup(loop, [&] {
    log += "io";
    timer.ArmAt(loop.Now());
  });
  wakeup.Notify();
  loop.Run();
  EXPECT_EQ(log, "io.timer.");
}

TEST(EventLoopTest, OnlyItsThreadIsOnIt) {
  EventLoop loop;
  EXPECT_TRUE(loop.IsOnLoopThread());
  std::atomic<bool> on_main_while_running = true;
  std::atomic<bool> running = false;
  Wakeup stop(loop, [&] {
    EXPECT_TRUE(loop.IsOnLoopThread());
    loop.Stop();
  });
  Wakeup started(loop, [&] { running = true; });
  started.Notify();
  std::thread thread([&] { loop.Run(); });
  while (!running) std::this_thread::yield();
  on_main_while_running = loop.IsOnLoopThread();
  stop.Notify();
  thread.join();
  EXPECT_FALSE(on_main_while_running);
}

TEST(WakeupTest, EveryPostAfterTheLastRunIsSeenWhateverTheThread) {
  EventLoop loop;
  constexpr int kThreads = 3;
  constexpr int kPosts = 5'000;
  std::atomic<int> posted = 0;
  int callbacks = 0;
  Wakeup wakeup(loop, [&] {
    ++callbacks;
    if (posted.load() == kThreads * kPosts) loop.Stop();  // Lost if the last Notify() were.
  });
  std::vector<std::thread> threads;
  for (int i = 0; i < kThreads; ++i) {
    threads.emplace_back([&] {
      for (int k = 0; k < kPosts; ++k) {
        ++posted;
        wakeup.Notify();
      }
    });
  }
  loop.Run();
  for (std::thread& thread : threads) thread.join();
  EXPECT_GE(callbacks, 1);
  EXPECT_LE(callbacks, kThreads * kPosts);
}

TEST(TimerTest, FiresInOrderAndNeverEarly) {
  EventLoop loop;
  const Timestamp start = MonotonicNow();
  const Timestamp first_at = start + TimeDelta::Micros(2'300);
  const Timestamp second_at = start + TimeDelta::Micros(4'001);
  std::vector<int> fired;
  Timer second(loop, [&](Timestamp now) {
    EXPECT_GE(now, second_at);
    fired.push_back(2);
    loop.Stop();
  });
  Timer first(loop, [&](Timestamp now) {
    EXPECT_GE(now, first_at);
    fired.push_back(1);
  });
  second.ArmAt(second_at);
  first.ArmAt(first_at);
  EXPECT_EQ(first.deadline(), first_at);
  loop.Run();
  EXPECT_EQ(fired, (std::vector<int>{1, 2}));
  EXPECT_TRUE(first.deadline().IsNever());
}

TEST(TimerTest, DeadlineMovesBothWays) {
  EventLoop loop;
  const Timestamp start = MonotonicNow();
  const Timestamp later = start + TimeDelta::Millis(6);
  int fired = 0;
  Timer moved_back(loop, [&](Timestamp now) {
    EXPECT_GE(now, later);
    ++fired;
    loop.Stop();
  });
  moved_back.ArmAt(start + TimeDelta::Millis(1));
  moved_back.ArmAt(later);
  Timer moved_up(loop, [&](Timestamp) { ++fired; });
  moved_up.ArmAt(start + TimeDelta::Seconds(1000));
  moved_up.ArmAt(start + TimeDelta::Millis(2));
  loop.Run();
  EXPECT_EQ(fired, 2);
}

TEST(TimerTest, CancelledTimerStaysSilentAndArmsAgain) {
  EventLoop loop;
  bool fired = false;
  Timer timer(loop, [&](Timestamp) {
    fired = true;
    loop.Stop();
  });
  timer.ArmAt(MonotonicNow() + TimeDelta::Millis(1));
  timer.Cancel();
  EXPECT_TRUE(timer.deadline().IsNever());
  Timer check(loop, [&](Timestamp now) {
    EXPECT_FALSE(fired);
    timer.ArmAt(now);
  });
  check.ArmAt(MonotonicNow() + TimeDelta::Millis(4));
  loop.Run();
  EXPECT_TRUE(fired);
}

TEST(TimerTest, OneThatIsAlwaysDueDoesNotStarveTheLoop) {
  EventLoop loop;
  int fired = 0;
  std::unique_ptr<Timer> timer;
  timer = std::make_unique<Timer>(loop, [&](Timestamp) {
    ++fired;
    timer->ArmAt(Timestamp::Past());
  });
  timer->ArmAt(Timestamp::Past());
  Wakeup wakeup(loop, [&] {
    if (fired >= 3) return loop.Stop();
  });
  loop.SetEndOfTurn([&] { wakeup.Notify(); });
  loop.Run();
  EXPECT_GE(fired, 3);
}

TEST(TimerTest, MayDestroyItself) {
  EventLoop loop;
  auto watched = std::make_shared<int>(0);
  std::unique_ptr<Timer> timer;
  timer = std::make_unique<Timer>(loop, [&, watched](Timestamp) {
    timer.reset();
    EXPECT_EQ(watched.use_count(), 2);  // The callback still has its captures.
    loop.Stop();
  });
  timer->ArmAt(MonotonicNow());
  loop.Run();
  EXPECT_EQ(timer, nullptr);
}

TEST(IoWatchTest, ReportsDatagrams) {
  EventLoop loop;
  UdpSocket socket = BindLoopback();
  UdpSocket peer = BindLoopback();
  std::vector<std::string> received;
  IoWatch watch(loop, socket.fd(), [&] {
    received.push_back(ReceivePayloads(socket, 1).at(0));
    if (received.size() == 2) loop.Stop();
  });
  SendText(peer, socket.local(), "one");
  SendText(peer, socket.local(), "two");  // Level-triggered: reading one at a time loses nothing.
  loop.Run();
  EXPECT_EQ(received, (std::vector<std::string>{"one", "two"}));
}

TEST(IoWatchTest, WritabilityIsOnlyWatchedWhenWanted) {
  EventLoop loop;
  UdpSocket socket = BindLoopback();
  int writable = 0;
  IoWatch watch;
  watch = IoWatch(
      loop, socket.fd(), [] { FAIL() << "nothing to read"; },
      [&] {
        ++writable;
        watch.WatchWritable(false);
      });
  int turns = 0;
  Wakeup next(loop, [&] {
    ++turns;
    if (turns <= 5) {
      EXPECT_EQ(writable, 0);
    }
    if (turns == 5) watch.WatchWritable(true);
    if (turns == 10) loop.Stop();
  });
  loop.SetEndOfTurn([&] { next.Notify(); });
  loop.Run();
  EXPECT_EQ(writable, 1);
}

TEST(IoWatchTest, MayDestroyItselfAndItsSocketInItsCallback) {
  EventLoop loop;
  UdpSocket socket = BindLoopback();
  UdpSocket peer = BindLoopback();
  auto watched = std::make_shared<int>(0);
  IoWatch watch(
      loop, socket.fd(),
      [&, watched] {
        watch.reset();
        socket.Close();
        EXPECT_EQ(watched.use_count(), 2);
        loop.Stop();
      },
      [] { FAIL() << "destroyed already"; });
  watch.WatchWritable(true);
  watch.WatchWritable(false);
  SendText(peer, socket.local(), "end");
  loop.Run();
  EXPECT_FALSE(watch);
}

TEST(IoWatchTest, DescriptorNumberMayBeReusedAtOnce) {
  EventLoop loop;
  UdpSocket first = BindLoopback();
  auto watch = std::make_unique<IoWatch>(loop, first.fd(), [] { FAIL() << "closed"; });
  const int fd = first.fd();
  watch.reset();
  first.Close();
  UdpSocket second = BindLoopback();
  ASSERT_EQ(second.fd(), fd);
  IoWatch again(loop, second.fd(), [&] { loop.Stop(); });
  SendText(second, second.local(), "to itself");
  loop.Run();
}

// A connected socket to a closed port has ECONNREFUSED pending, upon which libuv stops its watch.
TEST(IoWatchTest, PendingErrorIsReportedAsReadabilityAndTheWatchGoesOn) {
  EventLoop loop;
  UdpSocket socket = BindLoopback();
  UdpSocket gone = BindLoopback();
  sockaddr_in6 address;
  socklen_t length = WriteSockaddr(gone.local(), false, &address);
  ASSERT_EQ(connect(socket.fd(), reinterpret_cast<sockaddr*>(&address), length), 0);
  const transports::Endpoint peer_endpoint = gone.local();
  gone.Close();
  std::vector<int> results;
  IoWatch watch(loop, socket.fd(), [&] {
    char byte;
    results.push_back(recv(socket.fd(), &byte, 1, 0) < 0 ? errno : 0);
    if (results.back() == ECONNREFUSED) {
      UdpBindOptions options;
      options.address = peer_endpoint.address;
      options.port = peer_endpoint.port;
      absl::StatusOr<UdpSocket> back = UdpSocket::Bind(options);
      ASSERT_TRUE(back.ok());
      SendText(*back, socket.local(), "back");
    } else {
      loop.Stop();
    }
  });
  ASSERT_EQ(send(socket.fd(), "x", 1, 0), 1);
  loop.Run();
  EXPECT_EQ(results, (std::vector<int>{ECONNREFUSED, 0}));
}

}  // namespace
}  // namespace sluice::worker
