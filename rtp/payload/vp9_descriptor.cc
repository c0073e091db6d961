#include "rtp/payload/vp9_descriptor.h"

namespace sluice::rtp {
namespace {

// One descriptor being read; every Read… answers whether the octets were there.
class Vp9Parser {
 public:
  explicit Vp9Parser(Bytes payload) : payload_(payload), reader_(payload) {}

  bool ReadPictureId() {
    descriptor.picture_id_offset = static_cast<uint8_t>(Offset());
    auto first = reader_.U8();
    if (!first) return false;
    descriptor.picture_id = *first & 0x7f;
    descriptor.long_picture_id = (*first & 0x80) != 0;
    if (!descriptor.long_picture_id) return true;
    auto second = reader_.U8();
    if (!second) return false;
    descriptor.picture_id = static_cast<uint16_t>(*descriptor.picture_id << 8 | *second);
    return true;
  }

  bool ReadLayers() {
    auto layers = reader_.U8();
    if (!layers) return false;
    descriptor.has_layers = true;
    descriptor.temporal_layer = static_cast<uint8_t>(*layers >> 5);
    descriptor.switching_up_point = (*layers & 0x10) != 0;
    descriptor.spatial_layer = *layers >> 1 & 0x07;
    descriptor.inter_layer_dependency = (*layers & 0x01) != 0;
    if (descriptor.flexible_mode) return true;
    descriptor.tl0_picture_index_offset = static_cast<uint8_t>(Offset());
    descriptor.tl0_picture_index = reader_.U8();
    return descriptor.tl0_picture_index.has_value();
  }

  bool ReadReferences() {
    for (bool more = true; more;) {
      auto reference = reader_.U8();
      if (!reference || descriptor.references == Vp9Descriptor::kMaxReferences) return false;
      descriptor.reference_diffs[descriptor.references++] = static_cast<uint8_t>(*reference >> 1);
      more = (*reference & 0x01) != 0;
    }
    return true;
  }

  //   | N_S |Y|G|-|-|-|
  //   |  WIDTH, HEIGHT, 16 bits each  |  N_S + 1 times if Y
  //   |      N_G      |                  if G, then N_G times:
  //   | TID |U| R |-|-|                  and R octets of P_DIFF
  bool ReadStructure() {
    descriptor.structure_offset = static_cast<uint8_t>(Offset());
    auto header = reader_.U8();
    if (!header) return false;
    descriptor.spatial_layers = static_cast<uint8_t>((*header >> 5) + 1);
    if ((*header & 0x10) && !reader_.Read(size_t{4} * descriptor.spatial_layers)) return false;
    if ((*header & 0x08) && !SkipPictureGroup()) return false;
    descriptor.structure_size = static_cast<uint16_t>(Offset() - descriptor.structure_offset);
    return true;
  }

  size_t Offset() const { return payload_.size() - reader_.remaining(); }
  std::optional<uint8_t> U8() { return reader_.U8(); }
  bool AtEnd() const { return reader_.remaining() == 0; }

  Vp9Descriptor descriptor;

 private:
  bool SkipPictureGroup() {
    auto pictures = reader_.U8();
    if (!pictures) return false;
    for (int i = 0; i < *pictures; ++i) {
      auto picture = reader_.U8();
      if (!picture || !reader_.Read(*picture >> 2 & 0x03)) return false;
    }
    return true;
  }

  Bytes payload_;
  ByteReader reader_;
};

}  // namespace

std::optional<Vp9Descriptor> Vp9Descriptor::Parse(Bytes payload) {
  Vp9Parser parser(payload);
  auto required = parser.U8();
  if (!required) return std::nullopt;
  Vp9Descriptor& descriptor = parser.descriptor;
  descriptor.inter_picture_predicted = (*required & 0x40) != 0;
  descriptor.flexible_mode = (*required & 0x10) != 0;
  descriptor.frame_start = (*required & 0x08) != 0;
  descriptor.frame_end = (*required & 0x04) != 0;
  descriptor.not_reference_for_upper = (*required & 0x01) != 0;
  if ((*required & 0x80) && !parser.ReadPictureId()) return std::nullopt;
  if ((*required & 0x20) && !parser.ReadLayers()) return std::nullopt;
  if (descriptor.flexible_mode && descriptor.inter_picture_predicted && !parser.ReadReferences()) {
    return std::nullopt;
  }
  if ((*required & 0x02) && !parser.ReadStructure()) return std::nullopt;
  if (parser.AtEnd()) return std::nullopt;
  descriptor.size = static_cast<uint16_t>(parser.Offset());
  return descriptor;
}

}  // namespace sluice::rtp
