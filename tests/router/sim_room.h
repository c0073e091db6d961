// A publisher, two sessions of one worker with a fan-out between them, and a subscriber, over bad networks:
//
//   publisher ── up ──> RtpSession a ──> FanOut ──> RtpSession b ── down ──> subscriber
#pragma once

#include <algorithm>
#include <map>
#include <memory>
#include <optional>
#include <utility>

#include "router/rtp_session.h"
#include "tests/router/consumer_fixture.h"
#include "tests/router/sim_subscriber.h"
#include "tests/sim/link.h"
#include "tests/sim/simulation.h"

namespace sluice::router {

// Where a session's packets leave. Looks that no number is used for two packets.
class SimPort : public PacketPort {
 public:
  explicit SimPort(bool repeats_allowed) : repeats_allowed_(repeats_allowed) {}
  void set_link(sim::Link* link) { link_ = link; }

  void SendRtp(SlabRef packet, MediaKind kind) override {
    SentPacket sent(packet->bytes(), kind);
    Stream& stream = streams_[sent.ssrc];
    const int64_t sequence = stream.unwrapper.Unwrap(sent.sequence);
    auto [it, added] = stream.sent.emplace(sequence, sent.bytes);
    repeats_ += added ? 0 : 1;
    EXPECT_TRUE(added || (repeats_allowed_ && it->second == sent.bytes)) << "number " << sequence;
    if (stream.sent.size() > 4000) stream.sent.erase(stream.sent.begin());
    link_->Send(sent.bytes);
  }
  void SendRtcp(SlabRef packet) override { link_->Send(packet->bytes()); }

  int64_t repeats() const { return repeats_; }

 private:
  struct Stream {
    SequenceUnwrapper unwrapper;
    std::map<int64_t, Octets> sent;
  };

  bool repeats_allowed_;
  sim::Link* link_ = nullptr;
  std::map<Ssrc, Stream> streams_;
  int64_t repeats_ = 0;
};

class SimRoom : public ProducerLink {
 public:
  struct Options {
    uint64_t seed = 1;
    sim::Link::Options up = {};    // Publisher to session a.
    sim::Link::Options back = {};  // And back.
    sim::Link::Options down = {};  // Both ways between session b and the subscriber.
    ProducerConfig producer;
    bool rtx = true;
  };

  explicit SimRoom(const Options& options)
      : sim(options.seed),
        options_(options),
        port_a_(false),
        port_b_(!options.rtx),
        publisher(&sim, [this](const Octets& packet) { up_.Send(packet); }),
        subscriber(&sim, Ssrc(0xc0), Ssrc(0xc1), [this](const Octets& packet) { feedback_.Send(packet); }),
        up_(&sim, options.up, [this](const Octets& packet) { HandleAtA(packet); }),
        back_(&sim, options.back, [this](const Octets& packet) { publisher.HandleRtcp(packet); }),
        down_(&sim, options.down, [this](const Octets& packet) { HandleAtSubscriber(packet); }),
        feedback_(&sim, options.down, [this](const Octets& packet) { HandleAtB(packet); }),
        fan_out_(options.producer.handle, MediaKind::kVideo,
                 static_cast<uint8_t>(options.producer.encodings.size()), this) {
    port_a_.set_link(&back_);
    port_b_.set_link(&down_);
    a.SetWritable(sim.now(), true);
    b.SetWritable(sim.now(), true);
    producer = a.AddProducer(sim.now(), options.producer);
    producer->AddSink(&fan_out_);
    timeouts_a_.Reschedule();
    publisher.Start();
    subscriber.Start();
  }
  ~SimRoom() override { b.RemoveConsumer(ConsumerHandle(1)); }

  Consumer* Join(rtp::Layers preferred = {0, 0}) {
    ConsumerConfig config = VideoConsumer();
    config.handle = ConsumerHandle(1);
    config.encodings = fan_out_.encodings();
    config.preferred_layers = preferred;
    config.extensions.Register(rtp::ExtensionKind::kTransportSequenceNumber, 3);
    config.first_sequence_number = SequenceNumber(static_cast<uint16_t>(sim.random()()));
    subscriber.Expect(config.first_sequence_number);
    if (!options_.rtx) {
      config.rtx_ssrc.reset();
      config.rtx_payload_type.reset();
    }
    Consumer* consumer = b.AddConsumer(sim.now(), config, &fan_out_);
    timeouts_b_.Reschedule();
    return consumer;
  }

  void RequestKeyFrame(Timestamp now, ProducerHandle, uint8_t encoding) override {
    a.HandleKeyFrameRequest(now, producer, encoding);
    timeouts_a_.Reschedule();
  }
  void SetWanted(ProducerHandle, const WantedLayers& wanted) override {
    a.SetWanted(sim.now(), producer, &fan_out_, wanted);
    timeouts_a_.Reschedule();
  }
  void ResumeProducer() {
    a.ResumeProducer(sim.now(), producer);
    timeouts_a_.Reschedule();
  }
  // From now on the network is good, and what is missing is repaired.
  void Settle() {
    for (sim::Link* link : {&up_, &back_, &down_, &feedback_}) link->set_options({});
    sim.RunFor(TimeDelta::Seconds(2));
  }

  sim::Simulation sim;

 private:
  void HandleAtA(const Octets& packet) {
    if (rtp::rtcp::IsRtcp(packet)) {
      a.HandleRtcp(sim.now(), packet);
    } else {
      SlabRef slab = pool_.Acquire();
      std::copy(packet.begin(), packet.end(), slab->storage().begin());
      slab->Resize(packet.size());
      slab->packet().arrival = sim.now();
      a.HandleRtp(sim.now(), slab);
    }
    timeouts_a_.Reschedule();
  }
  void HandleAtB(const Octets& packet) {
    b.HandleRtcp(sim.now(), packet);
    timeouts_b_.Reschedule();
  }
  void HandleAtSubscriber(const Octets& packet) {
    rtp::rtcp::IsRtcp(packet) ? subscriber.HandleRtcp(packet) : subscriber.HandleRtp(packet);
  }

  Options options_;
  SlabPool pool_;
  SimPort port_a_, port_b_;

 public:
  SimPublisher publisher;
  SimSubscriber subscriber;
  Producer* producer = nullptr;
  const SimPort& port_b() const { return port_b_; }

 private:
  sim::Link up_, back_, down_, feedback_;
  FanOut fan_out_;

 public:
  RtpSession a{{.rtcp_ssrc = Ssrc(0xaa), .clock = {}, .random_seed = 1}, &pool_, &port_a_};
  RtpSession b{{.rtcp_ssrc = Ssrc(0xbb), .clock = {}, .random_seed = 2}, &pool_, &port_b_};

 private:
  sim::TimeoutDriver<RtpSession> timeouts_a_{&sim, &a};
  sim::TimeoutDriver<RtpSession> timeouts_b_{&sim, &b};
};

}  // namespace sluice::router
