#include "router/fan_out.h"

#include <algorithm>

#include "router/consumer.h"

namespace sluice::router {
namespace {
// How long a packet may be asked for again (mediasoup's figures: they match what browsers buffer).
constexpr TimeDelta kVideoHistory = TimeDelta::Seconds(2);
constexpr TimeDelta kAudioHistory = TimeDelta::Seconds(1);
}  // namespace

FanOut::FanOut(ProducerHandle producer, MediaKind kind, uint8_t encodings, ProducerLink* link)
    : producer_(producer), link_(link) {
  for (int i = 0; i < encodings; ++i)
    streams_.emplace_back(kind == MediaKind::kVideo ? kVideoHistory : kAudioHistory);
}

void FanOut::Add(Consumer* consumer) {
  consumers_.push_back(consumer);
  repairing_consumers_ += consumer->config().nack ? 1 : 0;
}

void FanOut::Remove(Consumer* consumer) {
  auto it = std::find(consumers_.begin(), consumers_.end(), consumer);
  if (it == consumers_.end()) return;
  consumers_.erase(it);
  repairing_consumers_ -= consumer->config().nack ? 1 : 0;
  if (repairing_consumers_ > 0) return;
  for (Stream& stream : streams_) stream.history.Clear();
}

void FanOut::HandlePacket(Timestamp now, const SlabRef& packet) {
  Stream& stream = streams_[packet->packet().encoding];
  stream.last_packet = now;
  if (repairing_consumers_ > 0) stream.history.Insert(now, packet);
  for (Consumer* consumer : consumers_) consumer->HandlePacket(now, *packet);
}

void FanOut::HandleSenderReport(uint8_t encoding, const SenderReportInfo& report) {
  if (encoding < streams_.size()) streams_[encoding].report = report;
}

const Slab* FanOut::Find(Timestamp now, uint8_t encoding, int64_t sequence) const {
  return streams_[encoding].history.Find(now, sequence);
}

bool FanOut::active(Timestamp now, uint8_t encoding) const {
  return !streams_[encoding].last_packet.IsPast() && now - streams_[encoding].last_packet < kInactivity;
}

}  // namespace sluice::router
