// The receiver's side of transport-wide congestion control
// (draft-holmer-rmcat-transport-wide-cc-extensions-01): takes note of when the packets of a whole transport
// arrived, and tells the sender of it every 50 to 250 ms: as often as that takes no more than kShare of the
// rate at which packets arrive.
//
//   sender.HandlePacket(arrival, transport_sequence, size);      // each packet that carries the extension
//   while (sender.NextTimeout() <= now) {                        // more than once only after a burst
//     CompoundWriter writer(buffer);
//     if (!sender.BuildFeedback(now, media, ours, writer)) break;
//     Send(writer.bytes());
//   }
//
// Memory: a ring of arrival times that grows from 1,024 to at most kMaxPackets (64 KB); what does not fit
// between two feedbacks is forgotten.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <vector>

#include "rtp/ids.h"
#include "rtp/rate_counter.h"
#include "rtp/rtcp/compound_writer.h"
#include "rtp/units.h"

namespace sluice::rtp {

class TransportFeedbackSender {
 public:
  static constexpr TimeDelta kMinInterval = TimeDelta::Millis(50);
  static constexpr TimeDelta kMaxInterval = TimeDelta::Millis(250);
  static constexpr double kShare = 0.05;
  static constexpr size_t kMaxPackets = 8'192;
  // A packet that comes later than this many others is not reported any more.
  static constexpr int64_t kMaxReordering = 1'000;

  // `bytes`: the whole packet.
  void HandlePacket(Timestamp arrival, uint16_t transport_sequence, size_t bytes);

  // Never() while there is nothing to report.
  Timestamp NextTimeout() const { return next_timeout_; }

  // Writes one feedback block on what arrived since the last one. NextTimeout() does not move on until all is
  // reported. False: nothing to report (then it is Never()), or `writer` is too full for even one packet.
  // `media_ssrc`: any stream of the transport that receives.
  [[nodiscard]] bool BuildFeedback(Timestamp now, Ssrc media_ssrc, Ssrc sender_ssrc,
                                   rtcp::CompoundWriter& writer);

  uint8_t feedback_count() const { return feedback_count_; }
  TimeDelta interval() const { return interval_; }

 private:
  static constexpr size_t kMinPackets = 1'024;

  Timestamp& Slot(int64_t sequence) {
    return arrivals_[static_cast<size_t>(sequence) & (arrivals_.size() - 1)];
  }
  std::optional<int64_t> Unwrap(uint16_t transport_sequence);
  void Restart(int64_t sequence);
  void Extend(int64_t sequence);
  void GrowFor(int64_t span);
  std::optional<int64_t> NextReceived(int64_t sequence);
  void Finish(Timestamp now);

  SequenceUnwrapper unwrapper_;
  bool started_ = false;
  std::optional<uint16_t> next_of_restart_;
  std::vector<Timestamp> arrivals_;  // Slot: sequence modulo its size; Never(): not received.
  int64_t begin_ = 0;                // First sequence of the next feedback.
  int64_t kept_ = 0;                 // First sequence whose slot is valid: reported ones, for reordering.
  int64_t end_ = 0;                  // Behind the newest received.
  uint8_t feedback_count_ = 0;
  RateCounter received_;
  size_t written_ = 0;  // Octets of the present feedback, so far.
  TimeDelta interval_ = TimeDelta::Millis(100);
  Timestamp last_feedback_ = Timestamp::Past();
  Timestamp next_timeout_ = Timestamp::Never();
};

}  // namespace sluice::rtp
