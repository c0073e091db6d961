// Tells whether the queue on the path is ours: when we send less than we get through, ours shrinks as much as
// was saved; one that a TCP flow keeps full stays.
#pragma once

#include "rtp/units.h"

namespace sluice::rtp::congestion {

class CompetitionDetector {
 public:
  // The rate went below what was `delivered`, to make the queue of `queue` shrink.
  void HandleDecrease(Timestamp now, TimeDelta queue, TimeDelta round_trip, DataRate delivered);
  // Once a feedback: how long the queue is, and how fast we have sent since the last.
  void Update(Timestamp now, TimeDelta queue, TimeDelta noise, DataRate rate);
  bool competing() const { return competing_; }
  // Looking again whether there still is competition: no time for further decreases.
  bool checking() const { return testing_ && checking_; }

 private:
  bool testing_ = false;
  bool competing_ = false;
  bool checking_ = false;  // There was competition just before.
  Timestamp begins_;       // When the decrease has reached the queue and come back.
  Timestamp updated_;
  Timestamp since_;     // Of competition.
  TimeDelta initial_;   // Queue.
  TimeDelta expected_;  // By which the queue should have shrunk.
  DataRate delivered_;
  Timestamp empty_since_ = Timestamp::Never();
};

}  // namespace sluice::rtp::congestion
