// Real workers with real clients on loopback, driven from the test's thread in the control plane's place.
#pragma once

#include <gtest/gtest.h>

#include <chrono>
#include <condition_variable>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <utility>
#include <variant>

#include "tests/worker/loopback.h"
#include "tests/worker/media_client.h"
#include "worker/worker_pool.h"

namespace sluice::worker {

using router::ConsumerHandle;
using router::ProducerHandle;
using router::TransportHandle;

constexpr Ssrc kPublished{1111};
constexpr uint8_t kPayloadType = 100;

inline std::shared_ptr<const transports::DtlsContext> Context() {
  static const auto context = transports::DtlsContext::Create(
      *transports::DtlsCertificate::Generate(std::chrono::sys_seconds(std::chrono::seconds(1'800'000'000))));
  return context;
}

// Workers, and the control plane's end of their mailboxes with waits that end.
class Workers {
 public:
  explicit Workers(uint32_t workers)
      : pool_({.workers = workers, .on_events = [this] {
                 std::lock_guard<std::mutex> lock(mutex_);
                 woken_ = true;
                 wake_.notify_one();
               }}) {}

  WorkerPool& pool() { return pool_; }

  // The first event for which `matches` holds, from now on.
  bool WaitFor(const std::function<bool(const Event&)>& matches) {
    auto deadline = std::chrono::steady_clock::now() + std::chrono::seconds(10);
    bool found = false;
    while (!found) {
      std::unique_lock<std::mutex> lock(mutex_);
      if (!wake_.wait_until(lock, deadline, [this] { return woken_; })) return false;
      woken_ = false;
      lock.unlock();
      pool_.DrainEvents([&](uint32_t, Event&& event) { found |= matches(event); });
    }
    return true;
  }

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

inline Peer MakePeer(Workers& workers, uint32_t worker, uint32_t handle,
                     const std::string& address = "127.0.0.1") {
  Peer peer{.transport = TransportHandle(handle), .worker = worker, .client = nullptr};
  CreateWebRtcTransport create{
      .transport = peer.transport,
      .sockets = {},
      .ice = {.local = {"server" + std::to_string(handle), "the password of the server"}},
      .dtls = Context(),
      .rtcp_ssrc = Ssrc(9000 + handle),
      .random_seed = handle};
  create.sockets.push_back(BindLoopback(address));
  peer.client = std::make_unique<MediaClient>(create.sockets[0].local(), create.ice.local,
                                              Context()->certificate().fingerprints().back());
  workers.pool().Send(worker, std::move(create));
  workers.pool().Send(worker, ConnectWebRtcTransport{peer.transport, transports::DtlsRole::kServer,
                                                     peer.client->fingerprints()});
  return peer;
}

inline router::ProducerConfig AudioProducer(uint32_t handle) {
  router::ProducerConfig config{.handle = ProducerHandle(handle), .kind = router::MediaKind::kAudio};
  config.codecs = {{.codec = rtp::Codec::kOpus,
                    .payload_type = PayloadType(kPayloadType),
                    .mapped_payload_type = PayloadType(kPayloadType),
                    .clock_rate = 48'000}};
  config.encodings = {{.ssrc = kPublished}};
  return config;
}

inline router::ProducerConfig VideoProducer(uint32_t handle) {
  router::ProducerConfig config = AudioProducer(handle);
  config.kind = router::MediaKind::kVideo;
  config.codecs[0].codec = rtp::Codec::kVp8;
  config.codecs[0].clock_rate = 90'000;
  config.nack = config.pli = true;
  return config;
}

inline router::ConsumerConfig ConsumerOf(const router::ProducerConfig& producer, uint32_t handle,
                                         uint32_t ssrc) {
  router::ConsumerConfig config{.handle = ConsumerHandle(handle),
                                .producer = producer.handle,
                                .kind = producer.kind,
                                .codec = producer.codecs[0].codec,
                                .clock_rate = producer.codecs[0].clock_rate,
                                .ssrc = Ssrc(ssrc),
                                .cname = "test"};
  config.payload_types.set(kPayloadType);
  return config;
}

}  // namespace sluice::worker
