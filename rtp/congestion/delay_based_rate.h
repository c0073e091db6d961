// The rate at which the path's queue stays short.
//
// Rising, it adds a packet per response time where the link's capacity is known to be near, and 8 % a second
// where it is not. When the queue grows or stands, what the receiver got meanwhile is what the link carries:
// the rate goes below that until the queue is gone, the further the longer the queue, and then comes back to
// a little less than it.
#pragma once

#include <optional>

#include "rtp/congestion/competition_detector.h"
#include "rtp/congestion/queue_detector.h"
#include "rtp/units.h"

namespace sluice::rtp::congestion {

class DelayBasedRate {
 public:
  struct Input {
    Timestamp now;
    QueueState queue;
    std::optional<DataRate> delivered;         // Over some 300 ms.
    std::optional<DataRate> delivered_lately;  // Over some 100 ms.
    TimeDelta unheard;                         // Since the newest packet was sent of which we have heard.
    bool loss = false;                         // Packets were lost since the last feedback.
    TimeDelta round_trip;                      // The least of late, with the receiver's delay of feedback.
    DataRate sent;                             // Of late: what the queue owes to us.
    DataRate sent_lately;                      // Over some 200 ms.
    bool application_limited = false;
  };

  explicit DelayBasedRate(DataRate start) : rate_(start) {}

  // Once a feedback.
  void Update(const Input& input);
  // From a probe, or from outside.
  void Set(DataRate rate) { rate_ = rate; }  // Not zero.
  // A probe found that the link carries this.
  void Raise(Timestamp now, DataRate rate);
  DataRate rate() const { return rate_; }
  bool draining() const { return draining_; }
  bool competing() const { return competition_.competing(); }
  // The link's capacity as it was last seen; nullopt: not yet, or it has changed since.
  std::optional<DataRate> capacity() const;
  Timestamp last_decrease() const { return last_decrease_; }

 private:
  static DataRate Between(DataRate a, DataRate b);
  static bool IsSurge(const Input& input);
  bool IsOveruse(const Input& input) const;
  void Decrease(const Input& input, DataRate delivered);
  void Increase(const Input& input);
  void Compete(const Input& input);
  double SinceLastUpdate(Timestamp now) const;  // Seconds, no more than half a one.
  double IncreasePerSecond(const Input& input) const;
  void NoteCapacity(DataRate rate);

  CompetitionDetector competition_;
  DataRate rate_;
  DataRate resume_at_;  // When the queue is gone.
  bool draining_ = false;
  DataRate before_decrease_;
  DataRate before_raise_;
  Timestamp raised_ = Timestamp::Past();
  Timestamp drain_until_ = Timestamp::Past();
  Timestamp last_decrease_ = Timestamp::Past();
  Timestamp last_update_ = Timestamp::Past();
  double capacity_bps_ = 0;          // Smoothed; 0: unknown.
  double capacity_deviation_ = 0.1;  // Relative.
};

}  // namespace sluice::rtp::congestion
