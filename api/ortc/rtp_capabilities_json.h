// RTP capabilities to and from JSON.
//
// Reading checks the types and ranges of the known fields and gives each error its path; unknown fields are
// ignored, absent ones get ORTC's defaults. On error the reader holds it and the value is not to be used.
#pragma once

#include <nlohmann/json.hpp>
#include <string_view>
#include <vector>

#include "api/json_rpc/json_reader.h"
#include "api/ortc/rtp_capabilities.h"

namespace sluice::api {

// `reader` stands on the capabilities object and is to be made with Fields::kOpen:
//   RtpCapabilities caps = ReadRtpCapabilities(params.RequiredObject("rtpCapabilities", Fields::kOpen));
RtpCapabilities ReadRtpCapabilities(ObjectReader reader);
// The array `field` of `owner`, such as `mediaCodecs`; empty when absent. The `kind` of a codec is not read,
// that of its MIME type counts.
std::vector<RtpCodecCapability> ReadRtpCodecCapabilities(ObjectReader& owner, std::string_view field);
RtpCodecCapability ReadRtpCodecCapability(ObjectReader& reader);

nlohmann::json ToJson(const RtpCapabilities& capabilities);
nlohmann::json ToJson(const RtpCodecCapability& codec);
nlohmann::json ToJson(const RtpHeaderExtension& extension);

}  // namespace sluice::api
