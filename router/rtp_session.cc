#include "router/rtp_session.h"

#include <algorithm>
#include <string_view>

#include "rtp/abs_send_time.h"
#include "rtp/packet_reader.h"
#include "rtp/packet_view.h"

namespace sluice::router {
namespace {

std::string_view TextOf(const Slab& slab, rtp::ExtensionKind kind) {
  rtp::ExtensionTable::Element element = slab.packet().extensions[kind];
  Bytes bytes = Bytes(slab.bytes()).subspan(element.offset, element.size);
  return {reinterpret_cast<const char*>(bytes.data()), bytes.size()};
}

}  // namespace

RtpSession::RtpSession(const Options& options, SlabPool* pool, PacketPort* port)
    : options_(options),
      pool_(pool),
      port_(port),
      random_(options.random_seed),
      sender_(pool, port, options.events) {}

RtpSession::~RtpSession() = default;

Producer* RtpSession::AddProducer(Timestamp now, const ProducerConfig& config) {
  auto producer = std::make_unique<Producer>(config);
  Producer* added = producer.get();
  demuxer_.Add(added->config(), added);
  for (size_t i = 0; i < rtp::kExtensionKinds; ++i) {
    auto kind = static_cast<rtp::ExtensionKind>(i);
    if (config.extensions.Has(kind)) extensions_.Register(kind, config.extensions.IdOf(kind));
  }
  transport_cc_ |= config.transport_cc;
  remb_ |= config.remb && !config.transport_cc;
  producers_[config.handle] = std::move(producer);
  ScheduleReports(now);
  TellWanted(now, added);
  return added;
}

void RtpSession::RemoveProducer(ProducerHandle handle) {
  auto it = producers_.find(handle);
  if (it == producers_.end()) return;
  demuxer_.Remove(it->second.get());
  producers_.erase(it);
}

Producer* RtpSession::FindProducer(ProducerHandle handle) {
  auto it = producers_.find(handle);
  return it == producers_.end() ? nullptr : it->second.get();
}

Consumer* RtpSession::AddConsumer(Timestamp now, const ConsumerConfig& config, FanOut* fan_out) {
  auto consumer = std::make_unique<Consumer>(config, fan_out, &sender_);
  Consumer* added = consumer.get();
  consumer_of_ssrc_[config.ssrc] = {added, false};
  if (config.rtx_ssrc) consumer_of_ssrc_[*config.rtx_ssrc] = {added, true};
  consumers_[config.handle] = std::move(consumer);
  fan_outs_[config.handle] = fan_out;
  fan_out->Add(added);
  added->RequestKeyFrame(now);
  ScheduleReports(now);
  return added;
}

FanOut* RtpSession::RemoveConsumer(ConsumerHandle handle) {
  auto it = consumers_.find(handle);
  if (it == consumers_.end()) return nullptr;
  FanOut* fan_out = fan_outs_.extract(handle).mapped();
  fan_out->Remove(it->second.get());
  absl::erase_if(consumer_of_ssrc_,
                 [&](const auto& entry) { return entry.second.consumer == it->second.get(); });
  consumers_.erase(it);
  return fan_out;
}

Consumer* RtpSession::FindConsumer(ConsumerHandle handle) {
  auto it = consumers_.find(handle);
  return it == consumers_.end() ? nullptr : it->second.get();
}

const Consumer* RtpSession::ConsumerOf(Ssrc ssrc) const {
  auto it = consumer_of_ssrc_.find(ssrc);
  return it == consumer_of_ssrc_.end() ? nullptr : it->second.consumer;
}

void RtpSession::SetWritable(Timestamp now, bool writable) {
  if (writable == sender_.writable()) return;
  sender_.set_writable(writable);
  for (auto& [handle, consumer] : consumers_) consumer->HandleWritable(now);
}

void RtpSession::SetMaxIncomingBitrate(DataRate bitrate) {
  max_incoming_ = bitrate;
  rate_estimator_.SetMaxBitrate(bitrate);
  next_limit_remb_ = Timestamp::Past();  // Told at the next timeout, lifted limits too.
  next_timeout_ = Timestamp::Past();
}

void RtpSession::HandleRtp(Timestamp now, const SlabRef& packet) {
  ++counters_.rtp_packets_received;
  counters_.rtp_bytes_received += static_cast<int64_t>(packet->size());
  std::optional<rtp::PacketView> view = rtp::PacketView::Parse(Bytes(packet->bytes()));
  if (!view) {
    ++drops_.rtp_malformed;
    return;
  }
  Timestamp arrival = packet->packet().arrival;
  packet->packet() = rtp::ReadPacket(*view, extensions_);
  packet->packet().arrival = arrival;
  const RtpRoute* route = FindRoute(*packet);
  if (!route) {
    ++drops_.rtp_unknown_source;
    return;
  }
  const bool retransmission = route->retransmission;
  if (retransmission) {
    counters_.rtx_bytes_received += static_cast<int64_t>(packet->size());
    rtx_rate_.Add(now, packet->size());
  }
  NoteArrival(*packet);
  Producer* producer = route->producer;
  Producer::Result result = producer->HandleRtp(now, packet, view->sequence_number(), *route);
  CountResult(result);
  bool accepted = result == Producer::Result::kForwarded || result == Producer::Result::kPaused ||
                  result == Producer::Result::kNotSelected;
  if (accepted && producer->attention() != 0) Attend(now, producer, *packet, retransmission);
  next_timeout_ = std::min({next_timeout_, producer->NextTimeout(),
                            transport_cc_ ? transport_feedback_.NextTimeout() : Timestamp::Never(),
                            remb_ ? rate_estimator_.NextTimeout() : Timestamp::Never()});
}

const RtpRoute* RtpSession::FindRoute(const Slab& packet) {
  const rtp::ReceivedPacket& info = packet.packet();
  if (const RtpRoute* route = demuxer_.Find(info.ssrc)) return route;
  return demuxer_.Learn(info.ssrc, info.payload_type,
                        {.mid = TextOf(packet, rtp::ExtensionKind::kMid),
                         .rid = TextOf(packet, rtp::ExtensionKind::kRid),
                         .repaired_rid = TextOf(packet, rtp::ExtensionKind::kRepairedRid)});
}

void RtpSession::NoteArrival(const Slab& packet) {
  const rtp::ReceivedPacket& info = packet.packet();
  const uint8_t* data = packet.bytes().data();
  if (transport_cc_) {
    auto element = info.extensions[rtp::ExtensionKind::kTransportSequenceNumber];
    if (element.size >= 2)
      transport_feedback_.HandlePacket(info.arrival, LoadU16(data + element.offset), packet.size());
  }
  if (remb_) {
    auto element = info.extensions[rtp::ExtensionKind::kAbsSendTime];
    if (element.size >= 3)
      rate_estimator_.HandlePacket(info.arrival, LoadU24(data + element.offset), packet.size());
  }
}

void RtpSession::CountResult(Producer::Result result) {
  switch (result) {
    case Producer::Result::kForwarded:
    case Producer::Result::kPaused:
    case Producer::Result::kNotSelected:
      return;
    case Producer::Result::kProbe:
      ++counters_.probe_packets_received;
      return;
    case Producer::Result::kDuplicate:
      ++drops_.rtp_duplicate;
      return;
    case Producer::Result::kInvalidSequence:
      ++drops_.rtp_invalid_sequence;
      return;
    case Producer::Result::kUnknownPayloadType:
      ++drops_.rtp_unknown_payload_type;
      return;
    case Producer::Result::kMalformedRed:
      ++drops_.rtp_malformed_red;
      return;
  }
}

}  // namespace sluice::router
