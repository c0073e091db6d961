#include "bench/load/media_source.h"

#include <algorithm>
#include <utility>

namespace sluice::load {

VideoSource::VideoSource(OutgoingStream* stream, const VideoShapeOptions& shape, uint32_t seed,
                         Timestamp start, SendMedia send, Counters* counters)
    : stream_(stream), shape_(shape, seed), start_(start), send_(std::move(send)), counters_(counters) {}

Timestamp VideoSource::HandleDue(Timestamp now) {
  if (next_packet_ == packets_.size()) {
    while (now - FrameStart() > kTooLate) {
      ++frame_;
      ++counters_->skipped_frames;
    }
    shape_.NextFrame(stream_->TakeKeyFrameRequest(), &packets_);
    next_packet_ = 0;
  }
  while (next_packet_ < packets_.size() && FrameStart() + packets_[next_packet_].offset <= now) {
    send_(now, *stream_, packets_[next_packet_++]);
  }
  if (next_packet_ < packets_.size()) return FrameStart() + packets_[next_packet_].offset;
  ++frame_;
  return FrameStart();
}

Timestamp AudioSource::HandleDue(Timestamp now) {
  send_(now, *stream_, {.payload_size = payload_size_, .first = true, .last = true});
  next_ = std::max(next_ + kPacketTime, now - kPacketTime);
  return next_;
}

}  // namespace sluice::load
