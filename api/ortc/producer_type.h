// How the encodings of a producer make up its layers.
#pragma once

#include <cstdint>
#include <string_view>

namespace sluice::api {

enum class ProducerType : uint8_t {
  kSimple,     // One stream, one layer.
  kSimulcast,  // Several streams, one a spatial layer.
  kSvc,        // One stream with spatial or temporal layers inside.
};

std::string_view ToString(ProducerType type);

}  // namespace sluice::api
