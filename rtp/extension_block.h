// Composes a header extension block (RFC 8285) out of elements that stay where they are until it is written.
//
//   ExtensionBlock block;
//   block.Add(5, twcc);                   // borrows
//   if (12 + block.size() > out.size()) …  // the size is known before a byte is written
//   uint8_t* payload = block.Write(out + 12);
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>

#include "rtp/bytes.h"
#include "rtp/header_extension.h"

namespace sluice::rtp {

class ExtensionBlock {
 public:
  static constexpr size_t kMaxElementSize = 255;

  // At most one element of each kind. `id` 1…255, `data` at most kMaxElementSize octets that outlive the
  // block.
  void Add(uint8_t id, Bytes data) {
    elements_[count_++] = {data.data(), id, static_cast<uint8_t>(data.size())};
    data_size_ += data.size();
    // The one-byte form has ids 1…14 and sizes 1…16.
    two_byte_ |= id > 14 || data.size() - 1 > 15;
  }

  // Octets that Write() writes, a multiple of 4: profile, length, elements, padding. 0 without elements.
  size_t size() const {
    if (count_ == 0) return 0;
    return 4 + ((data_size_ + count_ * (two_byte_ ? 2 : 1) + 3) & ~size_t{3});
  }

  // Answers where the next octet goes.
  uint8_t* Write(uint8_t* out) const;

 private:
  struct Element {
    const uint8_t* data;
    uint8_t id;
    uint8_t size;
  };

  std::array<Element, kExtensionKinds> elements_;  // The first count_ are set.
  size_t count_ = 0;
  size_t data_size_ = 0;
  bool two_byte_ = false;
};

}  // namespace sluice::rtp
