// Negotiation of a producer: what it sends, in the router's terms.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "api/json_rpc/result.h"
#include "api/ortc/producer_type.h"
#include "api/ortc/rtp_capabilities.h"
#include "api/ortc/rtp_parameters.h"
#include "rtp/ids.h"

namespace sluice::api {

struct CodecMapping {
  PayloadType payload_type;         // The producer's.
  PayloadType mapped_payload_type;  // The router's.

  bool operator==(const CodecMapping&) const = default;
};

struct EncodingMapping {
  std::optional<Ssrc> ssrc;
  std::optional<std::string> rid;
  Ssrc mapped_ssrc;  // By which the router knows the stream.

  bool operator==(const EncodingMapping&) const = default;
};

struct RtpMapping {
  std::vector<CodecMapping> codecs;        // Media codecs first, then RTX.
  std::vector<EncodingMapping> encodings;  // In the order of the producer's encodings.

  bool operator==(const RtpMapping&) const = default;
};

struct ProducerParameters {
  RtpParameters rtp_parameters;  // As given, made complete: at least one encoding, the H264 level answered.
  RtpMapping rtp_mapping;
  RtpParameters consumable;  // What every consumer's parameters are made from: router's codecs, mapped SSRCs.
  ProducerType type = ProducerType::kSimple;
};

// Encodings get the SSRCs first_mapped_ssrc, +1, …
// `path` is where `parameters` came from. Errors: missing_field, invalid_value (see rtp_parameters_check.h)
// and unsupported (a codec that the router does not have, layers that the codec does not have).
Result<ProducerParameters> NegotiateProducer(MediaKind kind, RtpParameters parameters,
                                             const RtpCapabilities& router, Ssrc first_mapped_ssrc,
                                             std::string_view path = "params.rtpParameters");

}  // namespace sluice::api
