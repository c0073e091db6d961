// Byte spans and big-endian access ("network order", RFC 1700).
//
// Load* and Store* do not check bounds: the caller has. ByteReader does, and is what parsers use.
#pragma once

#include <cstddef>
#include <cstdint>
#include <cstring>
#include <optional>
#include <span>

namespace sluice {

using Bytes = std::span<const uint8_t>;
using MutableBytes = std::span<uint8_t>;

inline uint16_t LoadU16(const uint8_t* p) { return static_cast<uint16_t>(p[0] << 8 | p[1]); }
inline uint32_t LoadU24(const uint8_t* p) { return uint32_t{p[0]} << 16 | uint32_t{p[1]} << 8 | p[2]; }
inline uint32_t LoadU32(const uint8_t* p) {
  return uint32_t{p[0]} << 24 | uint32_t{p[1]} << 16 | uint32_t{p[2]} << 8 | p[3];
}
inline uint64_t LoadU64(const uint8_t* p) { return uint64_t{LoadU32(p)} << 32 | LoadU32(p + 4); }

inline void StoreU16(uint8_t* p, uint16_t v) {
  p[0] = static_cast<uint8_t>(v >> 8);
  p[1] = static_cast<uint8_t>(v);
}
inline void StoreU24(uint8_t* p, uint32_t v) {
  p[0] = static_cast<uint8_t>(v >> 16);
  p[1] = static_cast<uint8_t>(v >> 8);
  p[2] = static_cast<uint8_t>(v);
}
inline void StoreU32(uint8_t* p, uint32_t v) {
  StoreU16(p, static_cast<uint16_t>(v >> 16));
  StoreU16(p + 2, static_cast<uint16_t>(v));
}
inline void StoreU64(uint8_t* p, uint64_t v) {
  StoreU32(p, static_cast<uint32_t>(v >> 32));
  StoreU32(p + 4, static_cast<uint32_t>(v));
}

// Reads a byte string from front to back; every read says whether the bytes were there.
class ByteReader {
 public:
  explicit ByteReader(Bytes bytes) : bytes_(bytes) {}

  size_t remaining() const { return bytes_.size(); }
  Bytes rest() const { return bytes_; }

  std::optional<uint8_t> U8() {
    return Take<1, uint8_t>([](const uint8_t* p) { return *p; });
  }
  std::optional<uint16_t> U16() { return Take<2, uint16_t>(LoadU16); }
  std::optional<uint32_t> U24() { return Take<3, uint32_t>(LoadU24); }
  std::optional<uint32_t> U32() { return Take<4, uint32_t>(LoadU32); }
  std::optional<uint64_t> U64() { return Take<8, uint64_t>(LoadU64); }
  std::optional<Bytes> Read(size_t count) {
    if (count > bytes_.size()) return std::nullopt;
    Bytes taken = bytes_.first(count);
    bytes_ = bytes_.subspan(count);
    return taken;
  }

 private:
  template <size_t kCount, typename T, typename Load>
  std::optional<T> Take(Load load) {
    if (bytes_.size() < kCount) return std::nullopt;
    T value = load(bytes_.data());
    bytes_ = bytes_.subspan(kCount);
    return value;
  }

  Bytes bytes_;
};

}  // namespace sluice
