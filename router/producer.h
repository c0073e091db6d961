// The receiving half of forwarding: takes a publisher's packets, repairs losses, and hands each new packet
// once to every sink (one a worker that has consumers).
//
// Thread: the worker of the producer's transport.
#pragma once

#include <array>
#include <cstdint>
#include <vector>

#include "router/audio_meter.h"
#include "router/config.h"
#include "router/packet_sink.h"
#include "router/receive_stream.h"
#include "router/rtp_demuxer.h"
#include "rtp/slab.h"

namespace sluice::router {

class Producer {
 public:
  enum class Result : uint8_t {
    kForwarded,
    kPaused,
    kProbe,
    kDuplicate,
    kInvalidSequence,
    kUnknownPayloadType
  };

  explicit Producer(const ProducerConfig& config);
  Producer(const Producer&) = delete;
  Producer& operator=(const Producer&) = delete;

  // `packet` has its slab's ReceivedPacket filled but for what depends on the stream: the sequence, the
  // encoding, the router's payload type and the frame.
  Result HandleRtp(Timestamp now, const SlabRef& packet, SequenceNumber sequence_number,
                   const RtpRoute& route);
  void HandleSenderReport(const SenderReportInfo& report);

  // `sink` outlives its removal. A new sink gets the sender reports known so far.
  void AddSink(PacketSink* sink);
  void RemoveSink(PacketSink* sink);

  // Listens to what is forwarded; nullptr: nobody does. It outlives its removal.
  void set_audio_meter(AudioMeter* meter) { audio_meter_ = meter; }

  void Pause() { paused_ = true; }
  void Resume(Timestamp now);
  // No effect on audio and on codecs without key frames.
  void RequestKeyFrame(Timestamp now, uint8_t encoding);

  const ProducerConfig& config() const { return config_; }
  bool paused() const { return paused_; }
  std::vector<ReceiveStream>& streams() { return streams_; }
  const std::vector<ReceiveStream>& streams() const { return streams_; }
  Timestamp NextTimeout() const;

 private:
  static constexpr uint8_t kUnknown = 0xff;
  static constexpr uint8_t kRtx = 0x80;  // Flag beside the index in config_.codecs.

  static bool Unwrap(Slab* packet, ReceiveStream* stream, SequenceNumber* original);

  ProducerConfig config_;
  std::array<uint8_t, 128> codec_of_payload_type_;
  std::vector<ReceiveStream> streams_;  // By encoding.
  std::vector<PacketSink*> sinks_;
  AudioMeter* audio_meter_ = nullptr;
  bool paused_;
};

}  // namespace sluice::router
