#include "tests/sim/paced_flow.h"

#include <algorithm>
#include <array>
#include <random>
#include <utility>

#include "rtp/rtcp/compound_reader.h"

namespace sluice::sim {
namespace {

using rtp::congestion::PacketKind;

constexpr int64_t kMaxPacket = 1'200;
constexpr TimeDelta kAudioInterval = TimeDelta::Millis(20);
constexpr double kKeyFrame = 6;                    // Times an ordinary frame.
constexpr TimeDelta kTick = TimeDelta::Millis(1);  // Of timers: they come late by up to this.

}  // namespace

PacedFlow::PacedFlow(Simulation* sim, Bottleneck* link, const Options& options)
    : sim_(sim), link_(link), options_(options), estimator_(options.estimator) {}

void PacedFlow::Start() {
  started_ = sim_->now();
  SendAudio();
  SendFrame();
}

void PacedFlow::SendFrame() {
  sim_->After(TimeDelta::Seconds(1) / options_.frames_per_second, [this] { SendFrame(); });
  estimator_.SetNeeded(sim_->now(), options_.max_video + options_.audio);
  const DataRate video = std::min(estimator_.target() - options_.audio, options_.max_video);
  const double average = static_cast<double>(video.bps()) / 8 / options_.frames_per_second;
  double size = average * std::uniform_real_distribution<>(0.7, 1.3)(sim_->random());
  if (sim_->now() >= next_key_frame_) {
    frame_debt_ += size * (kKeyFrame - 1);
    size *= kKeyFrame;
    next_key_frame_ = options_.key_frame_interval > 0
                          ? sim_->now() + TimeDelta::Seconds(1) * options_.key_frame_interval
                          : Timestamp::Never();
  } else {  // An encoder makes up for it within a second or so.
    const double saved = std::min(frame_debt_, size * 0.25);
    frame_debt_ -= saved;
    size -= saved;
  }
  auto bytes = static_cast<int64_t>(std::max(size, 60.0));
  if (pacer_.queue_time(sim_->now()) > TimeDelta::Millis(500)) bytes = 0;  // An encoder drops the frame.
  const int64_t packets = (bytes + kMaxPacket - 1) / kMaxPacket;
  for (int64_t i = 0; i < packets; ++i) {
    const auto part = static_cast<size_t>(bytes / packets);
    (void)pacer_.Push(sim_->now(), Packet{part}, part, PacketKind::kVideo);
  }
  Drive();
}

void PacedFlow::SendAudio() {
  sim_->After(kAudioInterval, [this] { SendAudio(); });
  const auto bytes = static_cast<size_t>((options_.audio * kAudioInterval).bytes());
  if (bytes == 0) return;
  SendPacket(bytes, PacketKind::kAudio, 0);
  pacer_.HandleAudio(sim_->now(), bytes);
  Drive();
}

void PacedFlow::Output::Send(Packet&& packet, PacketKind kind, uint8_t probe) {
  flow->SendPacket(packet.bytes, kind, probe);
}

size_t PacedFlow::Output::Pad(size_t bytes, uint8_t probe) {
  flow->padding_bytes_ += static_cast<int64_t>(bytes);
  flow->SendPacket(bytes, PacketKind::kPadding, probe);
  return bytes;
}

void PacedFlow::SendPacket(size_t bytes, PacketKind kind, uint8_t probe) {
  const uint16_t sequence = estimator_.next_sequence();
  const Timestamp now = sim_->now();
  estimator_.HandleSent({.sent = now, .size = static_cast<uint16_t>(bytes), .kind = kind, .probe = probe});
  sent_bytes_ += static_cast<int64_t>(bytes);
  link_->Send(bytes, [this, sequence, bytes, now, audio = kind == PacketKind::kAudio] {
    HandleArrival(sequence, bytes, audio, now);
  });
}

void PacedFlow::Drive() {
  const Timestamp now = sim_->now();
  estimator_.HandleTimeout(now);
  pacer_.SetLimits(now,
                   {.rate = estimator_.pacing_rate(), .full = estimator_.in_flight() > estimator_.window()});
  if (!pacer_.probing()) {
    if (auto probe = estimator_.PollProbe(now)) pacer_.StartProbe(now, *probe);
  }
  Output output{this};
  pacer_.Process(now, output);
  Arm(std::min(estimator_.NextTimeout(), pacer_.NextTimeout(now)));
}

void PacedFlow::Arm(Timestamp when) {
  if (when.IsNever()) return;
  when = std::max(when, sim_->now() + TimeDelta::Micros(1));
  const int64_t ticks = (when.us() + kTick.us() - 1) / kTick.us();
  when = Timestamp::Micros(ticks * kTick.us());
  if (when >= armed_) return;
  armed_ = when;
  sim_->At(when, [this, when] {
    if (armed_ != when) return;
    armed_ = Timestamp::Never();
    Drive();
  });
}

Timestamp PacedFlow::ReceiverNow() const {
  return sim_->now() + (sim_->now() - started_) * options_.clock_drift + TimeDelta::Seconds(77);
}

void PacedFlow::HandleArrival(uint16_t sequence, size_t bytes, bool audio, Timestamp sent) {
  received_bytes_ += static_cast<int64_t>(bytes);
  if (audio) audio_delays_.push_back(sim_->now() - sent);
  feedback_.HandlePacket(ReceiverNow(), sequence, bytes);
  DriveReceiver();
}

void PacedFlow::DriveReceiver() {
  if (receiver_armed_ || feedback_.NextTimeout().IsNever()) return;
  receiver_armed_ = true;
  const TimeDelta wait = std::max(feedback_.NextTimeout() - ReceiverNow(), TimeDelta::Zero());
  sim_->After(wait * (1 / (1 + options_.clock_drift)) + TimeDelta::Micros(1), [this] {
    receiver_armed_ = false;
    std::array<uint8_t, rtp::rtcp::CompoundWriter::kMaxSize> buffer;
    while (feedback_.NextTimeout() <= ReceiverNow()) {
      rtp::rtcp::CompoundWriter writer(buffer);
      if (!feedback_.BuildFeedback(ReceiverNow(), Ssrc(1), Ssrc(2), writer)) break;
      if (feedback_down_ || sim_->Chance(options_.feedback_loss)) continue;
      TimeDelta delay = options_.return_delay;
      if (options_.feedback_jitter > TimeDelta::Zero()) {
        std::uniform_int_distribution<int64_t> jitter(0, options_.feedback_jitter.us());
        delay += TimeDelta::Micros(jitter(sim_->random()));
      }
      const Bytes bytes = writer.bytes();
      sim_->After(delay,
                  [this, copy = std::vector<uint8_t>(bytes.begin(), bytes.end())] { HandleFeedback(copy); });
    }
    DriveReceiver();
  });
}

void PacedFlow::HandleFeedback(const std::vector<uint8_t>& packet) {
  auto reader = rtp::rtcp::CompoundReader::Parse(packet);
  while (auto block = reader->Next()) {
    auto feedback = rtp::rtcp::TransportFeedback::Parse(*block);
    if (feedback) estimator_.HandleTransportFeedback(sim_->now(), *feedback);
  }
  Drive();
}

std::vector<TimeDelta> PacedFlow::TakeAudioDelays() { return std::exchange(audio_delays_, {}); }

}  // namespace sluice::sim
