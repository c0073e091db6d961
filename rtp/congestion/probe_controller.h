// When to send a probe, how fast, and what to make of the result.
//
// At the start, as soon as more is needed than the estimate allows, some seconds after the estimate fell, and
// every few seconds while it is not enough. A probe that gets through is followed by a faster one at once. If
// the estimate falls back soon after a probe has raised it, the probe was wrong (a token bucket let it pass),
// and the next ones come at longer intervals.
#pragma once

#include <optional>

#include "rtp/congestion/probe.h"
#include "rtp/units.h"

namespace sluice::rtp::congestion {

class ProbeController {
 public:
  struct State {
    DataRate estimate;
    DataRate max;       // That may be used at most.
    bool calm = false;  // The queue is empty and nothing limits the rate but the estimate itself.
    TimeDelta round_trip;
  };

  // What could be used if there was room.
  void SetNeeded(DataRate rate) { needed_ = rate; }
  DataRate needed() const { return needed_; }

  // Something to start now?
  std::optional<Probe> Poll(Timestamp now, const State& state);
  // From each packet acknowledged that is part of a probe.
  void HandleAcked(const AckedPacket& packet) {
    if (in_flight_ && packet.probe == measurement_.probe().id) measurement_.HandleAcked(packet);
  }
  // Once a feedback: what the estimate may be raised to.
  std::optional<DataRate> HandleFeedback(Timestamp now, const State& state);
  // The estimate went down from one value to another.
  void HandleDrop(Timestamp now, DataRate from, DataRate to);
  // The path is back after a silence before which the estimate was `before`.
  void HandleReturn(Timestamp now, DataRate before);
  // Probes at the next occasion, but not at once after another probe.
  void Request(Timestamp now);

 private:
  void End(Timestamp now, bool success);

  DataRate needed_ = DataRate::Zero();
  ProbeMeasurement measurement_;
  bool in_flight_ = false;
  bool started_ = false;
  uint8_t last_id_ = 0;
  Timestamp deadline_;
  Timestamp next_ = Timestamp::Past();
  Timestamp ended_ = Timestamp::Past();
  TimeDelta interval_;
  std::optional<DataRate> recover_;
  Timestamp raised_ = Timestamp::Past();
  DataRate raised_to_;
};

}  // namespace sluice::rtp::congestion
