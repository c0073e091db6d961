// Strong types for time, rate and size. All are value types of 8 bytes; conversions are named.
//
//   Timestamp deadline = now + TimeDelta::Millis(100);
//   if (deadline - now > rtt * 2) …
//
// Timestamp counts from an arbitrary origin that is fixed for the life of the process (or simulation).
#pragma once

#include <compare>
#include <concepts>
#include <cstdint>
#include <limits>

namespace sluice {

class TimeDelta {
 public:
  constexpr TimeDelta() = default;
  static constexpr TimeDelta Micros(int64_t us) { return TimeDelta(us); }
  static constexpr TimeDelta Millis(int64_t ms) { return TimeDelta(ms * 1000); }
  static constexpr TimeDelta Seconds(int64_t s) { return TimeDelta(s * 1'000'000); }
  static constexpr TimeDelta Zero() { return TimeDelta(0); }
  static constexpr TimeDelta Infinite() { return TimeDelta(std::numeric_limits<int64_t>::max()); }

  constexpr int64_t us() const { return us_; }
  constexpr int64_t ms() const { return us_ / 1000; }
  constexpr double seconds() const { return static_cast<double>(us_) * 1e-6; }
  constexpr bool IsInfinite() const { return *this == Infinite(); }

  constexpr auto operator<=>(const TimeDelta&) const = default;
  // Infinite() plus or minus anything finite stays infinite.
  constexpr TimeDelta operator+(TimeDelta o) const {
    return IsInfinite() || o.IsInfinite() ? Infinite() : TimeDelta(us_ + o.us_);
  }
  constexpr TimeDelta operator-(TimeDelta o) const {
    return IsInfinite() ? Infinite() : TimeDelta(us_ - o.us_);
  }
  constexpr TimeDelta operator-() const { return TimeDelta(-us_); }
  constexpr TimeDelta operator*(std::integral auto k) const {
    return IsInfinite() ? Infinite() : TimeDelta(us_ * static_cast<int64_t>(k));
  }
  constexpr TimeDelta operator*(double k) const {
    return IsInfinite() ? Infinite() : TimeDelta(static_cast<int64_t>(static_cast<double>(us_) * k));
  }
  constexpr TimeDelta operator/(int64_t k) const { return IsInfinite() ? Infinite() : TimeDelta(us_ / k); }
  constexpr TimeDelta& operator+=(TimeDelta o) { return *this = *this + o; }

 private:
  explicit constexpr TimeDelta(int64_t us) : us_(us) {}
  int64_t us_ = 0;
};

class Timestamp {
 public:
  constexpr Timestamp() = default;
  static constexpr Timestamp Micros(int64_t us) { return Timestamp(us); }
  static constexpr Timestamp Millis(int64_t ms) { return Timestamp(ms * 1000); }
  static constexpr Timestamp Seconds(int64_t s) { return Timestamp(s * 1'000'000); }
  // Later than any other: a timeout that is not armed.
  static constexpr Timestamp Never() { return Timestamp(std::numeric_limits<int64_t>::max()); }
  // Earlier than any other: something that has not happened yet.
  static constexpr Timestamp Past() { return Timestamp(std::numeric_limits<int64_t>::min() / 2); }

  constexpr int64_t us() const { return us_; }
  constexpr int64_t ms() const { return us_ / 1000; }
  constexpr bool IsNever() const { return *this == Never(); }
  constexpr bool IsPast() const { return *this == Past(); }

  constexpr auto operator<=>(const Timestamp&) const = default;
  constexpr Timestamp operator+(TimeDelta d) const {
    return IsNever() || d.IsInfinite() ? Never() : Timestamp(us_ + d.us());
  }
  constexpr Timestamp operator-(TimeDelta d) const { return IsNever() ? Never() : Timestamp(us_ - d.us()); }
  // Until Never() it takes forever.
  constexpr TimeDelta operator-(Timestamp o) const {
    return IsNever() ? TimeDelta::Infinite() : TimeDelta::Micros(us_ - o.us_);
  }
  constexpr Timestamp& operator+=(TimeDelta d) { return *this = *this + d; }

 private:
  explicit constexpr Timestamp(int64_t us) : us_(us) {}
  int64_t us_ = 0;
};

class DataSize {
 public:
  constexpr DataSize() = default;
  static constexpr DataSize Bytes(int64_t n) { return DataSize(n); }
  constexpr int64_t bytes() const { return bytes_; }
  constexpr auto operator<=>(const DataSize&) const = default;
  constexpr DataSize operator+(DataSize o) const { return DataSize(bytes_ + o.bytes_); }
  constexpr DataSize operator-(DataSize o) const { return DataSize(bytes_ - o.bytes_); }
  constexpr DataSize& operator+=(DataSize o) {
    bytes_ += o.bytes_;
    return *this;
  }

 private:
  explicit constexpr DataSize(int64_t n) : bytes_(n) {}
  int64_t bytes_ = 0;
};

class DataRate {
 public:
  constexpr DataRate() = default;
  static constexpr DataRate BitsPerSec(int64_t bps) { return DataRate(bps); }
  static constexpr DataRate KilobitsPerSec(int64_t kbps) { return DataRate(kbps * 1000); }
  static constexpr DataRate Zero() { return DataRate(0); }
  static constexpr DataRate Infinite() { return DataRate(std::numeric_limits<int64_t>::max()); }

  constexpr int64_t bps() const { return bps_; }
  constexpr bool IsZero() const { return bps_ == 0; }
  constexpr auto operator<=>(const DataRate&) const = default;
  constexpr bool IsInfinite() const { return *this == Infinite(); }
  // Infinite() plus, minus or times anything finite stays infinite.
  constexpr DataRate operator+(DataRate o) const {
    return IsInfinite() || o.IsInfinite() ? Infinite() : DataRate(bps_ + o.bps_);
  }
  constexpr DataRate operator-(DataRate o) const {
    return IsInfinite() ? Infinite() : DataRate(bps_ - o.bps_);
  }
  constexpr DataRate operator*(double k) const {
    return IsInfinite() ? Infinite() : DataRate(static_cast<int64_t>(static_cast<double>(bps_) * k));
  }

 private:
  explicit constexpr DataRate(int64_t bps) : bps_(bps) {}
  int64_t bps_ = 0;
};

// `size` sent or received within `time`; zero for an empty interval.
constexpr DataRate operator/(DataSize size, TimeDelta time) {
  return time.us() <= 0 ? DataRate::Zero() : DataRate::BitsPerSec(size.bytes() * 8'000'000 / time.us());
}

// What passes in `time`, and how long `size` takes; no more than a year's worth of anything, so that nothing
// overflows.
constexpr DataSize operator*(DataRate rate, TimeDelta time) {
  return DataSize::Bytes(static_cast<int64_t>(static_cast<double>(rate.bps()) / 8 * time.seconds()));
}
constexpr TimeDelta operator/(DataSize size, DataRate rate) {
  if (size.bytes() <= 0) return TimeDelta::Zero();
  double us =
      rate.bps() <= 0 ? 1e18 : static_cast<double>(size.bytes()) * 8e6 / static_cast<double>(rate.bps());
  return us >= 1e15 ? TimeDelta::Infinite() : TimeDelta::Micros(static_cast<int64_t>(us));
}
constexpr double operator/(DataRate rate, DataRate of) {
  return static_cast<double>(rate.bps()) / static_cast<double>(of.bps());
}

}  // namespace sluice
