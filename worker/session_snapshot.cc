// Session: what it tells of itself.
#include "worker/session.h"

namespace sluice::worker {
namespace {

StreamSnapshot SnapshotOf(Timestamp now, uint8_t encoding, const router::ReceiveStream& stream) {
  const rtp::ReceiveStatistics& statistics = stream.statistics();
  StreamSnapshot snapshot{.encoding = encoding, .ssrc = stream.ssrc(), .rtx_ssrc = stream.rtx_ssrc()};
  snapshot.counters = stream.counters();
  snapshot.active = stream.active(now);
  snapshot.score = stream.score();
  if (!statistics.started()) return snapshot;
  snapshot.packets = statistics.packets();
  snapshot.bytes = statistics.bytes();
  snapshot.packets_lost = statistics.cumulative_lost();
  snapshot.fraction_lost = statistics.fraction_lost();
  snapshot.jitter = statistics.jitter();
  snapshot.bitrate = statistics.bitrate(now);
  stream.layer_rates().ForEach(now, [&](rtp::Layers layers, DataRate rate) {
    snapshot.layer_bitrates.emplace_back(layers, rate);
  });
  return snapshot;
}

}  // namespace

TransportSnapshot Session::TakeSnapshot() const {
  Timestamp now = context_.loop->Now();
  TransportSnapshot snapshot{.transport = handle_};
  snapshot.received = received_.Snapshot(now);
  snapshot.sent = sent_.Snapshot(now);
  snapshot.rtp_received = rtp_received_.Snapshot(now);
  snapshot.rtp_sent = rtp_sent_.Snapshot(now);
  for (const auto& [handle, producer] : rtp_.producers()) snapshot.producers.push_back(handle);
  for (const auto& [handle, consumer] : rtp_.consumers()) snapshot.consumers.push_back(handle);
  snapshot.transport_feedback_sent = rtp_.counters().transport_feedback_sent;
  snapshot.remb_sent = rtp_.counters().remb_sent;
  snapshot.rtx_received = {static_cast<uint64_t>(rtp_.counters().rtx_bytes_received),
                           rtp_.rtx_rate_received(now)};
  snapshot.rtx_sent = {static_cast<uint64_t>(rtp_.rtx_bytes_sent()), rtp_.rtx_rate_sent(now)};
  snapshot.received_loss = rtp_.received_loss();
  snapshot.sent_loss = rtp_.sent_loss();
  Describe(&snapshot);
  snapshot.drops.emplace_back("sctpNotEnabled", sctp_not_enabled_);
  const uint64_t not_captured = capture_dropped_ + (capture_ ? capture_->dropped() : 0);
  snapshot.drops.emplace_back("captureBehind", static_cast<int64_t>(not_captured));
  if (sctp_) sctp_->AppendDrops(&snapshot.drops);
  AppendRtpDrops(&snapshot.drops);
  return snapshot;
}

void Session::AppendRtpDrops(Drops* drops) const {
  const router::RtpSessionDrops& rtp = rtp_.drops();
  const std::pair<const char*, int64_t> reasons[] = {
      {"rtpMalformed", rtp.rtp_malformed},
      {"rtpUnknownSource", rtp.rtp_unknown_source},
      {"rtpUnknownPayloadType", rtp.rtp_unknown_payload_type},
      {"rtpMalformedRed", rtp.rtp_malformed_red},
      {"rtpDuplicate", rtp.rtp_duplicate},
      {"rtpInvalidSequence", rtp.rtp_invalid_sequence},
      {"rtcpMalformed", rtp.rtcp_malformed},
      {"rtcpUnknownSource", rtp.rtcp_unknown_source},
      {"outOfMemory", rtp_.send_drops()},
  };
  drops->insert(drops->end(), std::begin(reasons), std::end(reasons));
}

Snapshot Session::TakeProducerSnapshot(router::ProducerHandle handle) const {
  auto it = rtp_.producers().find(handle);
  if (it == rtp_.producers().end()) return std::monostate{};
  const router::Producer& producer = *it->second;
  ProducerSnapshot snapshot{
      .producer = handle, .paused = producer.paused(), .round_trip_time = rtp_.round_trip_time()};
  for (size_t i = 0; i < producer.streams().size(); ++i) {
    snapshot.streams.push_back(
        SnapshotOf(context_.loop->Now(), static_cast<uint8_t>(i), producer.streams()[i]));
  }
  return snapshot;
}

Snapshot Session::TakeConsumerSnapshot(router::ConsumerHandle handle) const {
  auto it = rtp_.consumers().find(handle);
  if (it == rtp_.consumers().end()) return std::monostate{};
  const router::Consumer& consumer = *it->second;
  return ConsumerSnapshot{.consumer = handle,
                          .paused = consumer.paused(),
                          .statistics = consumer.statistics(),
                          .bitrate = consumer.bitrate(context_.loop->Now()),
                          .score = consumer.score(),
                          .current_encoding = consumer.current_encoding(),
                          .target_layers = consumer.target_layers(),
                          .current_layers = consumer.current_layers()};
}

}  // namespace sluice::worker
