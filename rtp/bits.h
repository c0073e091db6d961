// Bit strings, the highest bit of an octet first. Both sides keep in mind that something went wrong instead
// of saying so each time: ask ok() at the end, or before a loop would run on.
#pragma once

#include <bit>
#include <cstddef>
#include <cstdint>

#include "rtp/bytes.h"

namespace sluice::rtp {

class BitReader {
 public:
  explicit BitReader(Bytes bytes) : bytes_(bytes) {}

  // `count` 0…32 bits; 0 past the end.
  uint32_t Read(int count) {
    if (count > remaining()) {
      ok_ = false;
      position_ = size();
      return 0;
    }
    uint64_t value = 0;
    for (int left = count; left > 0;) {
      const int in_octet = 8 - static_cast<int>(position_ % 8);
      const int taken = left < in_octet ? left : in_octet;
      const uint32_t octet = bytes_[static_cast<size_t>(position_ / 8)];
      value = value << taken | (octet >> (in_octet - taken) & ((1u << taken) - 1));
      position_ += taken;
      left -= taken;
    }
    return static_cast<uint32_t>(value);
  }
  bool Flag() { return Read(1) != 0; }
  // A value below `limit`, which is not 0, in as few bits as it takes ("ns(n)" in AV1, §4.10.7).
  uint32_t ReadBelow(uint32_t limit) {
    const int width = std::bit_width(limit);
    const uint32_t short_codes = static_cast<uint32_t>((uint64_t{1} << width) - limit);
    const uint32_t value = Read(width - 1);
    return value < short_codes ? value : (value << 1 | Read(1)) - short_codes;
  }

  bool ok() const { return ok_; }
  int position() const { return static_cast<int>(position_); }  // In bits.
  int remaining() const { return static_cast<int>(size() - position_); }

 private:
  int64_t size() const { return static_cast<int64_t>(bytes_.size()) * 8; }

  Bytes bytes_;
  int64_t position_ = 0;
  bool ok_ = true;
};

class BitWriter {
 public:
  explicit BitWriter(MutableBytes out) : out_(out) {}

  // The low `count` (0…32) bits of `value`.
  void Write(uint32_t value, int count) {
    if (count > static_cast<int64_t>(out_.size()) * 8 - position_) {
      ok_ = false;
      return;
    }
    for (int left = count; left > 0;) {
      uint8_t& octet = out_[static_cast<size_t>(position_ / 8)];
      const int free = 8 - static_cast<int>(position_ % 8);
      const int taken = left < free ? left : free;
      if (free == 8) octet = 0;
      const uint32_t part = value >> (left - taken) & ((1u << taken) - 1);
      octet = static_cast<uint8_t>(octet | part << (free - taken));
      position_ += taken;
      left -= taken;
    }
  }
  void Copy(BitReader& from, int count) {
    for (; count > 32; count -= 32) Write(from.Read(32), 32);
    Write(from.Read(count), count);
  }

  bool ok() const { return ok_; }
  // Octets written, the last one filled up with zeros.
  size_t size() const { return static_cast<size_t>((position_ + 7) / 8); }

 private:
  MutableBytes out_;
  int64_t position_ = 0;
  bool ok_ = true;
};

}  // namespace sluice::rtp
