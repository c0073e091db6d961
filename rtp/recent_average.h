// The mean of the last values, of which the newest count most: weights 1, 2, … up to kLength from the oldest
// to the newest. For what is measured once a report and should not jump about.
#pragma once

#include <array>
#include <cstddef>

namespace sluice::rtp {

class RecentAverage {
 public:
  static constexpr size_t kLength = 24;

  void Add(double value) {
    values_[next_] = static_cast<float>(value);
    next_ = (next_ + 1) % kLength;
    if (size_ < kLength) ++size_;
  }
  // 0 before the first value.
  double value() const {
    double sum = 0;
    double weights = 0;
    for (size_t i = 0; i < size_; ++i) {
      const auto weight = static_cast<double>(i + 1);
      sum += weight * values_[(next_ + kLength - size_ + i) % kLength];
      weights += weight;
    }
    return size_ == 0 ? 0 : sum / weights;
  }
  bool empty() const { return size_ == 0; }
  void Reset() { *this = RecentAverage(); }

 private:
  std::array<float, kLength> values_{};  // A ring.
  size_t next_ = 0;
  size_t size_ = 0;
};

}  // namespace sluice::rtp
