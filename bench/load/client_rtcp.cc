// Client: RTCP in both directions.
#include <algorithm>
#include <array>
#include <utility>

#include "absl/container/inlined_vector.h"
#include "bench/load/client.h"
#include "rtp/rtcp/compound_reader.h"
#include "rtp/rtcp/fir.h"
#include "rtp/rtcp/nack.h"
#include "rtp/rtcp/pli.h"
#include "rtp/rtcp/receiver_report.h"
#include "rtp/rtcp/sdes.h"
#include "rtp/rtcp/sender_report.h"

namespace sluice::load {

namespace rtcp = rtp::rtcp;
using rtcp::BlockKind;

void Client::HandleRtcp(Timestamp now, const SlabRef& datagram) {
  std::optional<size_t> size = path_.UnprotectRtcp(datagram->bytes());
  std::optional<rtcp::CompoundReader> reader =
      size ? rtcp::CompoundReader::Parse(Bytes(datagram->bytes()).first(*size)) : std::nullopt;
  if (!reader) {
    ++context_.seen->counters.damaged;
    return;
  }
  while (std::optional<rtcp::BlockView> block = reader->Next()) HandleBlock(now, *block);
}

void Client::HandleBlock(Timestamp now, const rtcp::BlockView& block) {
  Counters& counters = context_.seen->counters;
  switch (block.kind()) {
    case BlockKind::kSenderReport:
      if (auto report = rtcp::SenderReport::Parse(block)) {
        ++counters.reports_received;
        auto route = routes_.find(report->info.sender);
        if (route != routes_.end()) route->second.stream->HandleSenderReport(now, report->info.ntp_time);
      }
      return;
    case BlockKind::kReceiverReport:
      ++counters.reports_received;
      return;
    case BlockKind::kNack:
      if (auto nack = rtcp::Nack::Parse(block)) {
        nack->ForEachSequence([&](SequenceNumber lost) { Repair(now, nack->media, lost); });
      }
      return;
    case BlockKind::kPli:
      if (auto pli = rtcp::Pli::Parse(block)) {
        ++counters.key_frame_requests_received;
        if (OutgoingStream* stream = FindOutgoing(pli->media)) stream->RequestKeyFrame();
      }
      return;
    case BlockKind::kFir:
      ++counters.key_frame_requests_received;
      for (const auto& stream : outgoing_) stream->RequestKeyFrame();
      return;
    case BlockKind::kTransportFeedback:
      ++counters.feedback_received;
      return;
    default:
      return;
  }
}

OutgoingStream* Client::FindOutgoing(Ssrc ssrc) {
  for (const auto& stream : outgoing_) {
    if (stream->ssrc() == ssrc) return stream.get();
  }
  return nullptr;
}

void Client::Repair(Timestamp now, Ssrc media, SequenceNumber lost) {
  OutgoingStream* stream = FindOutgoing(media);
  SlabRef slab = stream ? context_.io.pool->Acquire() : SlabRef();
  if (!slab) return;
  const size_t size = stream->WriteRetransmission(now, lost, transport_sequence_, slab->storage());
  if (size == 0) return;
  ++transport_sequence_;
  ++context_.seen->counters.repairs_sent;
  SendProtected(std::move(slab), size, false);
}

template <typename Write>
void Client::SendRtcp(Write&& write) {
  SlabRef slab = context_.io.pool->Acquire();
  if (!slab) return;
  rtcp::CompoundWriter writer(slab->storage().first(rtcp::CompoundWriter::kMaxSize));
  if (!write(writer) || writer.empty()) return;
  const size_t size = writer.size();
  SendProtected(std::move(slab), size, true);
}

Ssrc Client::OwnSsrc() const { return outgoing_.empty() ? Ssrc(seed_ | 1) : outgoing_.front()->ssrc(); }

void Client::SendFeedback(Timestamp now) {
  if (!path_.writable()) return;
  if (now >= next_report_) SendReports(now);
  for (const auto& stream : incoming_) {
    if (now >= stream->NextTimeout()) SendNack(now, stream.get());
  }
  while (now >= transport_feedback_.NextTimeout()) {
    bool built = false;
    SendRtcp([&](rtcp::CompoundWriter& writer) {
      return built = transport_feedback_.BuildFeedback(
                 now, incoming_.empty() ? Ssrc() : incoming_.front()->parameters().ssrc, OwnSsrc(), writer);
    });
    if (!built) return;
    ++context_.seen->counters.feedback_sent;
  }
}

void Client::SendReports(Timestamp now) {
  next_report_ = now + kReportInterval;
  for (const auto& stream : outgoing_) {
    if (stream->packets() == 0) continue;
    ++context_.seen->counters.reports_sent;
    SendRtcp([&](rtcp::CompoundWriter& writer) {
      return rtcp::WriteSenderReport(writer, stream->MakeSenderInfo(now, context_.io.clock)) &&
             rtcp::WriteSdes(writer, stream->ssrc(), stream->cname());
    });
  }
  std::vector<rtcp::ReportBlock> blocks;
  for (const auto& stream : incoming_) {
    if (stream->started()) blocks.push_back(stream->MakeReportBlock(now));
  }
  for (size_t i = 0; i < blocks.size(); i += rtcp::kMaxReportBlocks) {
    ++context_.seen->counters.reports_sent;
    SendRtcp([&](rtcp::CompoundWriter& writer) {
      const size_t count = std::min(blocks.size() - i, rtcp::kMaxReportBlocks);
      return rtcp::WriteReceiverReport(writer, OwnSsrc(), std::span(blocks).subspan(i, count));
    });
  }
}

void Client::SendNack(Timestamp now, IncomingStream* stream) {
  absl::InlinedVector<SequenceNumber, 64> lost;
  stream->nack().Poll(now, rtp::NackGenerator::kDefaultRtt,
                      [&](SequenceNumber number) { lost.push_back(number); });
  const Ssrc media = stream->parameters().ssrc;
  for (std::span<const SequenceNumber> left(lost); !left.empty();) {
    size_t named = 0;
    SendRtcp([&](rtcp::CompoundWriter& writer) {
      named = rtcp::WriteNack(writer, OwnSsrc(), media, left);
      return named > 0;
    });
    if (named == 0) break;
    context_.seen->counters.nacked += named;
    left = left.subspan(named);
  }
  if (!stream->nack().TakeKeyFrameRequest() || !stream->parameters().pli) return;
  ++context_.seen->counters.key_frame_requests_sent;
  SendRtcp([&](rtcp::CompoundWriter& writer) { return rtcp::WritePli(writer, {OwnSsrc(), media}); });
}

}  // namespace sluice::load
