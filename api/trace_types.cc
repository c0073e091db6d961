#include "api/trace_types.h"

#include <optional>
#include <string>
#include <utility>
#include <variant>

#include "worker/clock.h"

namespace sluice::api {
namespace {

using nlohmann::json;
using router::TraceKind;
using router::TraceKinds;

constexpr std::pair<TraceKind, std::string_view> kNames[] = {
    {TraceKind::kRtp, "rtp"}, {TraceKind::kKeyFrame, "keyframe"}, {TraceKind::kNack, "nack"},
    {TraceKind::kPli, "pli"}, {TraceKind::kFir, "fir"},           {TraceKind::kSenderReport, "sr"}};

std::optional<TraceKind> KindOf(std::string_view name, TraceKinds known) {
  for (const auto& [kind, its_name] : kNames) {
    if (name == its_name && known.Has(kind)) return kind;
  }
  return std::nullopt;
}

json PacketJson(const router::TracedPacket& packet) {
  json made = {{"payloadType", packet.payload_type.value()},
               {"sequenceNumber", packet.sequence_number.value()},
               {"timestamp", packet.timestamp},
               {"marker", packet.marker},
               {"ssrc", packet.ssrc.value()},
               {"isKeyFrame", packet.key_frame},
               {"size", packet.size},
               {"payloadSize", packet.payload_size},
               {"spatialLayer", packet.spatial_layer},
               {"temporalLayer", packet.temporal_layer}};
  if (!packet.mid.empty()) made["mid"] = packet.mid;
  if (!packet.rid.empty()) made["rid"] = packet.rid;
  if (!packet.repaired_rid.empty()) made["rrid"] = packet.repaired_rid;
  if (packet.transport_sequence_number) made["wideSequenceNumber"] = *packet.transport_sequence_number;
  return made;
}

json InfoJson(const router::TracedPacket& packet) {
  return {{"rtpPacket", PacketJson(packet)}, {"isRtx", packet.retransmission}};
}

json InfoJson(Ssrc media) { return {{"ssrc", media.value()}}; }

json InfoJson(const rtp::rtcp::SenderInfo& report) {
  return {{"ssrc", report.sender.value()},
          {"ntpSec", static_cast<uint32_t>(report.ntp_time >> 32)},
          {"ntpFrac", static_cast<uint32_t>(report.ntp_time)},
          {"rtpTs", report.rtp_timestamp},
          {"packetCount", report.packet_count},
          {"octetCount", report.octet_count}};
}

json InfoJson(std::monostate) { return nullptr; }

}  // namespace

std::string_view ToString(TraceKind kind) { return kNames[static_cast<size_t>(kind)].second; }

TraceKinds ReadTraceTypes(ObjectReader& params, TraceKinds known) {
  TraceKinds kinds;
  std::vector<std::string> names =
      params.OptionalStrings("types", {0, 16}).value_or(std::vector<std::string>());
  for (size_t i = 0; i < names.size(); ++i) {
    std::optional<TraceKind> kind = KindOf(names[i], known);
    if (kind) {
      kinds.Add(*kind);
    } else {
      params.Fail(RpcError::InvalidValue(JoinPath(params.PathOf("types"), i), "is not a trace event type"));
    }
  }
  return kinds;
}

TraceKinds ConsumerTraceTypes() {
  TraceKinds kinds;
  for (TraceKind kind :
       {TraceKind::kRtp, TraceKind::kKeyFrame, TraceKind::kNack, TraceKind::kPli, TraceKind::kFir}) {
    kinds.Add(kind);
  }
  return kinds;
}

TraceKinds ProducerTraceTypes() {
  TraceKinds kinds = ConsumerTraceTypes();
  kinds.Add(TraceKind::kSenderReport);
  return kinds;
}

json TraceTypesJson(TraceKinds kinds) {
  json names = json::array();
  for (const auto& [kind, name] : kNames) {
    if (kinds.Has(kind)) names.push_back(name);
  }
  return names;
}

json TraceJson(const router::Trace& trace) {
  TimeDelta age = worker::MonotonicNow() - trace.at;
  json made = {{"type", ToString(trace.kind)},
               {"timestamp", (worker::UnixTime() - age).ms()},
               {"direction", trace.incoming ? "in" : "out"}};
  json info = std::visit([](const auto& content) { return InfoJson(content); }, trace.content);
  if (!info.is_null()) made["info"] = std::move(info);
  return made;
}

}  // namespace sluice::api
