// How many bits a second arrived (or left) in the last second; 50 buckets of 20 ms, so 216 bytes whatever the
// rate.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>

#include "rtp/units.h"

namespace sluice::rtp {

class RateCounter {
 public:
  static constexpr TimeDelta kWindow = TimeDelta::Seconds(1);

  // `now` never goes back; a little is counted into the present bucket.
  void Add(Timestamp now, size_t bytes);
  // Over the last second; in the first second over the time since the first Add(), but at least half a
  // second.
  DataRate Rate(Timestamp now) const;
  void Reset() { *this = RateCounter(); }

 private:
  static constexpr int64_t kBuckets = 50;
  static constexpr TimeDelta kBucketTime = kWindow / kBuckets;

  static int64_t BucketOf(Timestamp t) { return t.us() / kBucketTime.us(); }
  static size_t IndexOf(int64_t bucket) { return static_cast<size_t>(bucket) % kBuckets; }

  std::array<uint32_t, kBuckets> bytes_{};
  int64_t newest_ = 0;  // Number of the newest bucket since the origin of time.
  Timestamp first_ = Timestamp::Never();
};

}  // namespace sluice::rtp
