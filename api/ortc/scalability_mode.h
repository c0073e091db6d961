// The scalabilityMode of an encoding (W3C webrtc-svc): "L1T3", "L3T3_KEY", "S2T1".
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace sluice::api {

struct ScalabilityMode {
  uint8_t spatial_layers = 1;   // 1…99
  uint8_t temporal_layers = 1;  // 1…99
  bool ksvc = false;            // Spatial layers depend on each other at key frames only.

  bool operator==(const ScalabilityMode&) const = default;
};

// What does not begin as a mode counts as L1T1; what follows ("h" of L2T2h) is not looked at.
ScalabilityMode ParseScalabilityMode(std::string_view text);
// "L{spatial}T{temporal}"
std::string MakeScalabilityMode(size_t spatial_layers, size_t temporal_layers);

}  // namespace sluice::api
