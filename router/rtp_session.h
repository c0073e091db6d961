// RTP and RTCP of one transport: its producers and consumers, whatever carries them. Decrypted packets come
// in, plain ones go out through the PacketPort; no sockets, no clock.
//
// Thread: the transport's worker.
#pragma once

#include <array>
#include <cstdint>
#include <memory>
#include <optional>
#include <random>

#include "absl/container/flat_hash_map.h"
#include "router/config.h"
#include "router/consumer.h"
#include "router/fan_out.h"
#include "router/packet_port.h"
#include "router/producer.h"
#include "router/rtp_demuxer.h"
#include "router/rtp_sender.h"
#include "router/session_event.h"
#include "rtp/ntp_time.h"
#include "rtp/rate_counter.h"
#include "rtp/receive_rate_estimator.h"
#include "rtp/recent_average.h"
#include "rtp/round_trip_time.h"
#include "rtp/rtcp/block_view.h"
#include "rtp/rtcp/bye.h"
#include "rtp/rtcp/extended_report.h"
#include "rtp/rtcp/report_block.h"
#include "rtp/rtcp/sender_report.h"
#include "rtp/slab.h"
#include "rtp/transport_feedback_sender.h"

namespace sluice::router {

class RtcpBatch;

struct RtpSessionDrops {
  int64_t rtp_malformed = 0;
  int64_t rtp_unknown_source = 0;  // No producer has this SSRC, MID or RID.
  int64_t rtp_unknown_payload_type = 0;
  int64_t rtp_malformed_red = 0;  // Or with blocks that were not negotiated.
  int64_t rtp_duplicate = 0;
  int64_t rtp_invalid_sequence = 0;
  int64_t rtcp_malformed = 0;
  int64_t rtcp_unknown_source = 0;
};

struct RtpSessionCounters {
  int64_t rtp_packets_received = 0;
  int64_t rtp_bytes_received = 0;
  int64_t rtx_bytes_received = 0;      // Of those, by RTX.
  int64_t probe_packets_received = 0;  // RTX without a payload: the publisher's own probing.
  int64_t transport_feedback_sent = 0;
  int64_t remb_sent = 0;
};

class RtpSession {
 public:
  struct Options {
    Ssrc rtcp_ssrc;  // Ours, as the sender of feedback.
    rtp::WallClockAnchor clock;
    uint32_t random_seed = 1;     // Spreads the reports (RFC 3550 §6.3.1).
    EventPort* events = nullptr;  // Outlives the session. nullptr: nobody listens.
  };

  // `pool` and `port` outlive the session.
  RtpSession(const Options& options, SlabPool* pool, PacketPort* port);
  ~RtpSession();
  RtpSession(const RtpSession&) = delete;
  RtpSession& operator=(const RtpSession&) = delete;

  Producer* AddProducer(Timestamp now, const ProducerConfig& config);
  void RemoveProducer(ProducerHandle handle);
  Producer* FindProducer(ProducerHandle handle);
  // `fan_out` outlives the consumer's removal. Asks for a key frame where the transport can already send.
  Consumer* AddConsumer(Timestamp now, const ConsumerConfig& config, FanOut* fan_out);
  // Tells the subscriber that this stream ends (RFC 3550 §6.6), for before it is removed.
  void SayGoodbye(Timestamp now, ConsumerHandle handle);
  // Answers the fan-out it came from; nullptr: unknown.
  FanOut* RemoveConsumer(ConsumerHandle handle);
  Consumer* FindConsumer(ConsumerHandle handle);
  // Whose packets have this SSRC, its RTX too; nullptr: nobody's.
  const Consumer* ConsumerOf(Ssrc ssrc) const;

  // Kinds that the object does not know are ignored, as are unknown handles.
  void SetTraces(ProducerHandle handle, TraceKinds kinds);
  void SetTraces(ConsumerHandle handle, TraceKinds kinds);

  // The transport can encrypt and has somewhere to send to, or no longer.
  void SetWritable(Timestamp now, bool writable);
  // Infinite(): no limit.
  void SetMaxIncomingBitrate(DataRate bitrate);

  // `packet` holds a plain RTP packet with its arrival time in packet().arrival.
  void HandleRtp(Timestamp now, const SlabRef& packet);
  void HandleRtcp(Timestamp now, Bytes packet);
  // Early calls are harmless.
  void HandleTimeout(Timestamp now);
  Timestamp NextTimeout() const { return next_timeout_; }
  void PauseProducer(Timestamp now, Producer* producer);
  void ResumeProducer(Timestamp now, Producer* producer);
  // What is wanted of a producer behind one of its sinks.
  void SetWanted(Timestamp now, Producer* producer, const PacketSink* sink, const WantedLayers& wanted);
  // A producer was asked for a key frame, by whomever.
  void HandleKeyFrameRequest(Timestamp now, Producer* producer, uint8_t encoding);

  const RtpSessionDrops& drops() const { return drops_; }
  const RtpSessionCounters& counters() const { return counters_; }
  int64_t send_drops() const { return sender_.dropped(); }
  int64_t rtx_bytes_sent() const { return sender_.rtx_bytes(); }
  DataRate rtx_rate_sent(Timestamp now) const { return sender_.rtx_rate(now); }
  DataRate rtx_rate_received(Timestamp now) const { return rtx_rate_.Rate(now); }
  // Of the packets of the last reports, 0 to 1; nullopt: no report yet.
  std::optional<double> received_loss() const { return ValueOf(received_loss_); }
  std::optional<double> sent_loss() const { return ValueOf(sent_loss_); }
  const absl::flat_hash_map<ProducerHandle, std::unique_ptr<Producer>>& producers() const {
    return producers_;
  }
  const absl::flat_hash_map<ConsumerHandle, std::unique_ptr<Consumer>>& consumers() const {
    return consumers_;
  }
  std::optional<TimeDelta> round_trip_time() const { return round_trip_time_.smoothed(); }

 private:
  struct ConsumerRoute {
    Consumer* consumer = nullptr;
    bool retransmission = false;
  };
  struct ReferenceTime {  // The peer's last receiver reference time (RFC 3611 §4.4), for DLRR.
    Ssrc receiver;
    uint32_t compact = 0;
    Timestamp arrival = Timestamp::Past();
  };

  const RtpRoute* FindRoute(const Slab& packet);
  void NoteArrival(const Slab& packet);
  void CountResult(Producer::Result result);

  void Tell(SessionEvent event);
  void TellWanted(Timestamp now, Producer* producer);
  void Attend(Timestamp now, Producer* producer, const Slab& packet, bool retransmission);
  void TracePacket(Timestamp now, const Producer& producer, const Slab& packet, bool retransmission);
  // Where that kind is asked for.
  void TraceMessage(Timestamp now, const Producer& producer, TraceKind kind, bool incoming,
                    decltype(Trace::content) content);
  void TraceMessage(Timestamp now, const Consumer& consumer, TraceKind kind,
                    decltype(Trace::content) content);
  static std::optional<double> ValueOf(const rtp::RecentAverage& loss);

  void HandleBlock(Timestamp now, const rtp::rtcp::BlockView& block);
  void HandleSenderReport(Timestamp now, const rtp::rtcp::SenderReport& report);
  void HandleBye(const rtp::rtcp::Bye& bye);
  void HandleReportBlocks(Timestamp now, const rtp::rtcp::ReportBlockList& blocks);
  void HandleExtendedReport(Timestamp now, const rtp::rtcp::ExtendedReport& report);
  Consumer* MediaConsumer(Ssrc ssrc);

  void SendReports(Timestamp now, RtcpBatch* batch);
  void SendReceiverReports(Timestamp now, RtcpBatch* batch);
  void SendSenderReport(Timestamp now, Consumer* consumer, RtcpBatch* batch);
  void SendFeedback(Timestamp now, Producer* producer, RtcpBatch* batch);
  void SendNack(Timestamp now, const Producer* producer, ReceiveStream* stream, RtcpBatch* batch);
  void SendKeyFrameRequest(Timestamp now, const Producer& producer, ReceiveStream* stream, RtcpBatch* batch);
  void SendTransportFeedback(Timestamp now, RtcpBatch* batch);
  void SendRemb(Timestamp now, RtcpBatch* batch);
  void WriteRemb(RtcpBatch* batch, DataRate bitrate);
  void ScheduleReports(Timestamp now);
  void UpdateTimeout(Timestamp now);
  std::optional<Ssrc> AnyReceivedSsrc() const;
  uint64_t NtpNow(Timestamp now) const { return rtp::NtpTime::At(options_.clock, now).value(); }

  Options options_;
  SlabPool* pool_;
  PacketPort* port_;
  std::minstd_rand random_;

  RtpDemuxer demuxer_;
  rtp::ExtensionMap
      extensions_;  // Of all producers: ids are the same in the whole transport (RFC 8843 §9.2).
  absl::flat_hash_map<ProducerHandle, std::unique_ptr<Producer>> producers_;
  absl::flat_hash_map<ConsumerHandle, std::unique_ptr<Consumer>> consumers_;
  absl::flat_hash_map<Ssrc, ConsumerRoute> consumer_of_ssrc_;
  absl::flat_hash_map<ConsumerHandle, FanOut*> fan_outs_;
  RtpSender sender_;

  bool transport_cc_ = false;
  bool remb_ = false;
  DataRate max_incoming_ = DataRate::Infinite();
  rtp::TransportFeedbackSender transport_feedback_;
  rtp::ReceiveRateEstimator rate_estimator_;
  Timestamp next_limit_remb_ = Timestamp::Never();
  rtp::RoundTripTime round_trip_time_;
  ReferenceTime reference_time_;
  rtp::RateCounter rtx_rate_;  // Received.
  rtp::RecentAverage received_loss_;
  rtp::RecentAverage sent_loss_;
  uint8_t fir_request_ = 0;

  Timestamp next_report_ = Timestamp::Never();
  Timestamp next_timeout_ = Timestamp::Never();
  RtpSessionDrops drops_;
  RtpSessionCounters counters_;
};

}  // namespace sluice::router
