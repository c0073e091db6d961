#include "transports/ice/sha1.h"

#include <algorithm>
#include <bit>
#include <cstring>

namespace sluice::transports {
namespace {

constexpr size_t kRounds = 80;

std::array<uint32_t, kRounds> MessageSchedule(const uint8_t* block) {
  std::array<uint32_t, kRounds> w;
  for (size_t t = 0; t < 16; ++t) w[t] = LoadU32(block + 4 * t);
  for (size_t t = 16; t < kRounds; ++t) w[t] = std::rotl(w[t - 3] ^ w[t - 8] ^ w[t - 14] ^ w[t - 16], 1);
  return w;
}

// The round's function of b, c and d plus its constant (FIPS 180-4 §4.1.1, §4.2.1).
uint32_t Mix(size_t t, uint32_t b, uint32_t c, uint32_t d) {
  if (t < 20) return ((b & c) | (~b & d)) + 0x5a827999;
  if (t < 40) return (b ^ c ^ d) + 0x6ed9eba1;
  if (t < 60) return ((b & c) | (b & d) | (c & d)) + 0x8f1bbcdc;
  return (b ^ c ^ d) + 0xca62c1d6;
}

}  // namespace

void Sha1::Update(Bytes bytes) {
  size_t filled = size_ % kBlockSize;
  size_ += bytes.size();
  if (filled != 0) {
    Bytes head = bytes.first(std::min(bytes.size(), kBlockSize - filled));
    std::copy(head.begin(), head.end(), partial_.begin() + static_cast<std::ptrdiff_t>(filled));
    bytes = bytes.subspan(head.size());
    if (filled + head.size() < kBlockSize) return;
    Compress(partial_.data());
  }
  for (; bytes.size() >= kBlockSize; bytes = bytes.subspan(kBlockSize)) Compress(bytes.data());
  std::copy(bytes.begin(), bytes.end(), partial_.begin());
}

Sha1::Digest Sha1::Finish() {
  static constexpr std::array<uint8_t, kBlockSize> kPadding = {0x80};
  std::array<uint8_t, 8> bit_count;
  StoreU64(bit_count.data(), size_ * 8);
  size_t filled = size_ % kBlockSize;
  size_t padding = (filled < 56 ? 56 : 56 + kBlockSize) - filled;
  Update(Bytes(kPadding).first(padding));
  Update(bit_count);
  Digest digest;
  for (size_t i = 0; i < state_.size(); ++i) StoreU32(digest.data() + 4 * i, state_[i]);
  return digest;
}

void Sha1::Compress(const uint8_t* block) {
  const std::array<uint32_t, kRounds> w = MessageSchedule(block);
  auto [a, b, c, d, e] = state_;
  for (size_t t = 0; t < kRounds; ++t) {
    uint32_t next = std::rotl(a, 5) + Mix(t, b, c, d) + e + w[t];
    e = d;
    d = c;
    c = std::rotl(b, 30);
    b = a;
    a = next;
  }
  state_ = {state_[0] + a, state_[1] + b, state_[2] + c, state_[3] + d, state_[4] + e};
}

}  // namespace sluice::transports
