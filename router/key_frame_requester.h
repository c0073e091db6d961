// Asks the publisher for key frames of one stream (PLI or FIR, RFC 4585 §6.3.1, RFC 5104 §4.3.1): requests of
// all consumers are merged, spaced, and repeated until a key frame arrives or the publisher seems deaf.
#pragma once

#include "rtp/units.h"

namespace sluice::router {

class KeyFrameRequester {
 public:
  // `minimum_interval`: between two requests on the wire, also if a key frame came between them; never less than
  // what publishers listen to.
  explicit KeyFrameRequester(TimeDelta minimum_interval);

  // Somebody needs a key frame that starts after `now`.
  void Request(Timestamp now);
  void HandleKeyFrame(Timestamp now);
  // The publisher has been asked for a key frame of one of its streams.
  void HandleSent(Timestamp now);
  // There is nobody to ask any more.
  void Cancel() { next_send_ = Timestamp::Never(); }

  // True when a request is to be sent now.
  [[nodiscard]] bool Poll(Timestamp now);
  Timestamp NextTimeout() const { return next_send_; }

 private:
  // Chromium is deaf to requests for 300 ms after one, for any stream of the simulcast: who asks sooner, and does
  // not get a key frame that is already on its way, would wait for the repetition.
  static constexpr TimeDelta kHeardInterval = TimeDelta::Millis(350);
  // A key frame takes a round trip and an encoder's frame; past this the request counts as lost.
  static constexpr TimeDelta kRepeatInterval = TimeDelta::Millis(1000);
  // Publishers that ignore this many requests do not send key frames on demand.
  static constexpr int kMaxRepeats = 10;

  TimeDelta minimum_interval_;
  Timestamp last_sent_ = Timestamp::Past();
  Timestamp deaf_until_ = Timestamp::Past();
  Timestamp next_send_ = Timestamp::Never();
  int repeats_ = 0;
};

}  // namespace sluice::router
