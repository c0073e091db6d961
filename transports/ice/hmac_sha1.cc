#include "transports/ice/hmac_sha1.h"

#include <algorithm>
#include <array>

namespace sluice::transports {
namespace {

using Block = std::array<uint8_t, Sha1::kBlockSize>;

// A key longer than a block is replaced with its hash; a shorter one is filled up with zeros.
Block KeyBlock(Bytes key) {
  Block block{};
  if (key.size() <= block.size()) {
    std::copy(key.begin(), key.end(), block.begin());
    return block;
  }
  Sha1 hash;
  hash.Update(key);
  Sha1::Digest digest = hash.Finish();
  std::copy(digest.begin(), digest.end(), block.begin());
  return block;
}

Block Xor(Block block, uint8_t value) {
  for (uint8_t& byte : block) byte ^= value;
  return block;
}

}  // namespace

HmacSha1::HmacSha1(Bytes key) {
  const Block block = KeyBlock(key);
  inner_.Update(Xor(block, 0x36));
  outer_.Update(Xor(block, 0x5c));
}

HmacSha1::HmacSha1(std::string_view key)
    : HmacSha1(Bytes(reinterpret_cast<const uint8_t*>(key.data()), key.size())) {}

Sha1::Digest HmacSha1::Finish() {
  outer_.Update(inner_.Finish());
  return outer_.Finish();
}

bool EqualInConstantTime(Bytes a, Bytes b) {
  if (a.size() != b.size()) return false;
  volatile uint8_t difference = 0;
  for (size_t i = 0; i < a.size(); ++i) difference = difference | (a[i] ^ b[i]);
  return difference == 0;
}

}  // namespace sluice::transports
