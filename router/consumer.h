// One subscriber's view of a producer: decides which packets pass, and rewrites them into one continuous
// stream (see OutgoingStream).
//
// A consumer of a simulcast producer forwards one encoding at a time and switches at a key frame of the
// next; until then the old one goes on. In a stream with layers inside it takes and leaves them where the
// frames allow it, and asks for a key frame where they do not. Which layers are wanted is the subscriber's
// preference, under a limit from outside, as far as they are coming.
//
// Thread: the worker of the consumer's transport.
#pragma once

#include <array>
#include <cstdint>
#include <optional>

#include "router/config.h"
#include "router/fan_out.h"
#include "router/outgoing_stream.h"
#include "router/repair_log.h"
#include "router/rtp_sender.h"
#include "router/trace.h"
#include "rtp/packet_writer.h"
#include "rtp/rate_counter.h"
#include "rtp/rtcp/report_block.h"
#include "rtp/rtcp/sender_report.h"
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
  // Layers have come or gone.
  void HandleLayersComing(Timestamp now);
  // From time to time: tells what was too soon to be told.
  void HandleTimeout(Timestamp now);

  // The transport can send from now on, or no longer.
  void HandleWritable(Timestamp now);
  void Pause(Timestamp now);
  void Resume(Timestamp now);
  // Of a room that forwards its loudest only: whether this subscriber gets the producer.
  void SetSelected(Timestamp now, bool selected);
  // At most these layers, of those that the producer has.
  void SetPreferredLayers(Timestamp now, rtp::Layers layers);
  // What the way to the subscriber can carry, or to a pipe what is wanted behind it. nullopt: nothing at all.
  void SetMaxLayers(Timestamp now, std::optional<rtp::Layers> layers);
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
  const RtpSender* sender() const { return sender_; }  // Its subscriber's.
  const ConsumerStatistics& statistics() const { return statistics_; }
  DataRate bitrate(Timestamp now) const { return rate_.Rate(now); }
  // How well it gets to the subscriber.
  uint8_t score() const { return score_.value(); }
  TraceKinds traces() const { return traces_; }
  void set_traces(TraceKinds kinds) { traces_ = kinds; }
  bool paused() const { return paused_; }
  // What it would be sent if the publisher sent everything: of one encoding up to these layers.
  struct Want {
    uint8_t encoding = 0;
    rtp::Layers layers;  // In the encoding's stream.
    bool operator==(const Want&) const = default;
  };
  // nullopt: nothing can or shall be sent now.
  const std::optional<Want>& want() const { return want_; }
  // What is forwarded now: the encoding's index is the spatial layer where there are several encodings.
  // nullopt: nothing.
  std::optional<rtp::Layers> current_layers() const;
  // What is to be forwarded, as soon as that is possible.
  std::optional<rtp::Layers> target_layers() const;
  std::optional<uint8_t> current_encoding() const;

 private:
  static constexpr uint8_t kNoEncoding = UINT8_MAX;
  // What is left of the dependency descriptor's announcement if its first packets are lost.
  static constexpr int64_t kAnnouncedPackets = 64;
  static constexpr int64_t kMaxCatchUp = 256;

  struct Target {
    uint8_t encoding = kNoEncoding;
    rtp::Layers layers;  // In the encoding's stream.
    bool operator==(const Target&) const = default;
  };
  // What of a packet the subscriber gets, and what it is called: all, or of RED that it does not take the
  // primary block.
  struct Part {
    PayloadType payload_type;
    uint16_t left_out = 0;  // Octets at the payload's beginning.
  };
  struct SentReport {
    uint32_t compact_ntp = 0;
    Timestamp sent = Timestamp::Past();
  };

  bool UpdateScore();
  bool NeedsKeyFrame() const { return config_.kind == MediaKind::kVideo && rtp::HasKeyFrames(config_.codec); }
  bool simulcast() const { return config_.encodings > 1; }
  rtp::Layers LayersOf(uint8_t encoding, rtp::Layers in_stream) const;
  // What may be forwarded at best; nullopt: nothing.
  std::optional<rtp::Layers> AllowedLayers() const;
  std::optional<Want> MakeWant() const;
  Target BestTarget() const;
  // Whether a frame is part of what a receiver of `layers` decodes. To a pipe all are.
  bool Needs(const rtp::FrameInfo& frame, rtp::Layers layers) const {
    return config_.pipe_encoding || frame.needed.Has(layers);
  }
  void Retarget(Timestamp now);
  // Whether there are layers to choose from.
  bool chooses() const;
  // Tells the present layers if others were told, soon if not now.
  void TellLayers(Timestamp now);
  void Ask(Timestamp now);

  bool CanBegin(const rtp::ReceivedPacket& packet) const;
  void Begin(Timestamp now, const Slab& packet);
  void CatchUp(Timestamp now, const rtp::ReceivedPacket& first);
  uint32_t AlignTimestamp(const rtp::ReceivedPacket& packet) const;
  std::optional<uint32_t> AlignByClock(const rtp::ReceivedPacket& packet) const;

  void HandlePresent(Timestamp now, const Slab& packet);
  void StepToTarget(Timestamp now, const rtp::ReceivedPacket& packet);
  bool Wants(const rtp::ReceivedPacket& packet, const Stretch& stretch) const;
  bool IsAcceptable(const rtp::ReceivedPacket& packet) const { return PartOf(packet).has_value(); }
  std::optional<Part> PartOf(const rtp::ReceivedPacket& packet) const;
  bool IsDroppedDtx(const rtp::ReceivedPacket& packet) const;
  void Forward(Timestamp now, const Slab& packet, const Stretch& stretch);
  void Fill(Timestamp now, const Slab& packet, const Stretch& stretch);
  void Count(Timestamp now, size_t size);

  OutgoingPacket Rewrite(const Slab& packet, SequenceNumber number, const Stretch& stretch) const;
  Bytes RewriteDescriptor(const Slab& packet, const Stretch& stretch, MutableBytes scratch) const;
  // Answers the packet's size; 0: it cannot be sent.
  size_t Send(Timestamp now, const Slab& packet, const Stretch& stretch, OutgoingPacket* outgoing);
  TimeDelta RepairInterval() const;

  // Which packets are looked at; nothing passes while both are kNoEncoding.
  uint8_t encoding_ = kNoEncoding;  // Forwarded now.
  Target target_;
  std::optional<Want> want_;
  Timestamp next_request_ = Timestamp::Past();  // For a key frame, if it is still needed then.
  OutgoingStream stream_;

  ConsumerConfig config_;
  FanOut* fan_out_;
  RtpSender* sender_;
  rtp::ExtensionLayout extensions_;
  PayloadType padding_payload_type_;  // The first that was negotiated.
  bool paused_;
  bool selected_ = true;
  bool has_untold_layers_ = false;
  std::optional<rtp::Layers> told_layers_;
  Timestamp next_telling_ = Timestamp::Past();
  std::optional<rtp::Layers> max_layers_ = rtp::Layers{UINT8_MAX, UINT8_MAX};

  Timestamp last_sent_ = Timestamp::Past();
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
