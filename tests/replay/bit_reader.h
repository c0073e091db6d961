// Reads bits from the first on; beyond the end it reads zeros and says so.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>

namespace sluice::replay {

class BitReader {
 public:
  explicit BitReader(std::span<const uint8_t> bytes) : bytes_(bytes) {}

  uint32_t Read(int bits) {
    uint32_t value = 0;
    for (; bits > 0; --bits) value = value << 1 | ReadBit();
    return value;
  }
  bool ReadFlag() { return ReadBit() != 0; }
  // ns(n) of the AV1 specification §4.10.7: a value below `n`.
  uint32_t ReadBelow(uint32_t n) {
    int width = 0;
    for (uint32_t rest = n; rest != 0; rest >>= 1) ++width;
    const uint32_t shorter = (1u << width) - n;
    const uint32_t value = Read(width - 1);
    return value < shorter ? value : (value << 1) - shorter + ReadBit();
  }

  bool ok() const { return position_ <= bytes_.size() * 8; }
  size_t bytes_read() const { return (position_ + 7) / 8; }

 private:
  uint32_t ReadBit() {
    const size_t byte = position_ / 8;
    const uint32_t bit = byte < bytes_.size() ? bytes_[byte] >> (7 - position_ % 8) & 1u : 0u;
    ++position_;
    return bit;
  }

  std::span<const uint8_t> bytes_;
  size_t position_ = 0;
};

}  // namespace sluice::replay
