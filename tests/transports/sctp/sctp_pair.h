// Two SctpAssociations on a simulated network, and what came of it.
#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

#include "tests/sim/link.h"
#include "tests/sim/simulation.h"
#include "tests/sim/virtual_time_of_day.h"
#include "transports/sctp/sctp_association.h"

namespace sluice::transports {

inline rtp::SharedBytes BytesOf(std::string_view text) {
  return std::make_shared<const std::vector<uint8_t>>(text.begin(), text.end());
}
inline rtp::SharedBytes BytesOfSize(size_t size, uint8_t seed = 1) {
  std::vector<uint8_t> bytes(size);
  for (size_t i = 0; i < size; ++i) bytes[i] = static_cast<uint8_t>(i * 31 + i / 251 + seed);
  return std::make_shared<const std::vector<uint8_t>>(std::move(bytes));
}
inline std::string TextOf(const SctpAssociation::Message& message) {
  return {message.payload->begin(), message.payload->end()};
}

inline constexpr uint32_t kString = 51;
inline constexpr uint32_t kBinary = 53;
inline constexpr rtp::DataReliability kReliable{};

// An association, the link it sends into, and its outputs.
class SctpEndpoint {
 public:
  SctpEndpoint(sim::Simulation* sim, const SctpOptions& options)
      : association(std::make_unique<SctpAssociation>(options, /*owner=*/7)),
        sim_(sim),
        timeouts_(sim, this, [this] { Drain(); }) {}

  void Start() {
    association->Start(sim_->now());
    Drain();
  }
  void Receive(Bytes packet) {
    association->HandlePacket(sim_->now(), packet);
    Drain();
  }
  SctpAssociation::SendResult Send(uint16_t stream, uint32_t ppid, rtp::SharedBytes payload,
                                   const rtp::DataReliability& reliability = kReliable) {
    auto result = association->Send(sim_->now(), stream, ppid, reliability, std::move(payload));
    Drain();
    return result;
  }
  SctpAssociation::SendResult Send(uint16_t stream, std::string_view text,
                                   const rtp::DataReliability& reliability = kReliable) {
    return Send(stream, kString, BytesOf(text), reliability);
  }
  void Reset(uint16_t stream) {
    association->ResetStream(sim_->now(), stream);
    Drain();
  }
  void SetReceiving(bool receiving) {
    association->SetReceiving(receiving);
    Drain();
  }
  void Close() {
    association->Close();
    Drain();
  }
  void Drain() {
    while (auto output = association->Poll(sim_->now())) Take(std::move(*output));
    timeouts_.Reschedule();
  }

  // For the driver.
  void HandleTimeout(Timestamp now) { association->HandleTimeout(now); }
  Timestamp NextTimeout() const { return association->NextTimeout(); }

  std::vector<std::string> Texts(uint16_t stream) const {
    std::vector<std::string> texts;
    for (const SctpAssociation::Message& message : messages) {
      if (message.stream == stream) texts.push_back(TextOf(message));
    }
    return texts;
  }
  SctpState state() const { return states.empty() ? SctpState::kNew : states.back().state; }

  std::unique_ptr<SctpAssociation> association;
  sim::Link* link = nullptr;
  // False: the packet is not sent.
  std::function<bool(const std::vector<uint8_t>&)> filter;
  std::function<void(const SctpAssociation::Message&)> on_message;

  std::vector<std::vector<uint8_t>> sent;
  std::vector<SctpAssociation::StateChanged> states;
  std::vector<SctpAssociation::Message> messages;
  std::vector<uint16_t> resets;
  std::vector<SctpAssociation::BufferedAmountLow> lows;

 private:
  void Take(SctpAssociation::Output output) {
    if (auto* transmit = std::get_if<SctpAssociation::Transmit>(&output)) {
      if (filter && !filter(transmit->packet)) return;
      if (keep_sent) sent.push_back(transmit->packet);
      if (link != nullptr) link->Send(transmit->packet);
    } else if (auto* state = std::get_if<SctpAssociation::StateChanged>(&output)) {
      states.push_back(*state);
    } else if (auto* message = std::get_if<SctpAssociation::Message>(&output)) {
      if (on_message) on_message(*message);
      messages.push_back(std::move(*message));
    } else if (auto* reset = std::get_if<SctpAssociation::StreamReset>(&output)) {
      resets.push_back(reset->stream);
    } else if (auto* low = std::get_if<SctpAssociation::BufferedAmountLow>(&output)) {
      lows.push_back(*low);
    }
  }

  sim::Simulation* sim_;
  sim::TimeoutDriver<SctpEndpoint> timeouts_;

 public:
  bool keep_sent = false;
};

class SctpPair {
 public:
  struct Options {
    sim::Link::Options link;
    SctpOptions a;
    SctpOptions b;
  };

  explicit SctpPair(uint64_t seed = 1, const Options& options = {})
      : sim(seed),
        a(&sim, options.a),
        b(&sim, options.b),
        to_b(&sim, options.link, [this](std::vector<uint8_t> packet) { b.Receive(packet); }),
        to_a(&sim, options.link, [this](std::vector<uint8_t> packet) { a.Receive(packet); }),
        time_of_day_(&sim) {
    a.link = &to_b;
    b.link = &to_a;
    Tick();
  }

  // Both start, and are given time to connect.
  void Connect() {
    a.Start();
    b.Start();
    sim.RunFor(TimeDelta::Seconds(1));
  }

  sim::Simulation sim;
  SctpEndpoint a;
  SctpEndpoint b;
  sim::Link to_b;
  sim::Link to_a;

 private:
  void Tick() {
    for (SctpStack::TimerOutput& output : SctpStack::Get().HandleTimers(sim.now())) {
      for (SctpEndpoint* end : {&a, &b}) {
        if (end->association->id() != output.association) continue;
        end->association->HandleTimerOutput(sim.now(), std::move(output.packet));
        end->Drain();
        break;
      }
    }
    sim.After(SctpStack::kTick, [this] { Tick(); });
  }

  sim::VirtualTimeOfDay time_of_day_;
};

}  // namespace sluice::transports
