// What a datagram costs from Push() to the peer's socket, by the length of the runs that reach one
// destination in a turn. Loopback, 50 destinations, drained by another thread.
//
// `cpu` is the sending thread's time, kernel included; on loopback that is the receiving stack too, up to
// the socket.
#include <benchmark/benchmark.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <array>
#include <atomic>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <string>
#include <thread>
#include <vector>

#include "rtp/slab.h"
#include "worker/send_queue.h"
#include "worker/udp_socket.h"

namespace sluice::worker {
namespace {

constexpr size_t kDestinations = 50;

UdpSocket Bind() {
  UdpBindOptions options;
  options.address = *transports::IpAddress::Parse("127.0.0.1");
  absl::StatusOr<UdpSocket> bound = UdpSocket::Bind(options);
  if (!bound.ok()) {
    std::fprintf(stderr, "%s\n", std::string(bound.status().message()).c_str());
    std::abort();
  }
  return std::move(*bound);
}

// Sockets whose datagrams a thread of their own reads and counts.
class Sink {
 public:
  Sink() : epoll_(epoll_create1(EPOLL_CLOEXEC)) {
    for (size_t i = 0; i < kDestinations; ++i) {
      sockets_.push_back(Bind());
      epoll_event event = {EPOLLIN, {.fd = sockets_.back().fd()}};
      epoll_ctl(epoll_, EPOLL_CTL_ADD, sockets_.back().fd(), &event);
    }
    thread_ = std::thread([this] { Run(); });
  }
  ~Sink() {
    stop_ = true;
    thread_.join();
    close(epoll_);
  }
  const transports::Endpoint& endpoint(size_t i) const { return sockets_[i].local(); }
  bool WaitFor(uint64_t datagrams) const {
    for (int i = 0; i < 2000 && received_ < datagrams; ++i) {
      std::this_thread::sleep_for(std::chrono::milliseconds(1));
    }
    return received_ >= datagrams;
  }

 private:
  void Run() {
    std::array<epoll_event, kDestinations> events;
    std::array<char, 65536> bytes;
    while (!stop_) {
      const int ready = epoll_wait(epoll_, events.data(), kDestinations, 10);
      for (int i = 0; i < ready; ++i) {
        while (recv(events[static_cast<size_t>(i)].data.fd, bytes.data(), bytes.size(), MSG_DONTWAIT) > 0) {
          received_.fetch_add(1, std::memory_order_relaxed);
        }
      }
    }
  }

  int epoll_;
  std::vector<UdpSocket> sockets_;
  std::atomic<bool> stop_ = false;
  std::atomic<uint64_t> received_ = 0;
  std::thread thread_;
};

SlabRef MakeSlab(SlabPool& pool, size_t size) {
  SlabRef slab = pool.Acquire();
  slab->Resize(size);
  return slab;
}

// One turn: `run` datagrams to each destination, interleaved as a router's fan-out interleaves them.
void PushTurn(SendQueue& queue, const UdpSocket& socket, const Sink& sink, SlabPool& pool, size_t run,
              size_t size) {
  for (size_t k = 0; k < run; ++k) {
    for (size_t i = 0; i < kDestinations; ++i) queue.Push(socket, sink.endpoint(i), MakeSlab(pool, size));
  }
}

void Report(benchmark::State& state, const SendQueue& queue, size_t run) {
  const SendQueue::Stats& stats = queue.stats();
  state.SetItemsProcessed(state.iterations() * static_cast<int64_t>(run * kDestinations));
  state.counters["calls/message"] =
      static_cast<double>(stats.system_calls) / static_cast<double>(stats.messages);
  state.counters["mean_run"] = static_cast<double>(stats.datagrams) / static_cast<double>(stats.messages);
  state.counters["per_datagram"] =
      benchmark::Counter(static_cast<double>(state.iterations()) * static_cast<double>(run * kDestinations),
                         benchmark::Counter::kIsRate | benchmark::Counter::kInvert);
}

// Arguments: datagrams a destination and turn, their size.
void BM_SendTurn(benchmark::State& state) {
  const size_t run = static_cast<size_t>(state.range(0));
  const size_t size = static_cast<size_t>(state.range(1));
  SlabPool pool;
  UdpSocket socket = Bind();
  Sink sink;
  SendQueue queue;
  PushTurn(queue, socket, sink, pool, run, size);
  queue.Flush();
  if (!sink.WaitFor(run * kDestinations)) return state.SkipWithError("a turn did not arrive");
  for (auto _ : state) {
    PushTurn(queue, socket, sink, pool, run, size);
    if (!queue.Flush().empty()) state.SkipWithError("the socket's buffer filled up");
  }
  Report(state, queue, run);
}
BENCHMARK(BM_SendTurn)->ArgsProduct({{1, 2, 4, 8, 16}, {1200, 160}})->ArgNames({"run", "bytes"});

// The same without the kernel: what ordering and merging cost.
void BM_OrderTurn(benchmark::State& state) {
  const size_t run = static_cast<size_t>(state.range(0));
  SlabPool pool;
  UdpSocket socket = Bind();
  Sink sink;
  SendQueue::Options options;
  options.send = [](int, mmsghdr*, unsigned count) { return static_cast<int>(count); };
  SendQueue queue(options);
  for (auto _ : state) {
    PushTurn(queue, socket, sink, pool, run, 1200);
    queue.Flush();
  }
  Report(state, queue, run);
}
BENCHMARK(BM_OrderTurn)->Arg(1)->Arg(4)->Arg(8)->Arg(16)->ArgName("run");

}  // namespace
}  // namespace sluice::worker
