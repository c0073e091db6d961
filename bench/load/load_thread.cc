#include "bench/load/load_thread.h"

#include <sys/resource.h>

#include <utility>

#include "worker/clock.h"

namespace sluice::load {
namespace {

// Real clients send a datagram a call; a run merged here would save the server the price of receiving.
worker::SendQueue::Options ClientSendOptions() {
  worker::SendQueue::Options options;
  options.segmentation = false;
  return options;
}

TimeDelta Time(const timeval& time) {
  return TimeDelta::Seconds(time.tv_sec) + TimeDelta::Micros(time.tv_usec);
}

}  // namespace

LoadThread::LoadThread()
    : receiver_(pool_), send_queue_(ClientSendOptions()), wakeup_(loop_, [this] { RunWork(); }) {
  loop_.SetEndOfTurn([this] {
    for (int fd : send_queue_.Flush()) ports_.HandleBlocked(fd);
  });
  pacer_ = std::make_unique<Pacer>(loop_, &seen_.lateness);
  thread_ = std::thread([this] { loop_.Run(); });
}

LoadThread::~LoadThread() {
  Do([](LoadThread& self) {
    self.clients_.clear();
    self.send_queue_.Flush();
    self.loop_.Stop();
  });
  thread_.join();
}

void LoadThread::Do(std::function<void(LoadThread&)> work) {
  bool done = false;
  std::unique_lock lock(mutex_);
  work_.push_back([&](LoadThread& self) {
    work(self);
    std::lock_guard inner(mutex_);
    done = true;
    done_.notify_all();
  });
  wakeup_.Notify();
  done_.wait(lock, [&] { return done; });
}

void LoadThread::RunWork() {
  std::vector<std::function<void(LoadThread&)>> work;
  {
    std::lock_guard lock(mutex_);
    work.swap(work_);
  }
  for (auto& piece : work) piece(*this);
}

void LoadThread::AddClient(Client::Options options) {
  ClientContext context{.io = {.loop = &loop_,
                               .pool = &pool_,
                               .receiver = &receiver_,
                               .send_queue = &send_queue_,
                               .ports = &ports_,
                               .outbox = nullptr,
                               .forwarding = nullptr,
                               .clock = {.at = worker::MonotonicNow(), .unix_us = worker::UnixTime().us()}},
                        .pacer = pacer_.get(),
                        .seen = &seen_};
  std::string id = options.connection.id;
  clients_[id] = std::make_unique<Client>(context, std::move(options));
}

Client* LoadThread::FindClient(const std::string& connection) {
  auto it = clients_.find(connection);
  return it == clients_.end() ? nullptr : it->second.get();
}

Observations LoadThread::Observe() const {
  Observations seen = seen_;
  for (const auto& [id, client] : clients_) {
    ++seen.clients;
    seen.connected += client->connected() ? 1 : 0;
    seen.failed += client->failed(loop_.Now()) ? 1 : 0;
  }
  return seen;
}

void LoadThread::ForgetDelays() {
  seen_.delay = Histogram();
  seen_.lateness = Histogram();
}

TimeDelta LoadThread::cpu_time() const {
  rusage usage{};
  getrusage(RUSAGE_THREAD, &usage);
  return Time(usage.ru_utime) + Time(usage.ru_stime);
}

}  // namespace sluice::load
