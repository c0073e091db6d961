#include "router/fan_out.h"

#include <algorithm>

#include "router/consumer.h"
#include "rtp/video_layers_allocation.h"

namespace sluice::router {
namespace {

// How long a packet may be asked for again (mediasoup's figures: they match what browsers buffer).
constexpr TimeDelta kVideoHistory = TimeDelta::Seconds(2);
constexpr TimeDelta kAudioHistory = TimeDelta::Seconds(1);

std::optional<SenderReportInfo> CaptureTimeOf(const Slab& packet) {
  const rtp::ReceivedPacket& info = packet.packet();
  Bytes element = info.extensions.Data(packet.bytes(), rtp::ExtensionKind::kAbsCaptureTime);
  if (element.size() < 8) return std::nullopt;
  return SenderReportInfo{.source = info.ssrc,
                          .ntp = LoadU64(element.data()),
                          .rtp_timestamp = info.timestamp,
                          .arrival = info.arrival};
}

}  // namespace

FanOut::FanOut(ProducerHandle producer, MediaKind kind, uint8_t encodings, ProducerLink* link,
               rtp::RetransmissionMemory* memory)
    : producer_(producer), kind_(kind), link_(link), activity_(/*expected=*/encodings == 1) {
  for (int i = 0; i < encodings; ++i)
    streams_.emplace_back(kind == MediaKind::kVideo ? kVideoHistory : kAudioHistory, memory);
}

void FanOut::Add(Consumer* consumer) {
  consumers_.push_back(consumer);
  repairing_consumers_ += consumer->config().nack ? 1 : 0;
  HandleWantChanged();
}

void FanOut::Remove(Consumer* consumer) {
  auto it = std::find(consumers_.begin(), consumers_.end(), consumer);
  if (it == consumers_.end()) return;
  consumers_.erase(it);
  repairing_consumers_ -= consumer->config().nack ? 1 : 0;
  HandleWantChanged();
  if (repairing_consumers_ > 0) return;
  for (Stream& stream : streams_) stream.history.Clear();
}

void FanOut::HandleWantChanged() {
  WantedLayers wanted;
  for (const Consumer* consumer : consumers_) {
    if (const auto& want = consumer->want()) wanted.Add(want->encoding, want->layers);
  }
  if (wanted == wanted_) return;
  wanted_ = wanted;
  link_->SetWanted(producer_, wanted_);
}

void FanOut::HandlePacket(Timestamp now, const SlabRef& packet) {
  const rtp::ReceivedPacket& info = packet->packet();
  Stream& stream = streams_[info.encoding];
  stream.highest_sequence = std::max(stream.highest_sequence, info.sequence);
  if (repairing_consumers_ > 0) stream.history.Insert(now, packet);
  if (info.extensions[rtp::ExtensionKind::kAbsCaptureTime]) {
    if (auto capture_time = CaptureTimeOf(*packet)) stream.capture_time = capture_time;
  }
  if (kind_ == MediaKind::kVideo && NoteLayers(now, *packet)) {
    for (Consumer* consumer : consumers_) consumer->HandleLayersComing(now);
  }
  for (Consumer* consumer : consumers_) consumer->HandlePacket(now, *packet);
}

// True: which layers are coming has changed.
bool FanOut::NoteLayers(Timestamp now, const Slab& packet) {
  const rtp::ReceivedPacket& info = packet.packet();
  const bool simulcast = streams_.size() > 1;
  const uint8_t layer = simulcast ? info.encoding : info.frame.layers.spatial;
  bool changed = activity_.HandlePacket(now, layer, info.timestamp);
  Stream& stream = streams_[info.encoding];
  changed |= info.frame.layers.temporal > stream.highest_temporal;
  stream.highest_temporal = std::max(stream.highest_temporal, info.frame.layers.temporal);
  Bytes element = info.extensions.Data(packet.bytes(), rtp::ExtensionKind::kVideoLayersAllocation);
  auto allocation = rtp::VideoLayersAllocation::Parse(element);
  if (!allocation || (simulcast && allocation->stream_count != streams_.size())) return changed;
  uint8_t layers = simulcast ? 0 : allocation->spatial_layers[0];
  for (size_t i = 0; simulcast && i < allocation->stream_count; ++i)
    layers = static_cast<uint8_t>(layers | (allocation->spatial_layers[i] != 0 ? 1 << i : 0));
  // Of a producer that says nothing is sent, and sends it, nothing can be learnt.
  if ((layers >> layer & 1) != 0) changed |= activity_.HandleAnnouncement(layers);
  return changed;
}

void FanOut::HandleSenderReport(uint8_t encoding, const SenderReportInfo& report) {
  if (encoding < streams_.size()) streams_[encoding].report = report;
}

const Slab* FanOut::Find(Timestamp now, uint8_t encoding, int64_t sequence) const {
  return streams_[encoding].history.Find(now, sequence);
}

}  // namespace sluice::router
