// RTP parameters to and from JSON; the rules of rtp_capabilities_json.h hold here too.
#pragma once

#include <nlohmann/json.hpp>

#include "api/json_rpc/json_reader.h"
#include "api/ortc/rtp_mapping.h"
#include "api/ortc/rtp_parameters.h"

namespace sluice::api {

//   RtpParameters rtp = ReadRtpParameters(params.RequiredObject("rtpParameters", Fields::kOpen));
RtpParameters ReadRtpParameters(ObjectReader reader);

nlohmann::json ToJson(const RtpParameters& parameters);
nlohmann::json ToJson(const RtpCodecParameters& codec);
nlohmann::json ToJson(const RtpHeaderExtensionParameters& extension);
nlohmann::json ToJson(const RtpEncodingParameters& encoding);
nlohmann::json ToJson(const RtpMapping& mapping);

}  // namespace sluice::api
