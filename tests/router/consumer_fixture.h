// A consumer between a fan-out that the test feeds and a port that keeps what it sent.
#pragma once

#include <gtest/gtest.h>

#include <memory>

#include "router/consumer.h"
#include "router/fan_out.h"
#include "router/rtp_sender.h"
#include "tests/router/media.h"
#include "tests/router/recording_port.h"

namespace sluice::router {

inline ConsumerConfig VideoConsumer() {
  ConsumerConfig config;
  config.kind = MediaKind::kVideo;
  config.codec = rtp::Codec::kVp8;
  config.ssrc = Ssrc(0xc0);
  config.rtx_ssrc = Ssrc(0xc1);
  config.rtx_payload_type = PayloadType(kVp8Rtx);
  config.payload_types.set(kVp8);
  config.mid = "m";
  config.cname = "c";
  config.nack = true;
  config.first_sequence_number = SequenceNumber(100);
  config.first_rtx_sequence_number = SequenceNumber(5000);
  return config;
}

inline ConsumerConfig AudioConsumer() {
  ConsumerConfig config;
  config.kind = MediaKind::kAudio;
  config.codec = rtp::Codec::kOpus;
  config.clock_rate = 48'000;
  config.ssrc = Ssrc(0xa0);
  config.payload_types.set(kOpus);
  config.first_sequence_number = SequenceNumber(100);
  return config;
}

class ConsumerFixture : public ::testing::Test {
 protected:
  explicit ConsumerFixture(const ConsumerConfig& config = VideoConsumer()) {
    sender_.set_writable(true);
    Reset(config);
  }
  ~ConsumerFixture() override { fan_out_->Remove(consumer_.get()); }

  // Begins again with another consumer of another producer.
  void Reset(const ConsumerConfig& config) {
    if (consumer_) fan_out_->Remove(consumer_.get());
    consumer_.reset();
    fan_out_ = std::make_unique<FanOut>(ProducerHandle(1), config.kind, config.encodings, &link_);
    consumer_ = std::make_unique<Consumer>(config, fan_out_.get(), &sender_);
    fan_out_->Add(consumer_.get());
    link_.requests.clear();
    port_.Clear();
  }

  void Receive(ForwardedMedia media) {
    media.arrival = now_;
    fan_out_->HandlePacket(now_, media.In(pool_));
  }
  // One-packet VP8 frames at 30 a second.
  void Frame(int64_t sequence, bool key_frame = false) {
    Receive({.sequence = sequence,
             .key_frame = key_frame,
             .timestamp = static_cast<uint32_t>(3000 * sequence),
             .payload = key_frame ? KeyFrame(static_cast<uint8_t>(sequence))
                                  : DeltaFrame(static_cast<uint8_t>(sequence))});
  }
  void Wait(TimeDelta time) { now_ += time; }

  SlabPool pool_;
  RecordingPort port_;
  RecordingEvents events_;
  RtpSender sender_{&pool_, &port_, &events_};
  RecordingLink link_;
  Timestamp now_ = Timestamp::Seconds(1'000);
  std::unique_ptr<FanOut> fan_out_;
  std::unique_ptr<Consumer> consumer_;
};

}  // namespace sluice::router
