// How the encodings of a producer make up its layers.
#pragma once

#include <cstdint>
#include <string_view>

#include "api/json_rpc/result.h"
#include "api/ortc/rtp_parameters.h"

namespace sluice::api {

enum class ProducerType : uint8_t {
  kSimple,     // One stream, one layer.
  kSimulcast,  // Several streams, one a spatial layer.
  kSvc,        // One stream with spatial or temporal layers inside.
};

std::string_view ToString(ProducerType type);

// `parameters` come from `path`. Error: unsupported (layers of a codec that has none, or simulcast whose
// encodings have several spatial layers each).
Result<ProducerType> ProducerTypeOf(const RtpParameters& parameters, std::string_view path);

}  // namespace sluice::api
