// The identifiers of RTP (RFC 3550 §5.1) as types that do not mix.
#pragma once

#include <compare>
#include <cstdint>
#include <type_traits>
#include <utility>

namespace sluice {

// Synchronisation source of one RTP stream.
class Ssrc {
 public:
  constexpr Ssrc() = default;
  explicit constexpr Ssrc(uint32_t value) : value_(value) {}
  constexpr uint32_t value() const { return value_; }
  constexpr auto operator<=>(const Ssrc&) const = default;
  template <typename H>
  friend H AbslHashValue(H h, Ssrc s) {
    return H::combine(std::move(h), s.value_);
  }

 private:
  uint32_t value_ = 0;
};

// 7-bit RTP payload type.
class PayloadType {
 public:
  constexpr PayloadType() = default;
  explicit constexpr PayloadType(uint8_t value) : value_(value & 0x7f) {}
  constexpr uint8_t value() const { return value_; }
  constexpr auto operator<=>(const PayloadType&) const = default;

 private:
  uint8_t value_ = 0;
};

// 16-bit RTP sequence number on its circle. There is no operator<: IsNewerThan() is the only order, and
// it is only meaningful within half a circle. Code that needs an order over time unwraps first.
class SequenceNumber {
 public:
  constexpr SequenceNumber() = default;
  explicit constexpr SequenceNumber(uint16_t value) : value_(value) {}
  constexpr uint16_t value() const { return value_; }
  constexpr bool operator==(const SequenceNumber&) const = default;
  constexpr SequenceNumber operator+(int n) const {
    return SequenceNumber(static_cast<uint16_t>(value_ + n));
  }
  constexpr SequenceNumber operator-(int n) const {
    return SequenceNumber(static_cast<uint16_t>(value_ - n));
  }
  // Signed distance on the circle, -32768…32767.
  constexpr int16_t operator-(SequenceNumber o) const { return static_cast<int16_t>(value_ - o.value_); }
  constexpr bool IsNewerThan(SequenceNumber o) const { return *this - o > 0; }

 private:
  uint16_t value_ = 0;
};

// Unwraps a circular counter of type T (uint16_t sequence numbers, uint32_t RTP timestamps) into one that
// never wraps: each value is taken to be the one nearest to the previous. The first keeps its own value.
template <typename T>
class Unwrapper {
 public:
  int64_t Unwrap(T value) {
    int64_t unwrapped = Peek(value);
    last_ = unwrapped;
    started_ = true;
    return unwrapped;
  }
  // The same without taking note of it.
  int64_t Peek(T value) const {
    if (!started_) return value;
    using Signed = std::make_signed_t<T>;
    return last_ + static_cast<Signed>(static_cast<T>(value - static_cast<T>(last_)));
  }
  void Reset() { *this = Unwrapper(); }

 private:
  int64_t last_ = 0;
  bool started_ = false;
};
using SequenceUnwrapper = Unwrapper<uint16_t>;
using RtpTimestampUnwrapper = Unwrapper<uint32_t>;

}  // namespace sluice
