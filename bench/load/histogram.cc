#include "bench/load/histogram.h"

#include <algorithm>
#include <bit>
#include <cmath>

namespace sluice::load {

size_t Histogram::BucketOf(uint64_t us) {
  if (us < kExact) return static_cast<size_t>(us);
  const auto octave = static_cast<size_t>(std::bit_width(us)) - 7;  // 0: 64…127
  const size_t within = static_cast<size_t>(us >> (octave + 1)) - kPerOctave;
  return std::min(kExact + octave * kPerOctave + within, kBuckets - 1);
}

int64_t Histogram::EndOf(size_t bucket) {
  if (bucket < kExact) return static_cast<int64_t>(bucket);
  const size_t octave = (bucket - kExact) / kPerOctave;
  const size_t within = (bucket - kExact) % kPerOctave;
  return static_cast<int64_t>(((kPerOctave + within + 1) << (octave + 1)) - 1);
}

void Histogram::Add(TimeDelta value) {
  const int64_t us = std::max<int64_t>(value.us(), 0);
  ++buckets_[BucketOf(static_cast<uint64_t>(us))];
  ++count_;
  max_us_ = std::max(max_us_, us);
}

void Histogram::Merge(const Histogram& other) {
  for (size_t i = 0; i < kBuckets; ++i) buckets_[i] += other.buckets_[i];
  count_ += other.count_;
  max_us_ = std::max(max_us_, other.max_us_);
}

TimeDelta Histogram::Percentile(double share) const {
  if (count_ == 0) return TimeDelta::Zero();
  const auto wanted =
      std::max<uint64_t>(static_cast<uint64_t>(std::ceil(share * static_cast<double>(count_))), 1);
  uint64_t seen = 0;
  for (size_t i = 0; i < kBuckets; ++i) {
    seen += buckets_[i];
    if (seen >= wanted) return TimeDelta::Micros(std::min(EndOf(i), max_us_));
  }
  return max();
}

}  // namespace sluice::load
