// RtpSession: reports and feedback to the peer.
#include <algorithm>
#include <array>

#include "absl/container/inlined_vector.h"
#include "router/rtcp_batch.h"
#include "router/rtp_session.h"
#include "rtp/rtcp/bye.h"
#include "rtp/rtcp/extended_report.h"
#include "rtp/rtcp/fir.h"
#include "rtp/rtcp/nack.h"
#include "rtp/rtcp/pli.h"
#include "rtp/rtcp/receiver_report.h"
#include "rtp/rtcp/remb.h"
#include "rtp/rtcp/sdes.h"
#include "rtp/rtcp/sender_report.h"

namespace sluice::router {
namespace {

namespace rtcp = rtp::rtcp;

// RFC 3550 §6.2 gives an audio-only session 5 s; video wants losses and clocks sooner (RFC 4585 §3.4).
constexpr TimeDelta kReportInterval = TimeDelta::Millis(1000);
constexpr TimeDelta kFirstReport = TimeDelta::Millis(300);
// A limit set by the application is repeated, since a REMB may be lost.
constexpr TimeDelta kLimitInterval = TimeDelta::Millis(1500);
constexpr TimeDelta kRetryInterval = TimeDelta::Millis(10);
// What lifts a limit: more than any publisher sends.
constexpr DataRate kUnlimited = DataRate::BitsPerSec(1'000'000'000);

}  // namespace

void RtpSession::HandleKeyFrameRequest(Timestamp now, Producer* producer, uint8_t encoding) {
  producer->RequestKeyFrame(now, encoding);
  next_timeout_ = std::min(next_timeout_, producer->NextTimeout());
}

void RtpSession::PauseProducer(Timestamp now, Producer* producer) {
  producer->Pause();
  TellWanted(now, producer);
}

void RtpSession::ResumeProducer(Timestamp now, Producer* producer) {
  producer->Resume(now);
  TellWanted(now, producer);
}

void RtpSession::SetWanted(Timestamp now, Producer* producer, const PacketSink* sink,
                           const WantedLayers& wanted) {
  producer->SetWanted(sink, wanted);
  TellWanted(now, producer);
}

void RtpSession::TellWanted(Timestamp now, Producer* producer) {
  if (producer->UpdateWanted(now)) Tell(WantedLayersChanged{producer->config().handle, producer->wanted()});
  next_timeout_ = std::min(next_timeout_, producer->NextTimeout());
}

void RtpSession::HandleTimeout(Timestamp now) {
  if (now < next_timeout_) return;
  {
    RtcpBatch batch(pool_, port_);
    if (now >= next_report_) SendReports(now, &batch);
    for (auto& [handle, producer] : producers_) {
      TellWanted(now, producer.get());
      SendFeedback(now, producer.get(), &batch);
    }
    if (transport_cc_ && now >= transport_feedback_.NextTimeout()) SendTransportFeedback(now, &batch);
    SendRemb(now, &batch);
  }
  UpdateTimeout(now);
}

// Never in the past: what could not be sent for want of memory is tried again a little later.
void RtpSession::UpdateTimeout(Timestamp now) {
  next_timeout_ = std::min(next_report_, next_limit_remb_);
  for (const auto& [handle, producer] : producers_)
    next_timeout_ = std::min(next_timeout_, producer->NextTimeout());
  if (transport_cc_) next_timeout_ = std::min(next_timeout_, transport_feedback_.NextTimeout());
  if (remb_) next_timeout_ = std::min(next_timeout_, rate_estimator_.NextTimeout());
  if (next_timeout_ <= now) next_timeout_ = now + kRetryInterval;
}

void RtpSession::ScheduleReports(Timestamp now) {
  next_report_ = std::min(next_report_, now + kFirstReport);
  next_timeout_ = std::min(next_timeout_, next_report_);
}

void RtpSession::SendReports(Timestamp now, RtcpBatch* batch) {
  if (producers_.empty() && consumers_.empty()) {
    next_report_ = Timestamp::Never();
    return;
  }
  std::uniform_int_distribution<int64_t> spread(kReportInterval.us() / 2, kReportInterval.us() * 3 / 2);
  next_report_ = now + TimeDelta::Micros(spread(random_));
  for (auto& [handle, consumer] : consumers_) consumer->HandleTimeout(now);
  if (!sender_.writable()) return;
  SendReceiverReports(now, batch);
  for (auto& [handle, consumer] : consumers_) SendSenderReport(now, consumer.get(), batch);
}

void RtpSession::SendSenderReport(Timestamp now, Consumer* consumer, RtcpBatch* batch) {
  std::optional<rtcp::SenderInfo> info = consumer->MakeSenderInfo(now, NtpNow(now));
  if (!info) return;
  const ConsumerConfig& config = consumer->config();
  info->sender = config.ssrc;
  batch->Write([&](rtcp::CompoundWriter& writer) {
    return rtcp::WriteSenderReport(writer, *info) && rtcp::WriteSdes(writer, config.ssrc, config.cname);
  });
}

void RtpSession::SayGoodbye(Timestamp now, ConsumerHandle handle) {
  Consumer* consumer = FindConsumer(handle);
  if (!consumer || !sender_.writable() || consumer->statistics().packets == 0) return;
  const ConsumerConfig& config = consumer->config();
  std::array<Ssrc, 2> sources = {config.ssrc, config.rtx_ssrc.value_or(Ssrc())};
  size_t count = consumer->statistics().retransmitted_packets > 0 && config.rtx_ssrc ? 2 : 1;
  RtcpBatch batch(pool_, port_);
  SendSenderReport(now, consumer, &batch);
  batch.Write([&](auto& writer) { return rtcp::WriteBye(writer, std::span(sources.data(), count)); });
}

void RtpSession::SendReceiverReports(Timestamp now, RtcpBatch* batch) {
  absl::InlinedVector<rtcp::ReportBlock, rtcp::kMaxReportBlocks> blocks;
  uint8_t worst_loss = 0;
  auto flush = [&] {
    if (blocks.empty()) return;
    batch->Write([&](auto& writer) { return rtcp::WriteReceiverReport(writer, options_.rtcp_ssrc, blocks); });
    blocks.clear();
  };
  auto add = [&](const rtcp::ReportBlock& block) {
    blocks.push_back(block);
    if (blocks.size() == rtcp::kMaxReportBlocks) flush();
  };
  bool receiving = false;
  rtp::ReceiveStatistics::Interval interval;
  for (auto& [handle, producer] : producers_) {
    for (ReceiveStream& stream : producer->streams()) {
      if (!stream.started()) continue;
      receiving = true;
      add(stream.MakeReportBlock(now));
      worst_loss = std::max(worst_loss, stream.statistics().fraction_lost());
      interval.expected += stream.statistics().reported_interval().expected;
      interval.lost += stream.statistics().reported_interval().lost;
      if (auto block = stream.MakeRtxReportBlock(now)) add(*block);
    }
    if (producer->UpdateScores(now)) Tell(producer->Scores());
  }
  flush();
  if (interval.expected > 0) {
    received_loss_.Add(static_cast<double>(interval.lost) / static_cast<double>(interval.expected));
  }
  if (remb_) rate_estimator_.HandleLoss(worst_loss);

  std::array<rtcp::DlrrEntry, 1> dlrr;
  size_t dlrr_count = 0;
  if (!reference_time_.arrival.IsPast()) {
    dlrr[dlrr_count++] = {.receiver = reference_time_.receiver,
                          .last_receiver_report = reference_time_.compact,
                          .delay_since_last_report = rtp::ToCompactNtp(now - reference_time_.arrival)};
  }
  if (!receiving && dlrr_count == 0) return;
  std::optional<uint64_t> reference;
  if (receiving) reference = NtpNow(now);
  batch->Write([&](auto& writer) {
    // An extended report does not come first in a packet (RFC 3550 §6.1).
    return (!writer.empty() || rtcp::WriteReceiverReport(writer, options_.rtcp_ssrc, {})) &&
           rtcp::WriteExtendedReport(writer, options_.rtcp_ssrc, reference,
                                     std::span(dlrr.data(), dlrr_count));
  });
}

void RtpSession::SendFeedback(Timestamp now, Producer* producer, RtcpBatch* batch) {
  bool asked = false;
  for (ReceiveStream& stream : producer->streams()) {
    if (!stream.ssrc()) continue;
    if (stream.nack_enabled() && now >= stream.nack().NextTimeout()) SendNack(now, producer, &stream, batch);
    if (!stream.key_frames().Poll(now)) continue;
    SendKeyFrameRequest(now, *producer, &stream, batch);
    asked = true;
  }
  for (ReceiveStream& stream : producer->streams()) {
    if (asked) stream.key_frames().HandleSent(now);
  }
}

void RtpSession::SendNack(Timestamp now, const Producer* producer, ReceiveStream* stream, RtcpBatch* batch) {
  absl::InlinedVector<SequenceNumber, 64> lost;
  TimeDelta round_trip = round_trip_time_.smoothed().value_or(rtp::NackGenerator::kDefaultRtt);
  stream->nack().Poll(now, round_trip, [&](SequenceNumber number) { lost.push_back(number); });
  std::span<const SequenceNumber> left(lost);
  while (!left.empty()) {
    size_t written = 0;
    bool fits = batch->Write([&](auto& writer) {
      written = rtcp::WriteNack(writer, options_.rtcp_ssrc, *stream->ssrc(), left);
      return written > 0;
    });
    if (!fits) return;
    TraceMessage(now, *producer, TraceKind::kNack, /*incoming=*/false, std::monostate());
    ++stream->counters().nack_messages;
    stream->counters().nacked_packets += static_cast<int64_t>(written);
    left = left.subspan(written);
  }
}

void RtpSession::SendKeyFrameRequest(Timestamp now, const Producer& producer, ReceiveStream* stream,
                                     RtcpBatch* batch) {
  Ssrc media = *stream->ssrc();
  if (producer.config().pli) {
    TraceMessage(now, producer, TraceKind::kPli, /*incoming=*/false, media);
    ++stream->counters().pli;
    batch->Write(
        [&](auto& writer) { return rtcp::WritePli(writer, {.sender = options_.rtcp_ssrc, .media = media}); });
  } else if (producer.config().fir) {
    TraceMessage(now, producer, TraceKind::kFir, /*incoming=*/false, media);
    ++stream->counters().fir;
    std::array<rtcp::FirEntry, 1> entry = {{{.media = media, .request = fir_request_++}}};
    batch->Write([&](auto& writer) { return rtcp::WriteFir(writer, options_.rtcp_ssrc, entry); });
  }
}

std::optional<Ssrc> RtpSession::AnyReceivedSsrc() const {
  for (const auto& [handle, producer] : producers_) {
    for (const ReceiveStream& stream : producer->streams()) {
      if (stream.ssrc()) return stream.ssrc();
    }
  }
  return std::nullopt;
}

void RtpSession::SendTransportFeedback(Timestamp now, RtcpBatch* batch) {
  Ssrc media = AnyReceivedSsrc().value_or(Ssrc());
  while (now >= transport_feedback_.NextTimeout()) {
    bool sent = batch->Write([&](auto& writer) {
      return transport_feedback_.BuildFeedback(now, media, options_.rtcp_ssrc, writer);
    });
    if (!sent) return;
    ++counters_.transport_feedback_sent;
  }
}

void RtpSession::SendRemb(Timestamp now, RtcpBatch* batch) {
  if (remb_) {
    if (std::optional<DataRate> bitrate = rate_estimator_.Poll(now)) WriteRemb(batch, *bitrate);
    next_limit_remb_ = Timestamp::Never();
  } else if (now >= next_limit_remb_) {
    bool limited = max_incoming_ < DataRate::Infinite();
    WriteRemb(batch, limited ? max_incoming_ : kUnlimited);
    next_limit_remb_ = limited ? now + kLimitInterval : Timestamp::Never();
  }
}

void RtpSession::WriteRemb(RtcpBatch* batch, DataRate bitrate) {
  absl::InlinedVector<Ssrc, 16> media;
  for (const auto& [handle, producer] : producers_) {
    for (const ReceiveStream& stream : producer->streams()) {
      if (stream.ssrc() && media.size() < 200) media.push_back(*stream.ssrc());
    }
  }
  if (media.empty()) return;
  if (batch->Write(
          [&](auto& writer) { return rtcp::WriteRemb(writer, options_.rtcp_ssrc, bitrate, media); })) {
    ++counters_.remb_sent;
  }
}

}  // namespace sluice::router
