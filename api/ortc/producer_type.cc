#include "api/ortc/producer_type.h"

#include "api/json_rpc/json_reader.h"
#include "api/json_rpc/text.h"
#include "api/ortc/scalability_mode.h"
#include "rtp/codec.h"

namespace sluice::api {
namespace {

ScalabilityMode ModeOf(const RtpEncodingParameters& encoding) {
  return ParseScalabilityMode(encoding.scalability_mode.value_or(""));
}

std::optional<RpcError> CheckLayers(const RtpParameters& parameters, std::string_view path) {
  for (size_t i = 0; i < parameters.encodings.size(); ++i) {
    const RtpEncodingParameters& encoding = parameters.encodings[i];
    const RtpCodecParameters* codec = parameters.CodecOf(encoding);
    if (codec == nullptr || !rtp::HasKeyFrames(rtp::CodecOf(codec->mime_type))) {
      return RpcError::Unsupported("the codec has no layers", JoinPath(path, i));
    }
    if (parameters.encodings.size() > 1 && ModeOf(encoding).spatial_layers > 1) {
      return RpcError::Unsupported("simulcast encodings cannot have spatial layers inside",
                                   JoinPath(JoinPath(path, i), "scalabilityMode"));
    }
  }
  return std::nullopt;
}

}  // namespace

std::string_view ToString(ProducerType type) {
  switch (type) {
    case ProducerType::kSimple:
      return "simple";
    case ProducerType::kSimulcast:
      return "simulcast";
    case ProducerType::kSvc:
      return "svc";
  }
  return {};
}

Result<ProducerType> ProducerTypeOf(const RtpParameters& parameters, std::string_view path) {
  ProducerType type = ProducerType::kSimulcast;
  if (parameters.encodings.size() <= 1) {
    ScalabilityMode mode;
    if (!parameters.encodings.empty()) mode = ModeOf(parameters.encodings[0]);
    if (mode.spatial_layers == 1 && mode.temporal_layers == 1) return ProducerType::kSimple;
    type = ProducerType::kSvc;
  }
  if (auto error = CheckLayers(parameters, JoinPath(path, "encodings"))) return *error;
  return type;
}

}  // namespace sluice::api
