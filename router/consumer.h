// One subscriber's view of a producer: decides which packets pass, and rewrites them into one continuous
// stream (SSRC, sequence, timestamp, extensions).
//
// A consumer of a simulcast producer forwards one encoding at a time and switches at a key frame of the
// next. Each uninterrupted stretch of one encoding is an epoch: a pause, a switch or a break in the
// publisher's stream begins the next. Sequence numbers continue across epochs, timestamps are aligned by the
// publisher's clock.
//
// Thread: the worker of the consumer's transport.
#pragma once

#include <array>
#include <cstdint>
#include <optional>

#include "router/config.h"
#include "router/fan_out.h"
#include "router/repair_log.h"
#include "router/rtp_sender.h"
#include "router/trace.h"
#include "rtp/packet_writer.h"
#include "rtp/rate_counter.h"
#include "rtp/rtcp/report_block.h"
#include "rtp/rtcp/sender_report.h"
#include "rtp/sequence_rewriter.h"
#include "rtp/stream_score.h"

namespace sluice::router {

struct ConsumerStatistics {
  int64_t packets = 0;  // Without retransmissions.
  int64_t bytes = 0;
  int64_t retransmitted_packets = 0;
  int64_t retransmitted_bytes = 0;
  int64_t repaired_packets = 0;  // Retransmitted for the first time.
  int64_t nack_messages = 0;
  int64_t nacked_packets = 0;
  int64_t unrepairable_packets = 0;  // Asked for, but no longer (or never) in the history.
  int64_t pli = 0;
  int64_t fir = 0;
  int64_t packets_lost = 0;   // As the subscriber reports it.
  uint8_t fraction_lost = 0;  // 1/256
  uint32_t jitter = 0;        // RTP units
  TimeDelta round_trip_time = TimeDelta::Zero();
};

class Consumer {
 public:
  // `fan_out` and `sender` outlive the consumer.
  Consumer(const ConsumerConfig& config, FanOut* fan_out, RtpSender* sender);
  Consumer(const Consumer&) = delete;
  Consumer& operator=(const Consumer&) = delete;

  void HandlePacket(Timestamp now, const Slab& packet);

  // The transport can send from now on.
  void HandleWritable(Timestamp now);
  void Pause();
  void Resume(Timestamp now);
  void SetPreferredEncoding(Timestamp now, uint8_t encoding);
  void RequestKeyFrame(Timestamp now);

  // RTCP from the subscriber.
  // Resends at most once a round trip, whatever is asked: a subscriber cannot multiply traffic by asking.
  // What was sent before a pause is repaired in it too, so that its last frame becomes whole.
  void HandleNack(Timestamp now, SequenceNumber lost);
  void HandleNackMessage() { ++statistics_.nack_messages; }
  void HandlePli(Timestamp now);
  void HandleFir(Timestamp now);
  // True when the score changed.
  bool HandleReportBlock(Timestamp now, const rtp::rtcp::ReportBlock& block);

  // What a sender report says now; nullopt while nothing was sent. `ntp_now` serves while the publisher has
  // not reported its own clock.
  std::optional<rtp::rtcp::SenderInfo> MakeSenderInfo(Timestamp now, uint64_t ntp_now);

  const ConsumerConfig& config() const { return config_; }
  const ConsumerStatistics& statistics() const { return statistics_; }
  DataRate bitrate(Timestamp now) const { return rate_.Rate(now); }
  // How well it gets to the subscriber.
  uint8_t score() const { return score_.value(); }
  TraceKinds traces() const { return traces_; }
  void set_traces(TraceKinds kinds) { traces_ = kinds; }
  bool paused() const { return paused_; }
  std::optional<uint8_t> current_encoding() const;

 private:
  static constexpr int kEpochs = 4;  // Retransmissions reach back this many switches.

  struct Epoch {
    uint8_t encoding = 0;
    Ssrc source;  // The publisher's.
    uint32_t timestamp_offset = 0;
  };
  struct SentReport {
    uint32_t compact_ntp = 0;
    Timestamp sent = Timestamp::Past();
  };

  bool UpdateScore();
  bool NeedsKeyFrame() const;
  // Of several encodings, which one to forward.
  bool chooses() const { return config_.encodings > 1 && !config_.pipe_encoding; }
  const Epoch& epoch() const { return epochs_[epoch_ % kEpochs]; }
  TimeDelta RepairInterval() const;
  // What the publisher reported of `source`; nullptr: nothing yet, or it was another one's.
  const SenderReportInfo* ReportOf(uint8_t encoding, Ssrc source) const;
  uint8_t TargetEncoding(Timestamp now) const;
  void AimAt(Timestamp now, uint8_t encoding);
  bool IsBreak(const rtp::ReceivedPacket& packet) const;
  void StartEpoch(const Slab& packet);
  uint32_t AlignTimestamp(const rtp::ReceivedPacket& packet) const;
  void Forward(Timestamp now, const Slab& packet);
  bool IsAcceptable(const rtp::ReceivedPacket& packet) const;
  bool IsDroppedDtx(const rtp::ReceivedPacket& packet) const;
  int64_t Key(int64_t sequence) const { return (epoch_ << 40) + (int64_t{1} << 20) + sequence; }
  OutgoingPacket Rewrite(const Slab& packet, SequenceNumber sequence_number, uint32_t timestamp_offset) const;

  ConsumerConfig config_;
  FanOut* fan_out_;
  RtpSender* sender_;
  rtp::ExtensionLayout extensions_;

  bool paused_;
  bool syncing_ = true;  // Waits for a packet (video: a key frame) of the target to start an epoch.
  uint8_t target_ = 0;
  int64_t epoch_ = 0;  // 0: none yet.
  std::array<Epoch, kEpochs> epochs_{};
  int64_t highest_sequence_ = 0;  // The publisher's, in this epoch.
  rtp::SequenceRewriter rewriter_;
  uint32_t last_timestamp_ = 0;
  Timestamp last_sent_ = Timestamp::Past();
  Timestamp last_arrival_ = Timestamp::Past();
  uint32_t payload_octets_ = 0;  // For sender reports, which count modulo 2^32.

  SequenceNumber next_rtx_sequence_number_;
  RepairLog repairs_;
  std::array<SentReport, 4> sent_reports_{};
  int next_report_ = 0;
  ConsumerStatistics statistics_;
  ConsumerStatistics scored_;  // Those of the score's last update.
  rtp::StreamScore score_;
  TraceKinds traces_;
  rtp::RateCounter rate_;
};

}  // namespace sluice::router
