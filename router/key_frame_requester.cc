#include "router/key_frame_requester.h"

#include <algorithm>

namespace sluice::router {

KeyFrameRequester::KeyFrameRequester(TimeDelta minimum_interval)
    : minimum_interval_(std::max(minimum_interval, kHeardInterval)) {}

void KeyFrameRequester::Request(Timestamp now) {
  repeats_ = 0;
  Timestamp earliest = last_sent_.IsPast() ? now : std::max(now, last_sent_ + minimum_interval_);
  next_send_ = std::min(next_send_, std::max(earliest, deaf_until_));
}

void KeyFrameRequester::HandleSent(Timestamp now) {
  deaf_until_ = now + kHeardInterval;
  if (!next_send_.IsNever()) next_send_ = std::max(next_send_, deaf_until_);
}

void KeyFrameRequester::HandleKeyFrame(Timestamp) { next_send_ = Timestamp::Never(); }

bool KeyFrameRequester::Poll(Timestamp now) {
  if (now < next_send_) return false;
  last_sent_ = now;
  next_send_ =
      ++repeats_ < kMaxRepeats ? now + std::max(kRepeatInterval, minimum_interval_) : Timestamp::Never();
  return true;
}

}  // namespace sluice::router
