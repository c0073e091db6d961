// Picture ids of 7 or 15 bits (RFC 7741 §4.2, RFC 9628 §4.2) and frame numbers of 16 bits as numbers that
// never wrap and are never negative: each is taken to be the one nearest to the highest before. Their low
// bits stay.
#pragma once

#include <algorithm>
#include <cstdint>

namespace sluice::rtp {

class NumberUnwrapper {
 public:
  // A number of another width than before does not come before any earlier one.
  int64_t Unwrap(uint32_t number, int bits) {
    const int64_t circle = int64_t{1} << bits;
    int64_t step = (number - highest_) & (circle - 1);
    if (bits == bits_ && step >= circle / 2) step -= circle;
    bits_ = bits;
    const int64_t unwrapped = highest_ + step;
    highest_ = std::max(highest_, unwrapped);
    return unwrapped;
  }

 private:
  int bits_ = 0;
  int64_t highest_ = 1 << 16;  // Room for what comes late.
};

}  // namespace sluice::rtp
