#include "router/key_frame_requester.h"

#include <algorithm>

namespace sluice::router {

KeyFrameRequester::KeyFrameRequester(TimeDelta minimum_interval) : minimum_interval_(minimum_interval) {}

void KeyFrameRequester::Request(Timestamp now) {
  repeats_ = 0;
  bool pending = !next_send_.IsNever();
  TimeDelta interval = pending ? std::max(minimum_interval_, kMergeInterval) : minimum_interval_;
  Timestamp earliest = last_sent_.IsPast() ? now : std::max(now, last_sent_ + interval);
  next_send_ = std::min(next_send_, earliest);
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
