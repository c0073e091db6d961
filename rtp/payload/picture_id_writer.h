// Writes other picture ids into a copied payload descriptor of VP8 or VP9.
#pragma once

#include <cstdint>

#include "rtp/bytes.h"
#include "rtp/received_packet.h"

namespace sluice::rtp {

// What one consumer gets to see in place of the publisher's.
struct OutgoingPictureIds {
  uint16_t picture_id = 0;  // Its low 7 or 15 bits count, as many as the field has.
  uint8_t tl0_picture_index = 0;
};

// `payload` is a copy of the one that `where` was read from.
inline void WritePictureIds(const PictureIds& where, const OutgoingPictureIds& ids, uint8_t* payload) {
  if (where.picture_id_offset != 0) {
    uint8_t* at = payload + where.picture_id_offset;
    if (where.long_picture_id) {
      StoreU16(at, static_cast<uint16_t>(0x8000 | ids.picture_id));
    } else {
      *at = static_cast<uint8_t>(ids.picture_id & 0x7f);
    }
  }
  if (where.tl0_picture_index_offset != 0) payload[where.tl0_picture_index_offset] = ids.tl0_picture_index;
}

}  // namespace sluice::rtp
