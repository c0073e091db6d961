#include "rtp/rate_counter.h"

#include <algorithm>

namespace sluice::rtp {

void RateCounter::Add(Timestamp now, size_t bytes) {
  int64_t bucket = BucketOf(now);
  if (first_.IsNever()) {
    first_ = now;
    newest_ = bucket;
  }
  if (bucket - newest_ >= kBuckets) {
    bytes_.fill(0);
    newest_ = bucket;
  }
  while (newest_ < bucket) bytes_[IndexOf(++newest_)] = 0;
  bytes_[IndexOf(newest_)] += static_cast<uint32_t>(bytes);
}

DataRate RateCounter::Rate(Timestamp now) const {
  if (first_.IsNever()) return DataRate::Zero();
  int64_t oldest = std::max(BucketOf(now) - kBuckets + 1, newest_ - kBuckets + 1);
  DataSize size;
  for (int64_t bucket = oldest; bucket <= newest_; ++bucket) size += DataSize::Bytes(bytes_[IndexOf(bucket)]);
  return size / std::clamp(now - first_, kWindow / 2, kWindow);
}

}  // namespace sluice::rtp
