// Spatial and temporal layers of a video stream, and sets of choices among them.
#pragma once

#include <algorithm>
#include <compare>
#include <cstdint>

namespace sluice::rtp {

// A frame's place, or a receiver's choice: all layers up to these.
struct Layers {
  uint8_t spatial = 0;
  uint8_t temporal = 0;
  auto operator<=>(const Layers&) const = default;

  // Neither layer is above the other's.
  constexpr bool IsWithin(Layers o) const { return spatial <= o.spatial && temporal <= o.temporal; }
  constexpr Layers LimitedTo(Layers o) const {
    return {std::min(spatial, o.spatial), std::min(temporal, o.temporal)};
  }
};

// A set of receivers, told apart by what they have chosen: one bit for each choice. Layers above the highest
// that there is room for count as that one.
class LayerSet {
 public:
  static constexpr uint8_t kSpatial = 4;
  static constexpr uint8_t kTemporal = 8;
  static constexpr Layers kHighest = {kSpatial - 1, kTemporal - 1};

  constexpr LayerSet() = default;  // Nobody.
  static constexpr LayerSet All() { return LayerSet(~uint32_t{0}); }
  static constexpr LayerSet Only(Layers choice) { return LayerSet(Bit(choice)); }
  // Who has chosen `lowest` or more, in both directions.
  static constexpr LayerSet From(Layers lowest) {
    LayerSet set;
    for (uint8_t s = Clamp(lowest).spatial; s < kSpatial; ++s) set = set | SpatialFrom({s, lowest.temporal});
    return set;
  }
  // Who has chosen this very spatial layer, and the temporal layer or more.
  static constexpr LayerSet SpatialFrom(Layers lowest) {
    lowest = Clamp(lowest);
    return LayerSet((0xffu << lowest.temporal & 0xffu) << lowest.spatial * kTemporal);
  }
  // Who has chosen this very temporal layer, and any spatial one.
  static constexpr LayerSet Temporal(uint8_t temporal) {
    return LayerSet(0x0101'0101u << Clamp({0, temporal}).temporal);
  }

  constexpr bool Has(Layers choice) const { return (bits_ & Bit(choice)) != 0; }
  constexpr bool empty() const { return bits_ == 0; }
  constexpr LayerSet operator&(LayerSet o) const { return LayerSet(bits_ & o.bits_); }
  constexpr LayerSet operator|(LayerSet o) const { return LayerSet(bits_ | o.bits_); }
  constexpr bool operator==(const LayerSet&) const = default;

 private:
  explicit constexpr LayerSet(uint32_t bits) : bits_(bits) {}
  static constexpr Layers Clamp(Layers layers) { return layers.LimitedTo(kHighest); }
  static constexpr uint32_t Bit(Layers choice) {
    choice = Clamp(choice);
    return uint32_t{1} << (choice.spatial * kTemporal + choice.temporal);
  }

  uint32_t bits_ = 0;
};

}  // namespace sluice::rtp
