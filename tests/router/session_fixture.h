// An RTP session with one audio and one video producer, fed octet by octet, in virtual time.
#pragma once

#include <gtest/gtest.h>

#include <algorithm>
#include <memory>

#include "router/rtp_session.h"
#include "tests/router/media.h"
#include "tests/router/recording_port.h"

namespace sluice::router {

constexpr Ssrc kOurs(0xfeed);
constexpr Ssrc kAudioSsrc(11), kVideoSsrc(12), kVideoRtxSsrc(13);
constexpr ProducerHandle kAudioProducer(1), kVideoProducer(2);

inline ProducerConfig AudioProducer() {
  ProducerConfig config;
  config.handle = kAudioProducer;
  config.kind = MediaKind::kAudio;
  config.mid = "a";
  config.codecs = {{.codec = rtp::Codec::kOpus,
                    .payload_type = PayloadType(kOpus),
                    .mapped_payload_type = PayloadType(kOpus),
                    .rtx_payload_type = {},
                    .clock_rate = 48'000}};
  config.encodings = {{.ssrc = kAudioSsrc, .rtx_ssrc = {}, .rid = ""}};
  config.extensions.Register(rtp::ExtensionKind::kMid, 1);
  config.extensions.Register(rtp::ExtensionKind::kAbsSendTime, 2);
  config.extensions.Register(rtp::ExtensionKind::kTransportSequenceNumber, 3);
  return config;
}

inline ProducerConfig VideoProducer() {
  ProducerConfig config = AudioProducer();
  config.handle = kVideoProducer;
  config.kind = MediaKind::kVideo;
  config.mid = "v";
  config.codecs = {{.codec = rtp::Codec::kVp8,
                    .payload_type = PayloadType(kVp8),
                    .mapped_payload_type = PayloadType(kVp8),
                    .rtx_payload_type = PayloadType(kVp8Rtx),
                    .clock_rate = 90'000}};
  config.encodings = {{.ssrc = kVideoSsrc, .rtx_ssrc = kVideoRtxSsrc, .rid = ""}};
  config.nack = true;
  config.pli = true;
  return config;
}

class SessionFixture : public ::testing::Test {
 protected:
  SessionFixture() { session_.SetWritable(now_, true); }

  void Receive(const Octets& packet) {
    SlabRef slab = pool_.Acquire();
    std::copy(packet.begin(), packet.end(), slab->storage().begin());
    slab->Resize(packet.size());
    slab->packet().arrival = now_;
    session_.HandleRtp(now_, slab);
  }
  void Video(uint16_t sequence, bool key_frame = false, Octets extension = {}) {
    rtp::RtpPacket packet{.payload_type = kVp8,
                          .sequence = sequence,
                          .timestamp = sequence * 3000u,
                          .ssrc = kVideoSsrc.value(),
                          .payload = key_frame ? KeyFrame() : DeltaFrame()};
    if (!extension.empty()) packet.profile = 0xbede;
    packet.extension = std::move(extension);
    Receive(packet.Encode());
  }
  void Audio(uint16_t sequence) {
    Receive(rtp::RtpPacket{.payload_type = kOpus,
                           .sequence = sequence,
                           .timestamp = sequence * 960u,
                           .ssrc = kAudioSsrc.value(),
                           .payload = Octets(80)}
                .Encode());
  }
  template <typename WriteBlocks>
  void ReceiveRtcp(WriteBlocks write) {
    const Octets packet = Rtcp(write);
    session_.HandleRtcp(now_, packet);
  }

  // Time passes; the session's timeouts are kept to the microsecond. How often it was woken.
  int Wait(TimeDelta time) {
    const Timestamp end = now_ + time;
    int timeouts = 0;
    while (session_.NextTimeout() <= end) {
      now_ = std::max(now_, session_.NextTimeout());
      session_.HandleTimeout(now_);
      if (++timeouts == 100'000) {
        ADD_FAILURE() << "the session never rests";
        break;
      }
    }
    now_ = end;
    return timeouts;
  }

  template <typename Block>
  std::vector<Block> Sent(rtp::rtcp::BlockKind kind) const {
    return port_.Blocks<Block>(kind);
  }

  SlabPool pool_{1024};
  RecordingPort port_;
  RecordingLink link_;
  RecordingEvents events_;
  Timestamp now_ = Timestamp::Seconds(1'000);
  const rtp::WallClockAnchor clock_{now_, 1'800'000'000'000'000};
  RtpSession session_{
      {.rtcp_ssrc = kOurs, .clock = clock_, .random_seed = 1, .events = &events_}, &pool_, &port_};
};

}  // namespace sluice::router
