// Composes a header extension block (RFC 8285) in two passes over the same elements: the first measures, so
// that the size is known before a byte is written, the second writes.
//
//   ExtensionBlockSize measured;
//   measured.Add(5, 2);
//   if (12 + measured.size() > out.size()) …
//   uint8_t* payload = WriteExtensionBlock(measured, out + 12, [&](auto& writer) { writer.Add(5, twcc, 2);
//   });
//
// All is inline: for the elements whose size is a constant no call and no loop remains.
#pragma once

#include <cstddef>
#include <cstdint>
#include <cstring>

#include "rtp/bytes.h"

namespace sluice::rtp {

class ExtensionBlockSize {
 public:
  static constexpr size_t kMaxElementSize = 255;

  // `id` 1…255, `size` at most kMaxElementSize.
  void Add(uint8_t id, size_t size) {
    ++count_;
    data_size_ += size;
    // The one-byte form has ids 1…14 and sizes 1…16.
    two_byte_ |= id > 14 || size - 1 > 15;
  }

  bool two_byte() const { return two_byte_; }
  // Octets in all, a multiple of 4: profile, length, elements, padding. 0 without elements.
  size_t size() const {
    if (count_ == 0) return 0;
    return 4 + ((data_size_ + (two_byte_ ? 2 * count_ : count_) + 3) & ~size_t{3});
  }

 private:
  size_t count_ = 0;
  size_t data_size_ = 0;
  bool two_byte_ = false;
};

// Writes elements one behind the other.
template <bool kTwoByte>
class ExtensionElementWriter {
 public:
  explicit ExtensionElementWriter(uint8_t* at) : at_(at) {}

  void Add(uint8_t id, const uint8_t* data, size_t size) {
    if constexpr (kTwoByte) {
      *at_++ = id;
      *at_++ = static_cast<uint8_t>(size);
    } else {
      *at_++ = static_cast<uint8_t>(id << 4 | (size - 1));
    }
    // Nearly all are this small, and a call of memcpy would be the greater part of their cost.
    if (size > 3) {
      std::memcpy(at_, data, size);
    } else if (size > 0) {
      at_[0] = data[0];
      at_[size / 2] = data[size / 2];
      at_[size - 1] = data[size - 1];
    }
    at_ += size;
  }

 private:
  uint8_t* at_;
};

// Writes the block that `measured` saw; `add_elements` adds the same elements to the writer it is given.
// Answers where the next octet goes.
template <typename AddElements>
uint8_t* WriteExtensionBlock(const ExtensionBlockSize& measured, uint8_t* out, AddElements add_elements) {
  const size_t size = measured.size();
  if (size == 0) return out;
  StoreU16(out, measured.two_byte() ? 0x1000 : 0xbede);
  StoreU16(out + 2, static_cast<uint16_t>(size / 4 - 1));
  StoreU32(out + size - 4, 0);  // The padding, at most three octets; the elements overwrite the rest.
  if (measured.two_byte()) {
    ExtensionElementWriter<true> writer(out + 4);
    add_elements(writer);
  } else {
    ExtensionElementWriter<false> writer(out + 4);
    add_elements(writer);
  }
  return out + size;
}

}  // namespace sluice::rtp
