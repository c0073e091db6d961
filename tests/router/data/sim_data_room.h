// A publisher and subscribers on simulated networks, with SCTP between them and a router that fans data
// messages out, in virtual time.
#pragma once

#include <functional>
#include <memory>
#include <string>
#include <utility>
#include <variant>
#include <vector>

#include "router/data/data_fan_out.h"
#include "router/data/data_port.h"
#include "router/data/data_session.h"
#include "tests/sim/link.h"
#include "tests/sim/simulation.h"
#include "tests/sim/virtual_time_of_day.h"
#include "transports/sctp/sctp_association.h"

namespace sluice::router {

// One peer: its own association, the router's, and the links between the two.
class SimDataPeer : public DataPort {
 public:
  SimDataPeer(sim::Simulation* sim, const sim::Link::Options& link, const transports::SctpOptions& ours)
      : data(this),
        peer(transports::SctpOptions{}, 0),
        ours(ours, 0),
        sim_(sim),
        to_peer_(sim, link, [this](std::vector<uint8_t> packet) { ToPeer(packet); }),
        to_us_(sim, link, [this](std::vector<uint8_t> packet) { ToUs(packet); }) {}

  void Start() {
    peer.Start(sim_->now());
    Drain();
  }
  void Drain() {
    if (std::exchange(draining_, true)) return;
    while (auto output = ours.Poll(sim_->now())) TakeOurs(*output);
    draining_ = false;
    while (auto output = peer.Poll(sim_->now())) TakePeers(*output);
    data.HandleDrained();
  }
  bool HandleTimerOutput(transports::SctpStack::TimerOutput* output) {
    for (transports::SctpAssociation* end : {&peer, &ours}) {
      if (end->id() != output->association) continue;
      end->HandleTimerOutput(sim_->now(), std::move(output->packet));
      Drain();
      return true;
    }
    return false;
  }
  void Tick() {
    data.HandleTimeout(sim_->now());
    Drain();
  }

  DataSession data;
  transports::SctpAssociation peer;
  transports::SctpAssociation ours;
  std::vector<size_t> received;  // Sizes, by the peer.
  int told_full = 0;

  // DataPort
  DataSendResult SendData(const DataConsumerConfig& consumer, const DataMessage& message,
                          bool unlimited) override {
    auto result = ours.Send(sim_->now(), *consumer.stream, message.ppid, consumer.reliability,
                            message.payload, unlimited);
    Drain();
    return result == transports::SctpAssociation::SendResult::kSent ? DataSendResult::kSent
                                                                    : DataSendResult::kBufferFull;
  }
  size_t BufferedAmount(const DataConsumerConfig& consumer) const override {
    return ours.buffered_amount(*consumer.stream);
  }
  double BufferFill(const DataConsumerConfig& consumer) const override { return ours.fill(*consumer.stream); }
  uint64_t BytesLeft() const override { return ours.taken(); }
  void ResetOutgoing(uint16_t) override {}
  void ResetIncoming(uint16_t) override {}
  void HoldIncoming(bool held) override {
    ours.SetReceiving(!held);
    if (!held) sim_->After(TimeDelta::Millis(1), [this] { Drain(); });
  }
  void TellBufferFull(DataConsumerHandle) override { ++told_full; }

 private:
  void ToPeer(const std::vector<uint8_t>& packet) {
    peer.HandlePacket(sim_->now(), packet);
    Drain();
  }
  void ToUs(const std::vector<uint8_t>& packet) {
    ours.HandlePacket(sim_->now(), packet);
    Drain();
  }
  void TakeOurs(transports::SctpAssociation::Output& output) {
    if (auto* transmit = std::get_if<transports::SctpAssociation::Transmit>(&output)) {
      to_peer_.Send(transmit->packet);
    } else if (auto* message = std::get_if<transports::SctpAssociation::Message>(&output)) {
      data.HandleMessage(sim_->now(), message->stream, message->ppid, std::move(message->payload));
    }
  }
  void TakePeers(transports::SctpAssociation::Output& output) {
    if (auto* transmit = std::get_if<transports::SctpAssociation::Transmit>(&output)) {
      to_us_.Send(transmit->packet);
    } else if (auto* message = std::get_if<transports::SctpAssociation::Message>(&output)) {
      received.push_back(message->payload->size());
    }
  }

  sim::Simulation* sim_;
  sim::Link to_peer_;
  sim::Link to_us_;
  bool draining_ = false;
};

class SimDataRoom : public DataProducerLink {
 public:
  explicit SimDataRoom(uint64_t seed, const transports::SctpOptions& options = {})
      : sim(seed),
        options_(options),
        publisher(&sim, {.delay = TimeDelta::Millis(5)}, options),
        time_of_day_(&sim),
        fan_out_(DataProducerHandle(1), this) {
    producer_ = publisher.data.AddProducer({.handle = DataProducerHandle(1), .stream = uint16_t{0}});
    producer_->AddSink(&fan_out_);
    publisher.Start();
    Tick();
  }
  ~SimDataRoom() override {
    for (auto& subscriber : subscribers) subscriber->data.RemoveConsumer(DataConsumerHandle(1));
  }

  SimDataPeer& AddSubscriber(const sim::Link::Options& link, const rtp::DataReliability& reliability = {}) {
    subscribers.push_back(std::make_unique<SimDataPeer>(&sim, link, options_));
    SimDataPeer& added = *subscribers.back();
    added.data.AddConsumer({.handle = DataConsumerHandle(1),
                            .producer = DataProducerHandle(1),
                            .stream = uint16_t{0},
                            .reliability = reliability},
                           &fan_out_);
    added.Start();
    return added;
  }
  // Keeps the publisher's own send buffer from running empty until `messages` were sent.
  void Publish(int messages, size_t size) {
    auto payload = std::make_shared<const std::vector<uint8_t>>(size, uint8_t{1});
    while (messages > 0) {
      while (messages > 0 && publisher.peer.Send(sim.now(), 0, 53, {}, payload) ==
                                 transports::SctpAssociation::SendResult::kSent) {
        --messages;
      }
      publisher.Drain();
      sim.RunFor(TimeDelta::Millis(10));
    }
  }

  bool held() const { return producer_->held(); }

  sim::Simulation sim;

 private:
  transports::SctpOptions options_;
  DataProducer* producer_ = nullptr;

 public:
  SimDataPeer publisher;
  std::vector<std::unique_ptr<SimDataPeer>> subscribers;

 private:
  void SetHeld(DataProducerHandle, bool held) override { publisher.data.SetHeld(producer_, &fan_out_, held); }
  void Tick() {
    for (auto& output : transports::SctpStack::Get().HandleTimers(sim.now())) {
      if (publisher.HandleTimerOutput(&output)) continue;
      for (auto& subscriber : subscribers) {
        if (subscriber->HandleTimerOutput(&output)) break;
      }
    }
    publisher.Tick();
    for (auto& subscriber : subscribers) subscriber->Tick();
    sim.After(transports::SctpStack::kTick, [this] { Tick(); });
  }

  sim::VirtualTimeOfDay time_of_day_;
  DataFanOut fan_out_;
};

}  // namespace sluice::router
