// The shape of a synthetic video stream: which packets its next frame has, how large they are and when they
// leave. Like browsers: a frame's packets within a millisecond, cut evenly so that sizes differ by an octet
// at most (the larger ones last), a key frame every few seconds and on request.
#pragma once

#include <cstddef>
#include <cstdint>
#include <random>
#include <vector>

#include "rtp/units.h"

namespace sluice::load {

struct VideoShapeOptions {
  int fps = 30;
  std::vector<int> packets_per_frame = {4, 5};  // In turn; each at least 1.
  size_t payload_size = 1100;                   // Of a packet, on average.
  bool equal_sizes = false;                     // Otherwise as browsers cut: differing by an octet.
  double key_frame_scale = 3;                   // How many times the packets of other frames.
  TimeDelta key_frame_interval = TimeDelta::Seconds(5);
  TimeDelta spread = TimeDelta::Micros(400);  // From a frame's first packet to its last.
};

struct PacketShape {
  size_t payload_size = 0;
  TimeDelta offset;  // After the frame's first packet.
  bool key_frame = false;
  bool first = false;
  bool last = false;
};

class VideoShape {
 public:
  // `seed` decides the frames' sizes and where in the interval the first key frame falls.
  VideoShape(VideoShapeOptions options, uint32_t seed);

  // Replaces `packets` by the next frame's.
  void NextFrame(bool key_frame_wanted, std::vector<PacketShape>* packets);
  // When frame n leaves, after the first.
  TimeDelta FrameTime(int64_t frame) const { return TimeDelta::Micros(frame * 1'000'000 / options_.fps); }
  const VideoShapeOptions& options() const { return options_; }

 private:
  size_t FrameSize(size_t packets);

  VideoShapeOptions options_;
  std::minstd_rand random_;
  int64_t frame_ = 0;
  int64_t next_key_frame_ = 0;
};

// One encoding of `layers` (0: the smallest) of a simulcast stream whose largest is `full`: half the packets
// for each step down.
VideoShapeOptions SimulcastLayer(const VideoShapeOptions& full, int layer, int layers);

}  // namespace sluice::load
