// Worker threads with a test in the control plane's place, and what its tests forward.
#pragma once

#include <condition_variable>
#include <cstdint>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "router/config.h"
#include "tests/worker/loopback.h"
#include "tests/worker/media_client.h"
#include "transports/dtls/dtls_context.h"
#include "worker/clock.h"
#include "worker/worker_pool.h"

namespace sluice::worker {

using router::ConsumerHandle;
using router::ProducerHandle;
using router::TransportHandle;

inline constexpr Ssrc kPublished{1111};
inline constexpr uint8_t kPayloadType = 100;
inline const std::vector<uint8_t> kPayload = {0x78, 1, 2, 3, 4, 5};

// The server's; one for all tests.
std::shared_ptr<const transports::DtlsContext> Context();

// Workers, and the control plane's end of their mailboxes with waits that end.
class Workers {
 public:
  explicit Workers(uint32_t workers, const TcpLimits& tcp = {});

  WorkerPool& pool() { return pool_; }

  // The first event for which `matches` holds, from now on.
  bool WaitFor(const std::function<bool(const Event&)>& matches);

  // nullopt: the object is gone.
  template <typename T>
  std::optional<T> Ask(uint32_t worker, Query query) {
    query.query = ++last_query_;
    pool_.Send(worker, query);
    std::optional<T> snapshot;
    WaitFor([&](const Event& event) {
      const auto* answer = std::get_if<Answer>(&event);
      if (!answer || answer->query != query.query) return false;
      if (const T* held = std::get_if<T>(&answer->snapshot)) snapshot = *held;
      return true;
    });
    return snapshot;
  }
  // Asks again until `holds`; false: not within some seconds.
  template <typename T>
  bool WaitUntil(uint32_t worker, const Query& query, const std::function<bool(const T&)>& holds) {
    const Timestamp deadline = MonotonicNow() + TimeDelta::Seconds(10);
    while (MonotonicNow() < deadline) {
      std::optional<T> snapshot = Ask<T>(worker, query);
      if (snapshot && holds(*snapshot)) return true;
    }
    return false;
  }

 private:
  std::mutex mutex_;
  std::condition_variable wake_;
  bool woken_ = false;
  uint64_t last_query_ = 0;
  WorkerPool pool_;
};

// A transport on a worker, with a client of its own.
struct Peer {
  TransportHandle transport;
  uint32_t worker;
  std::unique_ptr<MediaClient> client;
};
Peer MakePeer(Workers& workers, uint32_t worker, uint32_t handle, const std::string& address = "127.0.0.1");

// Of the snapshot's drops, those for `reason`.
int64_t Drops(const TransportSnapshot& snapshot, const std::string& reason);

router::ProducerConfig AudioProducer(uint32_t handle);
router::ProducerConfig VideoProducer(uint32_t handle);
router::ConsumerConfig ConsumerOf(const router::ProducerConfig& producer, uint32_t handle, uint32_t ssrc);

// Sends, from sequence number `first` on, until the subscriber gets something, then checks that `count` more
// come in order.
void ExpectForwarding(MediaClient& publisher, MediaClient& subscriber, Ssrc ssrc, int count = 50,
                      uint16_t first = 1);

}  // namespace sluice::worker
