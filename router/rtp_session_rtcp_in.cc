// RtpSession: RTCP from the peer.
#include <variant>

#include "router/rtp_session.h"
#include "rtp/rtcp/bye.h"
#include "rtp/rtcp/compound_reader.h"
#include "rtp/rtcp/extended_report.h"
#include "rtp/rtcp/fir.h"
#include "rtp/rtcp/nack.h"
#include "rtp/rtcp/pli.h"
#include "rtp/rtcp/receiver_report.h"
#include "rtp/rtcp/sender_report.h"

namespace sluice::router {

using rtp::rtcp::BlockKind;
using rtp::rtcp::BlockView;

void RtpSession::HandleRtcp(Timestamp now, Bytes packet) {
  std::optional<rtp::rtcp::CompoundReader> reader = rtp::rtcp::CompoundReader::Parse(packet);
  if (!reader) {
    ++drops_.rtcp_malformed;
    return;
  }
  while (std::optional<BlockView> block = reader->Next()) HandleBlock(now, *block);
}

void RtpSession::HandleBlock(Timestamp now, const BlockView& block) {
  bool parsed = true;
  // Parses a block as `Block` and hands it on.
  auto with = [&]<typename Block>(std::optional<Block> content, auto&& handle) {
    parsed = content.has_value();
    if (parsed) handle(*content);
  };
  switch (block.kind()) {
    case BlockKind::kSenderReport:
      with(rtp::rtcp::SenderReport::Parse(block),
           [&](const auto& report) { HandleSenderReport(now, report); });
      break;
    case BlockKind::kReceiverReport:
      with(rtp::rtcp::ReceiverReport::Parse(block),
           [&](const auto& report) { HandleReportBlocks(now, report.report_blocks); });
      break;
    case BlockKind::kExtendedReport:
      with(rtp::rtcp::ExtendedReport::Parse(block),
           [&](const auto& report) { HandleExtendedReport(now, report); });
      break;
    case BlockKind::kNack:
      with(rtp::rtcp::Nack::Parse(block), [&](const rtp::rtcp::Nack& nack) {
        Consumer* consumer = MediaConsumer(nack.media);
        if (!consumer) return;
        consumer->HandleNackMessage();
        TraceMessage(now, *consumer, TraceKind::kNack, std::monostate());
        nack.ForEachSequence([&](SequenceNumber lost) { consumer->HandleNack(now, lost); });
      });
      break;
    case BlockKind::kPli:
      with(rtp::rtcp::Pli::Parse(block), [&](const rtp::rtcp::Pli& pli) {
        Consumer* consumer = MediaConsumer(pli.media);
        if (!consumer) return;
        TraceMessage(now, *consumer, TraceKind::kPli, pli.media);
        consumer->HandlePli(now);
      });
      break;
    case BlockKind::kFir:
      with(rtp::rtcp::Fir::Parse(block), [&](const rtp::rtcp::Fir& fir) {
        for (rtp::rtcp::FirEntry entry : fir.entries) {
          Consumer* consumer = MediaConsumer(entry.media);
          if (!consumer) continue;
          TraceMessage(now, *consumer, TraceKind::kFir, entry.media);
          consumer->HandleFir(now);
        }
      });
      break;
    case BlockKind::kBye:
      with(rtp::rtcp::Bye::Parse(block), [&](const rtp::rtcp::Bye& bye) { HandleBye(bye); });
      break;
    case BlockKind::kSourceDescription:
    case BlockKind::kTransportFeedback:
    case BlockKind::kRemb:
    case BlockKind::kUnknown:
      break;
  }
  if (!parsed) ++drops_.rtcp_malformed;
}

Consumer* RtpSession::MediaConsumer(Ssrc ssrc) {
  auto it = consumer_of_ssrc_.find(ssrc);
  if (it != consumer_of_ssrc_.end()) return it->second.retransmission ? nullptr : it->second.consumer;
  ++drops_.rtcp_unknown_source;
  return nullptr;
}

void RtpSession::HandleSenderReport(Timestamp now, const rtp::rtcp::SenderReport& report) {
  const rtp::rtcp::SenderInfo& info = report.info;
  if (const RtpRoute* route = demuxer_.Find(info.sender)) {
    if (!route->retransmission) {
      TraceMessage(now, *route->producer, TraceKind::kSenderReport, /*incoming=*/true, info);
      route->producer->HandleSenderReport(
          {.source = info.sender, .ntp = info.ntp_time, .rtp_timestamp = info.rtp_timestamp, .arrival = now});
    }
  } else {
    ++drops_.rtcp_unknown_source;
  }
  HandleReportBlocks(now, report.report_blocks);
}

void RtpSession::HandleReportBlocks(Timestamp now, const rtp::rtcp::ReportBlockList& blocks) {
  double loss = 0;
  int streams = 0;
  for (rtp::rtcp::ReportBlock block : blocks) {
    auto it = consumer_of_ssrc_.find(block.source);
    if (it == consumer_of_ssrc_.end() || it->second.retransmission) continue;
    Consumer* consumer = it->second.consumer;
    loss += block.fraction_lost / 256.0;
    ++streams;
    if (consumer->HandleReportBlock(now, block)) {
      Tell(ConsumerScored{consumer->config().handle, consumer->score()});
    }
  }
  if (streams > 0) sent_loss_.Add(loss / streams);
}

void RtpSession::HandleBye(const rtp::rtcp::Bye& bye) {
  for (Ssrc source : bye.sources) {
    const RtpRoute* route = demuxer_.Find(source);
    if (route && !route->retransmission) route->producer->HandleBye(route->encoding);
  }
}

void RtpSession::HandleExtendedReport(Timestamp now, const rtp::rtcp::ExtendedReport& report) {
  if (report.receiver_reference_time) {
    reference_time_ = {.receiver = report.sender,
                       .compact = rtp::rtcp::CompactNtp(*report.receiver_reference_time),
                       .arrival = now};
  }
  for (rtp::rtcp::DlrrEntry entry : report.dlrr) {
    if (entry.receiver != options_.rtcp_ssrc) continue;
    round_trip_time_.HandleReport(rtp::NtpTime(NtpNow(now)).compact(), entry.last_receiver_report,
                                  entry.delay_since_last_report);
  }
}

}  // namespace sluice::router
