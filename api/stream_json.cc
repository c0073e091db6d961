#include "api/stream_json.h"

#include <algorithm>
#include <utility>

#include "api/ortc/scalability_mode.h"

namespace sluice::api {
namespace {

using nlohmann::json;

bool HasFeedback(const RtpCodecParameters& codec, std::string_view type, std::string_view parameter = "") {
  return std::any_of(
      codec.rtcp_feedback.begin(), codec.rtcp_feedback.end(),
      [&](const RtcpFeedback& feedback) { return feedback.type == type && feedback.parameter == parameter; });
}

// One stream of `encoding`, whose SSRCs may have been learned.
struct Stream {
  const RtpParameters& parameters;
  const RtpEncodingParameters& encoding;
  size_t index = 0;
  Ssrc ssrc;
  std::optional<Ssrc> rtx_ssrc;
  ScalabilityMode layers;
};

json RtxJson(const Stream& stream, const RtpCodecParameters& rtx) {
  json params = {{"ssrc", stream.rtx_ssrc->value()},
                 {"payloadType", rtx.payload_type.value()},
                 {"mimeType", rtx.mime_type},
                 {"clockRate", rtx.clock_rate},
                 {"cname", stream.parameters.rtcp.cname.value_or("")}};
  if (stream.encoding.rid) params["rrid"] = *stream.encoding.rid;
  return {{"params", std::move(params)}};
}

json StreamJson(const Stream& stream, uint8_t score) {
  const RtpCodecParameters& codec = *stream.parameters.CodecOf(stream.encoding);
  const RtpCodecParameters* rtx = stream.parameters.FindRtxCodec(codec.payload_type);
  json params = {{"encodingIdx", stream.index},
                 {"ssrc", stream.ssrc.value()},
                 {"payloadType", codec.payload_type.value()},
                 {"mimeType", codec.mime_type},
                 {"clockRate", codec.clock_rate},
                 {"cname", stream.parameters.rtcp.cname.value_or("")},
                 {"useNack", HasFeedback(codec, "nack")},
                 {"usePli", HasFeedback(codec, "nack", "pli")},
                 {"useFir", HasFeedback(codec, "ccm", "fir")},
                 {"useInBandFec", codec.IntegerParameter("useinbandfec") == 1},
                 {"useDtx", codec.IntegerParameter("usedtx") == 1 || stream.encoding.dtx.value_or(false)},
                 {"spatialLayers", stream.layers.spatial_layers},
                 {"temporalLayers", stream.layers.temporal_layers}};
  if (stream.encoding.rid) params["rid"] = *stream.encoding.rid;
  json dump = {{"score", score}};
  if (stream.rtx_ssrc && rtx) {
    params["rtxSsrc"] = stream.rtx_ssrc->value();
    params["rtxPayloadType"] = rtx->payload_type.value();
    dump["rtxStream"] = RtxJson(stream, *rtx);
  }
  dump["params"] = std::move(params);
  return dump;
}

}  // namespace

json ProducerStreamsJson(const Producer& producer, const worker::ProducerSnapshot& snapshot) {
  json streams = json::array();
  const RtpParameters& parameters = producer.parameters.rtp_parameters;
  for (const worker::StreamSnapshot& stream : snapshot.streams) {
    if (!stream.ssrc || stream.packets == 0) continue;
    const RtpEncodingParameters& encoding = parameters.encodings[stream.encoding];
    streams.push_back(StreamJson({.parameters = parameters,
                                  .encoding = encoding,
                                  .index = stream.encoding,
                                  .ssrc = *stream.ssrc,
                                  .rtx_ssrc = stream.rtx_ssrc,
                                  .layers = ParseScalabilityMode(encoding.scalability_mode.value_or(""))},
                                 stream.score));
  }
  return streams;
}

json ConsumerStreamJson(const Consumer& consumer, size_t index, const worker::ConsumerSnapshot& snapshot) {
  const RtpParameters& parameters = consumer.rtp_parameters;
  const RtpEncodingParameters& encoding = parameters.encodings[index];
  return StreamJson({.parameters = parameters,
                     .encoding = encoding,
                     .index = index,
                     .ssrc = *encoding.ssrc,
                     .rtx_ssrc = encoding.rtx_ssrc,
                     .layers = ParseScalabilityMode(encoding.scalability_mode.value_or(""))},
                    snapshot.score);
}

}  // namespace sluice::api
