// The receiving end of one encoding of a producer: statistics, repair of losses, key frame requests.
#pragma once

#include <cstdint>
#include <optional>

#include "router/key_frame_requester.h"
#include "router/packet_sink.h"
#include "rtp/ids.h"
#include "rtp/layer_rates.h"
#include "rtp/nack_generator.h"
#include "rtp/payload/frame_reader.h"
#include "rtp/receive_statistics.h"
#include "rtp/received_packet.h"
#include "rtp/rtcp/report_block.h"
#include "rtp/stream_score.h"

namespace sluice::router {

struct ReceiveStreamCounters {
  int64_t retransmitted = 0;  // Packets that came by RTX.
  int64_t repaired = 0;       // …and were missing.
  int64_t duplicates = 0;
  int64_t rtx_duplicates = 0;  // Of those, by RTX.
  int64_t nack_messages = 0;
  int64_t nacked_packets = 0;
  int64_t pli = 0;
  int64_t fir = 0;
};

class ReceiveStream {
 public:
  struct Options {
    uint32_t clock_rate = 90'000;
    bool nack = false;
    TimeDelta key_frame_request_delay = TimeDelta::Zero();
  };
  enum class Verdict { kNew, kDuplicate, kInvalid };

  explicit ReceiveStream(const Options& options);

  // A packet of the stream itself. Reads its frame, and sets packet->sequence for kNew.
  Verdict HandleMedia(Timestamp now, SequenceNumber sequence_number, size_t bytes,
                      const rtp::FrameReader::Packet& content, rtp::ReceivedPacket* packet);
  // A packet repaired by RTX (RFC 4588), under its original sequence number.
  Verdict HandleRepaired(Timestamp now, SequenceNumber original, const rtp::FrameReader::Packet& content,
                         rtp::ReceivedPacket* packet);
  // A packet of the retransmission stream as such, whatever it repairs.
  void HandleRtx(Timestamp arrival, SequenceNumber sequence_number, uint32_t rtp_timestamp, size_t bytes);
  void HandleSenderReport(const SenderReportInfo& report);
  // The publisher says that it has ended (RFC 3550 §6.6). It begins again with the next packet.
  void HandleBye();

  // What comes next is not continuous with what was before: a gap that is no loss.
  void SkipAhead() { sequence_base_ += kCycle; }

  // nullopt before the first packet.
  const std::optional<Ssrc>& ssrc() const { return ssrc_; }
  // The SSRC of the encoding is known by signalling, or has changed: everything starts anew, and the sequence
  // goes on above all earlier ones.
  void SetSsrc(Ssrc ssrc);
  const std::optional<Ssrc>& rtx_ssrc() const { return rtx_ssrc_; }
  void set_rtx_ssrc(Ssrc ssrc);

  bool active(Timestamp now) const { return started() && now - last_packet_ < kInactivity; }
  bool started() const { return !last_packet_.IsPast(); }
  rtp::rtcp::ReportBlock MakeReportBlock(Timestamp now);
  // Of the retransmission stream; nullopt: nothing came by it.
  std::optional<rtp::rtcp::ReportBlock> MakeRtxReportBlock(Timestamp now);
  // How well it arrives. Once after each report; `dies`: a stream that has stopped is as bad as can be, since
  // it is one of several encodings, of which the others go on. True when the score changed.
  bool UpdateScore(Timestamp now, bool dies);
  uint8_t score() const { return score_.value(); }
  const std::optional<SenderReportInfo>& sender_report() const { return sender_report_; }

  KeyFrameRequester& key_frames() { return key_frames_; }
  rtp::NackGenerator& nack() { return nack_; }
  // Of media, retransmitted or not.
  const rtp::LayerRates& layer_rates() const { return layer_rates_; }
  bool nack_enabled() const { return options_.nack; }
  Timestamp NextTimeout() const;

  rtp::ReceiveStatistics& statistics() { return statistics_; }
  const rtp::ReceiveStatistics& statistics() const { return statistics_; }
  ReceiveStreamCounters& counters() { return counters_; }
  const ReceiveStreamCounters& counters() const { return counters_; }

 private:
  void Restart();
  Verdict Accept(Timestamp now, int64_t sequence, const rtp::FrameReader::Packet& content,
                 rtp::ReceivedPacket* packet);

  static constexpr TimeDelta kInactivity = TimeDelta::Millis(1500);
  static constexpr int64_t kCycle = 1 << 16;

  Options options_;
  std::optional<Ssrc> ssrc_;
  std::optional<Ssrc> rtx_ssrc_;
  Timestamp last_packet_ = Timestamp::Past();
  rtp::ReceiveStatistics statistics_;
  rtp::ReceiveStatistics rtx_statistics_;
  int64_t sequence_base_ = 0;  // From the sequences of statistics_ and nack_ to those of the packets.
  rtp::NackGenerator nack_;
  rtp::FrameReader frames_;
  rtp::LayerRates layer_rates_;
  KeyFrameRequester key_frames_;
  std::optional<SenderReportInfo> sender_report_;
  ReceiveStreamCounters counters_;
  rtp::StreamScore score_;
  bool dead_ = false;            // The score says so.
  int64_t repaired_before_ = 0;  // At the last update of the score.
  int64_t retransmitted_before_ = 0;
};

}  // namespace sluice::router
