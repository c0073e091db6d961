// One thread with its clients. Everything about them happens on it; others hand it work.
//
//   LoadThread thread;
//   thread.Do([&](LoadThread& self) { self.AddClient(…); });   // and waits for it
#pragma once

#include <condition_variable>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

#include "bench/load/client.h"
#include "bench/load/counters.h"
#include "bench/load/pacer.h"
#include "rtp/slab.h"
#include "worker/event_loop.h"
#include "worker/send_queue.h"
#include "worker/udp_port.h"
#include "worker/udp_receiver.h"
#include "worker/wakeup.h"

namespace sluice::load {

class LoadThread {
 public:
  LoadThread();
  // Says goodbye to all servers and joins.
  ~LoadThread();
  LoadThread(const LoadThread&) = delete;
  LoadThread& operator=(const LoadThread&) = delete;

  // Runs `work` on the thread and waits until it is done.
  void Do(std::function<void(LoadThread&)> work);

  // On the thread, in Do():
  void AddClient(Client::Options options);
  void RemoveClient(const std::string& connection) { clients_.erase(connection); }
  Client* FindClient(const std::string& connection);
  // What was seen so far; the histograms begin anew with Restart().
  Observations Observe() const;
  void ForgetDelays();
  // CPU time of the thread.
  TimeDelta cpu_time() const;

 private:
  void Run();
  void RunWork();

  worker::EventLoop loop_;
  SlabPool pool_;
  worker::UdpReceiver receiver_;
  worker::SendQueue send_queue_;
  worker::UdpPortTable ports_;
  Observations seen_;
  std::unique_ptr<Pacer> pacer_;
  std::map<std::string, std::unique_ptr<Client>> clients_;
  std::mutex mutex_;
  std::condition_variable done_;
  std::vector<std::function<void(LoadThread&)>> work_;
  worker::Wakeup wakeup_;
  std::thread thread_;  // Last: it uses all of the above.
};

}  // namespace sluice::load
