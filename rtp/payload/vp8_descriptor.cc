#include "rtp/payload/vp8_descriptor.h"

namespace sluice::rtp {
namespace {

// Where `reader`, which is reading `payload`, stands.
uint8_t Offset(Bytes payload, const ByteReader& reader) {
  return static_cast<uint8_t>(payload.size() - reader.remaining());
}

bool ReadPictureId(Bytes payload, ByteReader& reader, Vp8Descriptor& descriptor) {
  descriptor.picture_id_offset = Offset(payload, reader);
  auto first = reader.U8();
  if (!first) return false;
  descriptor.picture_id = *first & 0x7f;
  descriptor.long_picture_id = (*first & 0x80) != 0;
  if (!descriptor.long_picture_id) return true;
  auto second = reader.U8();
  if (!second) return false;
  descriptor.picture_id = static_cast<uint16_t>(*descriptor.picture_id << 8 | *second);
  return true;
}

bool ReadExtension(Bytes payload, ByteReader& reader, Vp8Descriptor& descriptor) {
  auto present = reader.U8();
  if (!present) return false;
  if ((*present & 0x80) && !ReadPictureId(payload, reader, descriptor)) return false;
  if (*present & 0x40) {
    descriptor.tl0_picture_index_offset = Offset(payload, reader);
    descriptor.tl0_picture_index = reader.U8();
    if (!descriptor.tl0_picture_index) return false;
  }
  if ((*present & 0x30) == 0) return true;
  auto layer = reader.U8();
  if (!layer) return false;
  if (*present & 0x20) {
    descriptor.temporal_layer = static_cast<uint8_t>(*layer >> 6);
    descriptor.layer_sync = (*layer & 0x20) != 0;
  }
  if (*present & 0x10) descriptor.key_index = static_cast<uint8_t>(*layer & 0x1f);
  return true;
}

}  // namespace

std::optional<Vp8Descriptor> Vp8Descriptor::Parse(Bytes payload) {
  ByteReader reader(payload);
  auto required = reader.U8();
  if (!required) return std::nullopt;
  Vp8Descriptor descriptor;
  descriptor.non_reference = (*required & 0x20) != 0;
  descriptor.partition_start = (*required & 0x10) != 0;
  descriptor.partition = *required & 0x07;
  if ((*required & 0x80) && !ReadExtension(payload, reader, descriptor)) return std::nullopt;
  descriptor.size = Offset(payload, reader);
  auto header = reader.U8();
  if (!header) return std::nullopt;
  descriptor.key_frame = descriptor.frame_start() && (*header & 0x01) == 0;
  return descriptor;
}

}  // namespace sluice::rtp
