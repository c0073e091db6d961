// A histogram of durations: exact below 64 µs, within 1/32 above, up to 70 minutes; 7 KB, no allocation.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>

#include "rtp/units.h"

namespace sluice::load {

class Histogram {
 public:
  // Negative durations count as zero, longer ones as the longest.
  void Add(TimeDelta value);
  void Merge(const Histogram& other);

  uint64_t count() const { return count_; }
  TimeDelta max() const { return TimeDelta::Micros(max_us_); }
  // The least duration that at least `share` (0…1) of all do not exceed, rounded up to its bucket's end; zero
  // while there are none.
  TimeDelta Percentile(double share) const;

 private:
  static constexpr size_t kExact = 64;  // Buckets of 1 µs.
  static constexpr size_t kPerOctave = 32;
  static constexpr size_t kOctaves = 26;  // 2^6 … 2^32 µs
  static constexpr size_t kBuckets = kExact + kPerOctave * kOctaves;

  static size_t BucketOf(uint64_t us);
  static int64_t EndOf(size_t bucket);  // The last value in it.

  std::array<uint64_t, kBuckets> buckets_{};
  uint64_t count_ = 0;
  int64_t max_us_ = 0;
};

}  // namespace sluice::load
