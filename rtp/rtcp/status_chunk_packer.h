// Packs the status symbols of transport-wide feedback (0, 1, 2: see transport_feedback.h) into 16-bit chunks:
// runs where they are all the same, else 14 of one bit or seven of two.
#pragma once

#include <algorithm>
#include <array>
#include <cstdint>

namespace sluice::rtp::rtcp {

class StatusChunkPacker {
 public:
  // Adds `count` times `symbol`, and calls `take(uint16_t chunk)` for each chunk that is complete. The work
  // does not depend on `count`. Fewer than one chunk stay inside, for TakeLast().
  template <typename Take>
  void AddRun(int symbol, int64_t count, Take&& take) {
    while (count > 0) {
      if (!CanAdd(symbol)) take(TakeFirst());
      int64_t added = size_ < kOneBitSymbols ? 1 : std::min<int64_t>(count, kMaxRun - size_);
      Add(symbol, static_cast<int>(added));
      count -= added;
    }
  }

  bool empty() const { return size_ == 0; }
  // The chunk for all that is left. Requires !empty().
  uint16_t TakeLast();

 private:
  static constexpr int kMaxRun = 0x1fff;
  static constexpr int kOneBitSymbols = 14;
  static constexpr int kTwoBitSymbols = 7;

  bool CanAdd(int symbol) const;
  void Add(int symbol, int count);
  uint16_t TakeFirst();
  uint16_t TakeRun();
  uint16_t TakeOneBit();
  uint16_t TakeTwoBit();
  void DropFront(int count);

  std::array<uint8_t, kOneBitSymbols> symbols_{};  // The first of size_; if there are more, all are the same.
  int size_ = 0;
  bool all_same_ = true;
  bool has_large_ = false;
};

}  // namespace sluice::rtp::rtcp
