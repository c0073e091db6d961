// The receiving half of forwarding: takes a publisher's packets, repairs losses, and hands each new packet
// once to every sink (one a worker that has consumers).
//
// Thread: the worker of the producer's transport.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <vector>

#include "router/audio_meter.h"
#include "router/config.h"
#include "router/layer_demand.h"
#include "router/packet_sink.h"
#include "router/receive_stream.h"
#include "router/rtp_demuxer.h"
#include "router/session_event.h"
#include "rtp/slab.h"
#include "rtp/video_orientation.h"

namespace sluice::router {

class Producer {
 public:
  enum class Result : uint8_t {
    kForwarded,
    kPaused,
    kNotSelected,
    kProbe,
    kDuplicate,
    kInvalidSequence,
    kUnknownPayloadType,
    kMalformedRed
  };

  explicit Producer(const ProducerConfig& config);
  Producer(const Producer&) = delete;
  Producer& operator=(const Producer&) = delete;

  // `packet` has its slab's ReceivedPacket filled but for what depends on the stream: the sequence, the
  // encoding, the router's payload type and the frame.
  Result HandleRtp(Timestamp now, const SlabRef& packet, SequenceNumber sequence_number,
                   const RtpRoute& route);
  void HandleSenderReport(const SenderReportInfo& report);
  // The publisher says that this encoding has ended.
  void HandleBye(uint8_t encoding) { streams_[encoding].HandleBye(); }

  // `sink` outlives its removal. A new sink gets the sender reports known so far.
  void AddSink(PacketSink* sink);
  void RemoveSink(PacketSink* sink);

  // What is wanted behind a sink.
  void SetWanted(const PacketSink* sink, const WantedLayers& wanted) { demand_.Set(sink, wanted); }
  // After each change of sinks, of what they want or of the pause, and at NextTimeout(); true when wanted()
  // changed.
  bool UpdateWanted(Timestamp now) { return demand_.Update(now, paused_); }
  // What subscribers want, for the publisher to know.
  const WantedLayers& wanted() const { return demand_.told(); }

  // Listens to what is forwarded; nullptr: nobody does. It outlives its removal.
  void set_audio_meter(AudioMeter* meter) { audio_meter_ = meter; }

  // What is worth a look after a packet: a set that is empty for almost every one.
  enum Attention : uint8_t { kStreamStarted = 1, kOrientationChanged = 2, kTraced = 4 };
  uint8_t attention() const { return attention_; }
  // Stream and orientation; the traces stay.
  void ClearAttention() { attention_ = static_cast<uint8_t>(attention_ & kTraced); }
  // Of video that says it.
  const std::optional<rtp::VideoOrientation>& orientation() const { return orientation_; }
  TraceKinds traces() const { return traces_; }
  void set_traces(TraceKinds kinds);
  ProducerScored Scores() const;
  // Once after each report of its streams; true when Scores() changed.
  bool UpdateScores(Timestamp now);

  // Of a room that forwards its loudest only: whether this is one of them. It is listened to anyway.
  void SetSelected(bool selected);
  bool selected() const { return selected_; }

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

  static constexpr TimeDelta kOrientationInterval = TimeDelta::Millis(100);

  void NoteOrientation(Timestamp now, const Slab& packet);
  bool ReadRed(Slab* packet) const;
  static bool Unwrap(Slab* packet, const ReceiveStream& stream, SequenceNumber* original);

  ProducerConfig config_;
  std::array<uint8_t, 128> codec_of_payload_type_;
  std::vector<ReceiveStream> streams_;  // By encoding.
  std::vector<PacketSink*> sinks_;
  LayerDemand demand_;
  AudioMeter* audio_meter_ = nullptr;
  bool paused_;
  bool selected_;
  uint8_t attention_ = 0;
  TraceKinds traces_;
  std::optional<rtp::VideoOrientation> orientation_;
  Timestamp next_orientation_ = Timestamp::Past();  // Changes before are ignored.
};

}  // namespace sluice::router
