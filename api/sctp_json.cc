#include "api/sctp_json.h"

namespace sluice::api {
namespace {

using nlohmann::json;

constexpr uint32_t kMaxSize = 1u << 30;

void ReadSize(ObjectReader& params, std::string_view field, uint32_t min, size_t* size) {
  if (auto given = params.OptionalUint<uint32_t>(field, min, kMaxSize)) *size = *given;
}

}  // namespace

std::string_view ToString(transports::SctpState state) {
  constexpr std::string_view kNames[] = {"new", "connecting", "connected", "failed", "closed"};
  return kNames[static_cast<size_t>(state)];
}

std::optional<transports::SctpOptions> ReadSctpOptions(ObjectReader& params, bool in_dtls) {
  const bool enabled = params.OptionalBool("enableSctp", false);
  transports::SctpOptions options;
  options.in_dtls = in_dtls;
  ReadSize(params, "maxSendMessageSize", 1, &options.max_send_message_size);
  ReadSize(params, "maxReceiveMessageSize", 1, &options.max_receive_message_size);
  ReadSize(params, "sctpSendBufferSize", 1, &options.send_buffer_size);
  ReadSize(params, "sctpPerStreamSendQueueLimit", 1, &options.per_stream_send_queue_limit);
  ReadSize(params, "sctpMaxReceiverWindowBufferSize", 1500, &options.max_receiver_window);
  ReadSize(params, "sctpDefaultStreamBufferedAmountLowThreshold", 0, &options.default_low_threshold);
  return enabled ? std::optional(options) : std::nullopt;
}

json SctpParametersJson(const SctpDetails& details) {
  const transports::SctpOptions& options = details.options;
  return {{"port", options.port},
          {"OS", transports::kSctpStreams},
          {"MIS", transports::kSctpStreams},
          {"maxMessageSize", options.max_receive_message_size},
          {"maxSendMessageSize", options.max_send_message_size},
          {"maxReceiveMessageSize", options.max_receive_message_size},
          {"sendBufferSize", options.send_buffer_size},
          {"perStreamSendQueueLimit", options.per_stream_send_queue_limit},
          {"maxReceiverWindowBufferSize", options.max_receiver_window},
          {"isDataChannel", options.in_dtls}};
}

json SctpJson(const SctpDetails& details) {
  json made = {{"sctpParameters", SctpParametersJson(details)}, {"sctpState", ToString(details.state)}};
  if (details.outbound_streams > 0)
    made["sctpNegotiatedCapabilities"] = SctpNegotiatedCapabilitiesJson(details);
  return made;
}

json SctpNegotiatedCapabilitiesJson(const SctpDetails& details) {
  return {{"negotiatedMaxOutboundStreams", details.outbound_streams},
          {"negotiatedMaxInboundStreams", details.inbound_streams}};
}

rtp::DataReliability ReadReliability(ObjectReader& params, const rtp::DataReliability& otherwise) {
  std::optional<bool> ordered = params.OptionalBool("ordered");
  auto lifetime = params.OptionalUint<uint16_t>("maxPacketLifeTime");
  auto retransmits = params.OptionalUint<uint16_t>("maxRetransmits");
  if (params.ok() && lifetime && retransmits) {
    params.Fail(RpcError::ExclusiveFields(params.PathOf("maxRetransmits"),
                                          "maxPacketLifeTime and maxRetransmits exclude each other"));
  } else if (params.ok() && ordered.value_or(false) && (lifetime || retransmits)) {
    params.Fail(RpcError::ExclusiveFields(params.PathOf("ordered"),
                                          "an ordered channel is reliable: it has no such limit"));
  }
  rtp::DataReliability reliability = otherwise;
  if (lifetime || retransmits) {
    reliability.max_lifetime = lifetime ? std::optional(TimeDelta::Millis(*lifetime)) : std::nullopt;
    reliability.max_retransmits = retransmits;
    reliability.ordered = false;
  } else if (ordered) {
    reliability.ordered = *ordered;
    if (*ordered) reliability.max_lifetime.reset(), reliability.max_retransmits.reset();
  }
  return reliability;
}

json SctpStreamParametersJson(const SctpStreamParameters& parameters) {
  json made = {{"streamId", parameters.stream}, {"ordered", parameters.reliability.ordered}};
  if (parameters.reliability.max_lifetime)
    made["maxPacketLifeTime"] = parameters.reliability.max_lifetime->ms();
  if (parameters.reliability.max_retransmits)
    made["maxRetransmits"] = *parameters.reliability.max_retransmits;
  return made;
}

}  // namespace sluice::api
