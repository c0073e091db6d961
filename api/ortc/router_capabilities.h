// The capabilities of a router: the supported codecs that its creator asked for, with payload types.
#pragma once

#include <string_view>
#include <vector>

#include "api/json_rpc/result.h"
#include "api/ortc/rtp_capabilities.h"

namespace sluice::api {

// Each media codec is matched with a supported one, whose feedback and default parameters it gets, and each
// video codec gets an RTX codec. Payload types that are asked for are kept; the others are 100…127, then
// 96…99.
//
// `path` is where `media_codecs` came from. Errors: unsupported, invalid_value (a payload type twice, or in
// 64…95, which RFC 5761 §4 leaves to RTCP), resource_unavailable (no payload type left).
Result<RtpCapabilities> MakeRouterCapabilities(const std::vector<RtpCodecCapability>& media_codecs,
                                               std::string_view path = "params.mediaCodecs");

}  // namespace sluice::api
