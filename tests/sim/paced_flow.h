// One sluice subscriber in virtual time: a video source that follows the estimate, audio, the pacer and the
// bandwidth estimator on one side; on the other a receiver that answers with real transport-wide feedback.
#pragma once

#include <cstdint>
#include <functional>
#include <vector>

#include "rtp/congestion/bandwidth_estimator.h"
#include "rtp/congestion/pacer.h"
#include "rtp/transport_feedback_sender.h"
#include "tests/sim/bottleneck.h"
#include "tests/sim/simulation.h"

namespace sluice::sim {

class PacedFlow {
 public:
  struct Options {
    rtp::congestion::BandwidthEstimator::Options estimator;
    TimeDelta return_delay = TimeDelta::Millis(20);
    double feedback_loss = 0;
    TimeDelta feedback_jitter;
    double clock_drift = 0;  // Of the receiver, relative.
    DataRate audio = DataRate::KilobitsPerSec(40);
    DataRate max_video = DataRate::Infinite();
    int frames_per_second = 30;
    double key_frame_interval = 0;  // Seconds; 0: only the first.
  };

  PacedFlow(Simulation* sim, Bottleneck* link, const Options& options);
  PacedFlow(const PacedFlow&) = delete;
  PacedFlow& operator=(const PacedFlow&) = delete;

  void Start();
  void set_max_video(DataRate rate) { options_.max_video = rate; }
  void set_feedback_down(bool down) { feedback_down_ = down; }

  const rtp::congestion::BandwidthEstimator& estimator() const { return estimator_; }
  TimeDelta pacing_delay() const { return pacer_.queue_time(sim_->now()); }
  int64_t sent_bytes() const { return sent_bytes_; }
  int64_t received_bytes() const { return received_bytes_; }
  int64_t padding_bytes() const { return padding_bytes_; }
  // One-way delays of audio since the last call, the path's own included.
  std::vector<TimeDelta> TakeAudioDelays();

 private:
  struct Packet {
    size_t bytes = 0;
  };
  friend class rtp::congestion::Pacer<Packet>;
  struct Output {
    PacedFlow* flow;
    void Send(Packet&& packet, rtp::congestion::PacketKind kind, uint8_t probe);
    size_t Pad(size_t bytes, uint8_t probe);
  };

  void SendFrame();
  void SendAudio();
  void SendPacket(size_t bytes, rtp::congestion::PacketKind kind, uint8_t probe);
  void Drive();
  void Arm(Timestamp when);
  void HandleArrival(uint16_t sequence, size_t bytes, bool audio, Timestamp sent);
  Timestamp ReceiverNow() const;
  void DriveReceiver();
  void HandleFeedback(const std::vector<uint8_t>& packet);

  Simulation* sim_;
  Bottleneck* link_;
  Options options_;
  rtp::congestion::BandwidthEstimator estimator_;
  rtp::congestion::Pacer<Packet> pacer_;
  rtp::TransportFeedbackSender feedback_;
  bool feedback_down_ = false;
  Timestamp armed_ = Timestamp::Never();
  Timestamp started_;
  Timestamp next_key_frame_ = Timestamp::Past();
  double frame_debt_ = 0;  // Octets that a key frame took from the frames after it.
  bool receiver_armed_ = false;
  int64_t sent_bytes_ = 0;
  int64_t received_bytes_ = 0;
  int64_t padding_bytes_ = 0;
  std::vector<TimeDelta> audio_delays_;
};

}  // namespace sluice::sim
