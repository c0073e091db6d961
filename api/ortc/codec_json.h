// The JSON of a codec description, shared by capabilities and parameters.
#pragma once

#include <nlohmann/json.hpp>

#include "api/json_rpc/json_reader.h"
#include "api/ortc/codec.h"

namespace sluice::api {

// Reads mimeType, clockRate, channels, parameters and rtcpFeedback.
void ReadCodecDescription(ObjectReader& reader, CodecDescription* codec);
ParameterMap ReadParameterMap(ObjectReader& owner, std::string_view field);

// Adds the same fields to the object `json`.
void AddCodecDescription(const CodecDescription& codec, nlohmann::json* json);
nlohmann::json ToJson(const ParameterMap& parameters);

}  // namespace sluice::api
