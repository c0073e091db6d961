// Negotiation of a producer: what it sends, in the router's terms.
#pragma once

#include <string_view>

#include "api/json_rpc/result.h"
#include "api/ortc/producer_type.h"
#include "api/ortc/rtp_capabilities.h"
#include "api/ortc/rtp_mapping.h"
#include "api/ortc/rtp_parameters.h"
#include "rtp/ids.h"

namespace sluice::api {

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
