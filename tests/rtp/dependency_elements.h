// Dependency descriptors for tests: composed bit by bit, independently of the code under test, and those that
// an encoder would write for the frames of a ModelEncoder.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <tuple>
#include <utility>
#include <vector>

#include "tests/rtp/model_encoder.h"
#include "tests/rtp/rtp_packets.h"

namespace sluice::rtp {

class BitString {
 public:
  BitString& Put(uint32_t value, int bits) {
    for (int i = bits - 1; i >= 0; --i) bits_.push_back((value >> i & 1) != 0);
    return *this;
  }
  // ns(n) of the AV1 specification §4.10.7.
  BitString& PutBelow(uint32_t value, uint32_t limit) {
    int width = 0;
    while (limit >> width) ++width;
    const uint32_t short_codes = (1u << width) - limit;
    return value < short_codes ? Put(value, width - 1) : Put(value + short_codes, width);
  }
  Octets Done() const {
    Octets out((bits_.size() + 7) / 8);
    for (size_t i = 0; i < bits_.size(); ++i) {
      if (bits_[i]) out[i / 8] = static_cast<uint8_t>(out[i / 8] | 0x80 >> i % 8);
    }
    return out;
  }

 private:
  std::vector<bool> bits_;
};

struct DependencyTemplate {
  Layers layers;
  std::string indications;  // "-DSR", a letter a decode target.
  std::vector<int> diffs = {};
  std::vector<int> chain_diffs = {};
  auto operator<=>(const DependencyTemplate&) const = default;
};

struct DependencyTemplates {
  uint8_t id_offset = 0;
  std::vector<DependencyTemplate> templates;  // In order of their layers.
  std::vector<int> chain_of_target = {};      // Empty: no chains.
  std::vector<std::pair<int, int>> resolutions = {};

  int targets() const { return static_cast<int>(templates.front().indications.size()); }
  int chains() const { return static_cast<int>(templates.front().chain_diffs.size()); }
};

struct DependencyElement {
  bool start = true, end = true;
  uint8_t template_id = 0;
  uint16_t frame_number = 0;
  bool attach = false;
  std::optional<uint32_t> active = {};
  std::optional<std::string> indications = {};
  std::optional<std::vector<int>> diffs = {};
  std::optional<std::vector<int>> chain_diffs = {};

  Octets Encode(const DependencyTemplates& templates) const {
    BitString bits;
    bits.Put(start, 1).Put(end, 1).Put(template_id, 6).Put(frame_number, 16);
    if (!attach && !active && !indications && !diffs && !chain_diffs) return bits.Done();
    bits.Put(attach, 1).Put(active.has_value(), 1).Put(indications.has_value(), 1);
    bits.Put(diffs.has_value(), 1).Put(chain_diffs.has_value(), 1);
    if (attach) PutStructure(templates, bits);
    if (active) bits.Put(*active, templates.targets());
    if (indications) PutIndications(*indications, bits);
    if (diffs) {
      for (int diff : *diffs) {
        const int nibbles = diff <= 16 ? 1 : diff <= 256 ? 2 : 3;
        bits.Put(static_cast<uint32_t>(nibbles), 2).Put(static_cast<uint32_t>(diff - 1), 4 * nibbles);
      }
      bits.Put(0, 2);
    }
    if (chain_diffs) {
      for (int diff : *chain_diffs) bits.Put(static_cast<uint32_t>(diff), 8);
    }
    return bits.Done();
  }

 private:
  static void PutIndications(std::string_view letters, BitString& bits) {
    for (char letter : letters) bits.Put(static_cast<uint32_t>(std::string_view("-DSR").find(letter)), 2);
  }
  static void PutStructure(const DependencyTemplates& templates, BitString& bits) {
    bits.Put(templates.id_offset, 6).Put(static_cast<uint32_t>(templates.targets() - 1), 5);
    for (size_t i = 1; i < templates.templates.size(); ++i) {
      const Layers before = templates.templates[i - 1].layers, layers = templates.templates[i].layers;
      bits.Put(layers == before ? 0 : layers.spatial == before.spatial ? 1 : 2, 2);
    }
    bits.Put(3, 2);
    for (const DependencyTemplate& frame : templates.templates) PutIndications(frame.indications, bits);
    for (const DependencyTemplate& frame : templates.templates) {
      for (int diff : frame.diffs) bits.Put(1, 1).Put(static_cast<uint32_t>(diff - 1), 4);
      bits.Put(0, 1);
    }
    const auto chains = static_cast<uint32_t>(templates.chains());
    bits.PutBelow(chains, static_cast<uint32_t>(templates.targets()) + 1);
    if (chains > 0) {
      for (int chain : templates.chain_of_target) bits.PutBelow(static_cast<uint32_t>(chain), chains);
      for (const DependencyTemplate& frame : templates.templates) {
        for (int diff : frame.chain_diffs) bits.Put(static_cast<uint32_t>(diff), 4);
      }
    }
    bits.Put(templates.resolutions.empty() ? 0 : 1, 1);
    for (const auto& [width, height] : templates.resolutions)
      bits.Put(static_cast<uint32_t>(width - 1), 16).Put(static_cast<uint32_t>(height - 1), 16);
  }
};

// What an encoder of `mode` says of its frames: a decode target for each pair of layers, spatial first, and a
// chain for each spatial layer.
class DependencyDescriber {
 public:
  explicit DependencyDescriber(const ScalabilityMode& mode, uint8_t id_offset = 0) : mode_(mode) {
    templates_.id_offset = id_offset;
    for (uint8_t s = 0; s < mode.spatial; ++s) {
      for (uint8_t t = 0; t < mode.temporal; ++t) templates_.chain_of_target.push_back(s);
    }
    for (uint8_t s = 0; s < mode.spatial; ++s)
      templates_.resolutions.emplace_back(1280 >> (mode.spatial - 1 - s), 720 >> (mode.spatial - 1 - s));
    CollectTemplates();
    last_of_chain_.clear();
  }

  const DependencyTemplates& templates() const { return templates_; }

  // Of the first or a later packet of the frame. Frames come in order, each with its first packet first.
  DependencyElement Describe(const ModelFrame& frame, bool start, bool end) {
    if (start) current_ = TemplateOf(frame);
    DependencyElement element{.start = start,
                              .end = end,
                              .frame_number = static_cast<uint16_t>(frame.number),
                              .attach = start && frame.key_picture && frame.layers.spatial == 0};
    for (size_t i = 0; i < templates_.templates.size(); ++i) {
      if (templates_.templates[i] != current_) continue;
      element.template_id = static_cast<uint8_t>((i + templates_.id_offset) % 64);
      return element;
    }
    // None fits: the first of these layers, and all that differs.
    for (size_t i = 0; i < templates_.templates.size(); ++i) {
      if (templates_.templates[i].layers != frame.layers) continue;
      element.template_id = static_cast<uint8_t>((i + templates_.id_offset) % 64);
      break;
    }
    element.indications = current_.indications;
    element.diffs = current_.diffs;
    element.chain_diffs = current_.chain_diffs;
    return element;
  }

 private:
  void CollectTemplates() {
    ModelEncoder encoder(mode_);
    std::map<std::pair<Layers, DependencyTemplate>, bool> seen;
    for (int picture = 0; picture < 10; ++picture) {
      for (const ModelFrame& frame : encoder.Next(picture == 0)) {
        DependencyTemplate made = TemplateOf(frame);
        seen[{made.layers, made}] = true;
      }
    }
    for (const auto& [key, unused] : seen) templates_.templates.push_back(key.second);
  }

  DependencyTemplate TemplateOf(const ModelFrame& frame) {
    DependencyTemplate made{.layers = frame.layers, .indications = {}};
    for (uint8_t s = 0; s < mode_.spatial; ++s) {
      for (uint8_t t = 0; t < mode_.temporal; ++t) made.indications += IndicationOf(frame, {s, t});
    }
    for (int64_t reference : frame.references)
      made.diffs.push_back(static_cast<int>(frame.number - reference));
    if (frame.key_picture && frame.first_in_picture) last_of_chain_.clear();
    for (uint8_t chain = 0; chain < mode_.spatial; ++chain) {
      auto last = last_of_chain_.find(chain);
      made.chain_diffs.push_back(
          last == last_of_chain_.end() ? 0 : static_cast<int>(frame.number - last->second));
    }
    for (uint8_t chain = 0; chain < mode_.spatial; ++chain) {
      if (frame.layers.temporal == 0 && IsNeeded(frame, {chain, 0}, mode_))
        last_of_chain_[chain] = frame.number;
    }
    return made;
  }

  char IndicationOf(const ModelFrame& frame, Layers target) const {
    if (!IsNeeded(frame, target, mode_)) return '-';
    if (frame.key_picture) return 'S';
    const bool is_top = frame.layers.spatial == target.spatial;
    if (frame.layers.temporal > 0 && frame.layers.temporal == target.temporal) return is_top ? 'D' : 'R';
    return is_top ? 'S' : 'R';
  }

  ScalabilityMode mode_;
  DependencyTemplates templates_;
  DependencyTemplate current_;
  std::map<uint8_t, int64_t> last_of_chain_;
};

}  // namespace sluice::rtp
