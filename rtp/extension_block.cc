#include "rtp/extension_block.h"

#include <cstring>

namespace sluice::rtp {

uint8_t* ExtensionBlock::Write(uint8_t* out) const {
  if (count_ == 0) return out;
  uint8_t* end = out + size();
  StoreU16(out, two_byte_ ? 0x1000 : 0xbede);
  StoreU16(out + 2, static_cast<uint16_t>(size() / 4 - 1));
  StoreU32(end - 4, 0);  // Padding is at most three octets; what the elements take is written over.
  uint8_t* at = out + 4;
  for (size_t i = 0; i < count_; ++i) {
    const auto& [data, id, size] = elements_[i];
    if (two_byte_) {
      *at++ = id;
      *at++ = size;
    } else {
      *at++ = static_cast<uint8_t>(id << 4 | (size - 1));
    }
    std::memcpy(at, data, size);
    at += size;
  }
  return end;
}

}  // namespace sluice::rtp
