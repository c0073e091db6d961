// A golden capture's publisher, two sessions of one worker with a fan-out between them, and a subscriber who
// asks for what is missing, in virtual time:
//
//   capture ── up ──> RtpSession ──> FanOut ──> RtpSession ── down ──> StreamDecoder
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <vector>

#include "router/rtp_session.h"
#include "tests/replay/golden.h"
#include "tests/replay/stream_decoder.h"
#include "tests/sim/link.h"
#include "tests/sim/simulation.h"

namespace sluice::replay {

class ReplayRoom : public router::ProducerLink {
 public:
  struct Options {
    uint64_t seed = 1;
    // After a quarter of a second, in which the network is good.
    sim::Link::Options up = {};
    sim::Link::Options down = {};
    bool descriptor = true;  // The subscriber has negotiated the dependency descriptor.
    bool repairs = true;     // Both sides send again what is asked for.
    rtp::Layers preferred = {UINT8_MAX, UINT8_MAX};
  };

  // `golden` outlives the room.
  ReplayRoom(const Golden* golden, const Options& options);
  ~ReplayRoom() override;

  // When the packet with this index is sent.
  Timestamp TimeOf(size_t index) const { return start_ + golden_->packets[index].time; }
  void PreferAt(Timestamp when, rtp::Layers layers);
  // All of the capture, and until what can be repaired is.
  StreamReport Run();

  router::Consumer& consumer() { return *consumer_; }
  sim::Simulation& sim() { return sim_; }

  // router::ProducerLink
  void RequestKeyFrame(Timestamp now, router::ProducerHandle producer, uint8_t encoding) override;
  void SetWanted(router::ProducerHandle producer, const router::WantedLayers& wanted) override;

 private:
  class Port : public router::PacketPort {
   public:
    explicit Port(sim::Link* link) : link_(link) {}
    void SendRtp(SlabRef packet, router::MediaKind) override { link_->Send(packet->bytes()); }
    void SendRtcp(SlabRef packet) override { link_->Send(packet->bytes()); }

   private:
    sim::Link* link_;
  };

  router::ConsumerConfig MakeConsumer() const;
  void Publish(size_t index);
  void HandleAtRouter(const std::vector<uint8_t>& packet);
  void HandleAtPublisher(const std::vector<uint8_t>& packet);
  void HandleAtSubscriber(const std::vector<uint8_t>& packet);
  void Expect(uint16_t number);
  void AskForMissing();

  const Golden* golden_;
  Options options_;
  sim::Simulation sim_;
  Timestamp start_;
  SlabPool pool_;
  sim::Link up_, back_, down_, feedback_;
  Port port_a_, port_b_;
  router::RtpSession a_, b_;
  sim::TimeoutDriver<router::RtpSession> timeouts_a_, timeouts_b_;
  router::FanOut fan_out_;
  router::Producer* producer_ = nullptr;
  router::Consumer* consumer_ = nullptr;

  std::map<std::pair<uint32_t, uint16_t>, std::vector<uint8_t>> published_;  // By SSRC and number.
  StreamDecoder decoder_;
  std::optional<int64_t> highest_;
  std::map<int64_t, Timestamp> missing_;  // When to ask (again).
  Timestamp end_;
};

}  // namespace sluice::replay
