// Whether the RTP parameters of a producer make sense in themselves.
#pragma once

#include <optional>
#include <string_view>

#include "api/json_rpc/rpc_error.h"
#include "api/ortc/rtp_parameters.h"

namespace sluice::api {

// nullopt: they do. Checked are
//  - codecs: at least one that is not RTX, all of `kind`, payload types unique, each RTX codec with an apt
//    that is the payload type of a media codec (RFC 4588 §8.1);
//  - header extensions: ids unique (RFC 8285 §5);
//  - encodings: at least one; SSRCs (RTX too) and RIDs unique; an SSRC or a RID in each of several, or else a
//    MID; codecPayloadType is that of a media codec.
std::optional<RpcError> CheckRtpParameters(MediaKind kind, const RtpParameters& parameters,
                                           std::string_view path);

}  // namespace sluice::api
