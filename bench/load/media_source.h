// Decides when the packets of one outgoing stream leave.
#pragma once

#include <cstdint>
#include <functional>
#include <vector>

#include "bench/load/counters.h"
#include "bench/load/outgoing_stream.h"
#include "bench/load/pacer.h"
#include "bench/load/video_shape.h"

namespace sluice::load {

// `send` gives the packet of that shape to the network.
using SendMedia = std::function<void(Timestamp now, OutgoingStream&, const PacketShape&)>;

class VideoSource : public Paced {
 public:
  // `stream` and `counters` outlive the source.
  VideoSource(OutgoingStream* stream, const VideoShapeOptions& shape, uint32_t seed, Timestamp start,
              SendMedia send, Counters* counters);
  Timestamp HandleDue(Timestamp now) override;

 private:
  // A generator that is this late leaves frames out instead of sending them in a bunch.
  static constexpr TimeDelta kTooLate = TimeDelta::Millis(500);

  Timestamp FrameStart() const { return start_ + shape_.FrameTime(frame_); }

  OutgoingStream* stream_;
  VideoShape shape_;
  Timestamp start_;
  SendMedia send_;
  Counters* counters_;
  int64_t frame_ = 0;
  std::vector<PacketShape> packets_;  // Of the frame that is leaving.
  size_t next_packet_ = 0;
};

class AudioSource : public Paced {
 public:
  static constexpr TimeDelta kPacketTime = TimeDelta::Millis(20);

  AudioSource(OutgoingStream* stream, size_t payload_size, Timestamp start, SendMedia send)
      : stream_(stream), payload_size_(payload_size), next_(start), send_(std::move(send)) {}
  Timestamp HandleDue(Timestamp now) override;

 private:
  OutgoingStream* stream_;
  size_t payload_size_;
  Timestamp next_;
  SendMedia send_;
};

}  // namespace sluice::load
