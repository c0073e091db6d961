// The template dependency structure of the dependency descriptor (RTP Payload Format For AV1 v1.0, appendix
// A.8.3.3): what an encoder says in advance of all its frames. It comes with the first frame of each coded
// video sequence.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <span>

#include "rtp/bits.h"
#include "rtp/layers.h"

namespace sluice::rtp {

// What a frame is to a decode target, a set of layers that a receiver may choose (§A.8.2.2).
enum class DecodeTargetIndication : uint8_t {
  kNotPresent = 0,
  kDiscardable = 1,  // Wanted, but no other frame of the target needs it.
  kSwitch = 2,       // If it can be decoded, so can all later frames of the target.
  kRequired = 3,
};

// What a template says of the frames that refer to it.
struct FrameDependencies {
  // An AV1 frame has seven references at most.
  static constexpr size_t kMaxDiffs = 8;
  static constexpr size_t kMaxChains = 32;

  Layers layers;
  uint64_t indications = 0;  // Two bits a decode target, the first one lowest.
  uint8_t diff_count = 0;
  std::array<uint16_t, kMaxDiffs> diffs{};  // How many frames back each reference is.
  std::array<uint8_t, kMaxChains>
      chain_diffs{};  // …and the chain's frame before this one; 0: it is the first.

  DecodeTargetIndication Of(int target) const {
    return static_cast<DecodeTargetIndication>(indications >> (2 * target) & 3);
  }
  std::span<const uint16_t> references() const { return {diffs.data(), diff_count}; }
};

struct DependencyStructure {
  static constexpr size_t kMaxTemplates = 64;
  static constexpr size_t kMaxTargets = 32;
  struct Resolution {
    uint32_t width = 0;
    uint32_t height = 0;
    bool operator==(const Resolution&) const = default;
  };

  uint8_t template_id_offset = 0;
  uint8_t target_count = 0;
  uint8_t template_count = 0;
  uint8_t chain_count = 0;
  uint8_t spatial_layers = 0;
  bool has_resolutions = false;
  std::array<FrameDependencies, kMaxTemplates> templates;
  std::array<uint8_t, kMaxTargets> chain_of_target{};      // Which chain protects it, if there are chains.
  std::array<Layers, kMaxTargets> layers_of_target;        // The highest of all frames in it.
  std::array<Resolution, LayerSet::kSpatial> resolutions;  // By spatial layer.

  // Reads the structure and leaves `reader` behind it. False: malformed, or beyond the limits above; the
  // structure is then in no particular state.
  [[nodiscard]] bool Read(BitReader& reader);

  // nullptr: no such template.
  const FrameDependencies* TemplateOf(uint8_t template_id) const {
    const auto index = static_cast<size_t>(template_id + kMaxTemplates - template_id_offset) % kMaxTemplates;
    return index < template_count ? &templates[index] : nullptr;
  }
  uint32_t AllTargets() const { return static_cast<uint32_t>((uint64_t{1} << target_count) - 1); }

 private:
  bool ReadTemplateLayers(BitReader& reader);
  bool ReadTemplateDiffs(BitReader& reader, FrameDependencies& to);
  void ReadTemplateChains(BitReader& reader);
  void ReadResolutions(BitReader& reader);
  void FindLayersOfTargets();
};

}  // namespace sluice::rtp
