// The dependency descriptor header extension as a decoder uses it (AV1 RTP payload format, appendix A):
// written from the text, apart from the product's reader.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <vector>

namespace sluice::replay {

class BitReader;

struct Dependency {
  bool first_packet = false;  // Of its frame.
  bool last_packet = false;
  uint16_t frame_number = 0;
  bool extended = false;  // What follows was in this packet, or follows from its template.
  bool has_structure = false;
  int spatial = 0;
  int temporal = 0;
  std::vector<int> frame_diffs;
  std::vector<int> indications;  // By decode target: 0 not present, 1 discardable, 2 switch, 3 required.
  uint32_t active_targets = 0;
};

// Keeps the structure of the stream.
class DependencyReader {
 public:
  // nullopt: malformed, or of a template that is not known.
  std::optional<Dependency> Read(std::span<const uint8_t> element);

 private:
  struct Template {
    int spatial = 0;
    int temporal = 0;
    std::vector<int> indications;
    std::vector<int> frame_diffs;
  };

  void ReadStructure(BitReader* bits);
  void ReadLayers(BitReader* bits);

  int template_offset_ = 0;
  int targets_ = 0;
  int chains_ = 0;
  uint32_t active_targets_ = 0;
  std::vector<Template> templates_;
};

}  // namespace sluice::replay
