#include "bench/load/video_shape.h"

#include <algorithm>
#include <cmath>
#include <utility>

namespace sluice::load {

VideoShape::VideoShape(VideoShapeOptions options, uint32_t seed)
    : options_(std::move(options)), random_(seed + 1) {}

// Of a frame that is not to be cut into equal packets: up to an eighth above or below the average.
size_t VideoShape::FrameSize(size_t packets) {
  const size_t average = packets * options_.payload_size;
  if (options_.equal_sizes) return average;
  return average - average / 8 + random_() % (average / 4 + 1);
}

void VideoShape::NextFrame(bool key_frame_wanted, std::vector<PacketShape>* packets) {
  packets->clear();
  const bool key_frame = key_frame_wanted || frame_ >= next_key_frame_;
  if (key_frame) {
    next_key_frame_ =
        frame_ + std::max<int64_t>(options_.key_frame_interval.us() * options_.fps / 1'000'000, 1);
  }
  const auto turn = static_cast<size_t>(frame_++) % options_.packets_per_frame.size();
  auto count = static_cast<size_t>(options_.packets_per_frame[turn]);
  if (key_frame)
    count = static_cast<size_t>(std::ceil(static_cast<double>(count) * options_.key_frame_scale));
  const size_t size = FrameSize(count);
  const size_t larger = size % count;  // So many have an octet more; they come last.
  for (size_t i = 0; i < count; ++i) {
    const auto gap =
        options_.spread.us() * static_cast<int64_t>(i) / static_cast<int64_t>(std::max<size_t>(count - 1, 1));
    packets->push_back({.payload_size = size / count + (i >= count - larger ? 1 : 0),
                        .offset = TimeDelta::Micros(gap),
                        .key_frame = key_frame,
                        .first = i == 0,
                        .last = i + 1 == count});
  }
}

VideoShapeOptions SimulcastLayer(const VideoShapeOptions& full, int layer, int layers) {
  VideoShapeOptions shape = full;
  for (int& packets : shape.packets_per_frame) packets = std::max(packets >> (layers - 1 - layer), 1);
  return shape;
}

}  // namespace sluice::load
