// Two DtlsSessions on a simulated network, and what came of it.
#pragma once

#include <chrono>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <variant>
#include <vector>

#include "tests/sim/link.h"
#include "tests/sim/simulation.h"
#include "transports/dtls/dtls_context.h"
#include "transports/dtls/dtls_session.h"

namespace sluice::transports {

inline std::shared_ptr<const DtlsContext> MakeDtlsContext(DtlsContext::Options options = {}) {
  static constexpr std::chrono::sys_seconds kNow{std::chrono::seconds(1'800'000'000)};
  return DtlsContext::Create(*DtlsCertificate::Generate(kNow), options);
}

// One of each for the tests that need nothing special.
inline std::shared_ptr<const DtlsContext> ClientContext() {
  static const std::shared_ptr<const DtlsContext> context = MakeDtlsContext();
  return context;
}
inline std::shared_ptr<const DtlsContext> ServerContext() {
  static const std::shared_ptr<const DtlsContext> context = MakeDtlsContext();
  return context;
}

using Datagram = std::vector<uint8_t>;

// A session, the link it sends into, and its outputs.
class DtlsEndpoint {
 public:
  // What becomes of a datagram on its way to the link; the default is itself.
  using Filter = std::function<std::vector<Datagram>(const Datagram&)>;

  DtlsEndpoint(sim::Simulation* sim, std::shared_ptr<const DtlsContext> context, DtlsRole role,
               std::vector<Fingerprint> remote)
      : session(std::move(context), role, std::move(remote)),
        sim_(sim),
        timeouts_(sim, &session, [this] { Drain(); }) {}

  void Start() {
    session.Start(sim_->now());
    Drain();
  }
  void Receive(const Datagram& datagram) {
    session.HandleDatagram(sim_->now(), datagram);
    Drain();
  }
  void Drain() {
    while (std::optional<DtlsSession::Output> output = session.Poll()) Take(std::move(*output));
    timeouts_.Reschedule();
  }

  DtlsSession session;
  sim::Link* link = nullptr;
  Filter filter = [](const Datagram& datagram) { return std::vector<Datagram>{datagram}; };

  std::vector<std::pair<Timestamp, Datagram>> sent;  // Before the filter.
  std::optional<DtlsSession::Connected> connected;
  std::optional<std::string> failed;
  bool closed = false;
  std::vector<Datagram> messages;

 private:
  void Take(DtlsSession::Output output) {
    if (auto* transmit = std::get_if<DtlsSession::Transmit>(&output)) {
      sent.emplace_back(sim_->now(), transmit->datagram);
      for (const Datagram& datagram : filter(transmit->datagram)) {
        if (link != nullptr) link->Send(datagram);
      }
    } else if (auto* keys = std::get_if<DtlsSession::Connected>(&output)) {
      connected = std::move(*keys);
    } else if (auto* reason = std::get_if<DtlsSession::Failed>(&output)) {
      failed = reason->reason;
    } else if (auto* data = std::get_if<DtlsSession::ApplicationData>(&output)) {
      messages.push_back(std::move(data->message));
    } else {
      closed = true;
    }
  }

  sim::Simulation* sim_;
  sim::TimeoutDriver<DtlsSession> timeouts_;
};

struct DtlsPairOptions {
  std::shared_ptr<const DtlsContext> client_context = ClientContext();
  std::shared_ptr<const DtlsContext> server_context = ServerContext();
  std::optional<std::vector<Fingerprint>> client_expects;  // Default: the server's own.
  std::optional<std::vector<Fingerprint>> server_expects;
  sim::Link::Options link;
};

class DtlsPair {
 public:
  explicit DtlsPair(uint64_t seed = 1, DtlsPairOptions options = {})
      : sim(seed),
        client(&sim, options.client_context, DtlsRole::kClient,
               options.client_expects.value_or(options.server_context->certificate().fingerprints())),
        server(&sim, options.server_context, DtlsRole::kServer,
               options.server_expects.value_or(options.client_context->certificate().fingerprints())),
        to_server(&sim, options.link, [this](Datagram datagram) { server.Receive(datagram); }),
        to_client(&sim, options.link, [this](Datagram datagram) { client.Receive(datagram); }) {
    client.link = &to_server;
    server.link = &to_client;
  }

  void Start() {
    server.Start();
    client.Start();
  }
  // For long enough that either side has given up if it is not connected.
  void StartAndRun() {
    Start();
    sim.RunFor(TimeDelta::Seconds(60));
  }
  bool BothConnected() const { return client.connected && server.connected; }

  sim::Simulation sim;
  DtlsEndpoint client;
  DtlsEndpoint server;
  sim::Link to_server;
  sim::Link to_client;
};

}  // namespace sluice::transports
