// SHA-1 (FIPS 180-4 §6.1). Here only because STUN's MESSAGE-INTEGRITY is HMAC-SHA1; nothing else may rely on
// it.
//
// A copy continues from where the original stands.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>

#include "rtp/bytes.h"

namespace sluice::transports {

class Sha1 {
 public:
  static constexpr size_t kBlockSize = 64;
  static constexpr size_t kDigestSize = 20;
  using Digest = std::array<uint8_t, kDigestSize>;

  void Update(Bytes bytes);
  Digest Finish();  // Once; the object is spent afterwards.

 private:
  void Compress(const uint8_t* block);

  std::array<uint32_t, 5> state_ = {0x67452301, 0xefcdab89, 0x98badcfe, 0x10325476, 0xc3d2e1f0};
  std::array<uint8_t, kBlockSize> partial_{};
  uint64_t size_ = 0;  // Bytes seen; the last size_ % kBlockSize of them wait in partial_.
};

}  // namespace sluice::transports
