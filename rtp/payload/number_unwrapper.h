// Picture ids of 7 or 15 bits (RFC 7741 §4.2, RFC 9628 §4.2) and frame numbers of 16 bits as numbers that
// never wrap and are never negative: each is taken to be the one nearest to the highest before.
#pragma once

#include <algorithm>
#include <cstdint>

namespace sluice::rtp {

class NumberUnwrapper {
 public:
  // A number of another width than before begins behind all earlier ones.
  int64_t Unwrap(uint32_t number, int bits) {
    const int64_t circle = int64_t{1} << bits;
    int64_t step = (number - highest_wrapped_) & (circle - 1);
    if (bits != bits_) {
      step = 1;
    } else if (step >= circle / 2) {
      step -= circle;
    }
    bits_ = bits;
    const int64_t unwrapped = std::max<int64_t>(highest_ + step, 0);
    if (step > 0) {
      highest_ = unwrapped;
      highest_wrapped_ = number;
    }
    return unwrapped;
  }

 private:
  int bits_ = 0;
  uint32_t highest_wrapped_ = 0;
  int64_t highest_ = 1 << 16;  // Room for what comes late.
};

}  // namespace sluice::rtp
